"""Refusals of the settlement app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, Refused
from dealers.foundation.refusals import Refused as NotPossible


class RunNotFound(NotFound):
    code = "run_not_found"
    sentence = _("Half-month %(key)s has not been calculated.")


class StatementNotFound(NotFound):
    code = "statement_not_found"
    sentence = _("There is no statement %(key)s.")


class StatementNotIssued(Refused):
    code = "statement_not_issued"
    sentence = _("This statement is a draft; documents are issued when its half-month is closed.")


class RunClosed(Refused):
    code = "run_closed"
    sentence = _("Half-month %(period)s is approved and frozen; what arrives later settles in the next open one.")


class WrongRunState(Refused):
    code = "wrong_run_state"
    sentence = _("Half-month %(period)s is %(state)s; this is not possible now.")


class CalculationRunning(Refused):
    code = "calculation_running"
    sentence = _("Half-month %(period)s is being calculated right now; wait until that is finished.")


class CalculationSuperseded(Refused):
    code = "calculation_superseded"
    sentence = _("A later calculation of half-month %(period)s has taken the place of this one.")


class CutoffBeforePrevious(Refused):
    code = "cutoff_before_previous"
    sentence = _(
        "The cutoff %(cutoff)s is before %(previous)s, up to which %(settled)s has settled facts; choose a later one."
    )


class OutOfOrder(Refused):
    code = "period_out_of_order"
    sentence = _("Periods close in order: after %(latest)s comes %(next)s, not %(period)s.")


class SettledUnderAnother(Refused):
    code = "settled_under_another"
    sentence = _(
        "%(version)s cannot be published: %(period)s is settled, and what is settled keeps the version it was settled "
        "by. It can begin on %(day)s at the earliest."
    )


class CalculatedTooEarly(Refused):
    code = "calculated_too_early"
    sentence = _("Something was closed or posted since %(period)s was calculated; calculate it again, then approve.")


class CaseNotFound(NotFound):
    code = "case_not_found"
    sentence = _("There is no case %(key)s.")


class NothingToConfirm(Refused):
    code = "nothing_to_confirm"
    sentence = _("This statement is %(state)s and cannot be confirmed.")


class BacktestOfNothing(Refused):
    code = "backtest_of_nothing"
    sentence = _("From %(first)s to %(last)s there is nothing to settle again; choose half-months that have begun.")


class BacktestTooLong(Refused):
    code = "backtest_too_long"
    sentence = _("A backtest covers at most %(most)s half-months; ask for a shorter stretch.")


class DisputeNotFound(NotFound):
    code = "dispute_not_found"
    sentence = _("There is no dispute %(key)s.")


class DisputeTooLate(Refused):
    code = "dispute_too_late"
    sentence = _(
        "The time to dispute this statement ended on %(ended)s. Write to finance: an error found later is put right by "
        "an adjustment in the next open half-month."
    )


class NothingToDispute(Refused):
    code = "nothing_to_dispute"
    sentence = _(
        "This statement is %(state)s and can no longer be disputed. Write to finance: an error found later is put "
        "right by an adjustment in the next open half-month."
    )


class LineNotOnStatement(Refused):
    code = "line_not_on_statement"
    sentence = _("Statement %(period)s has no line %(line)s; name lines by their numbers on it.")
    status = 422


class LineNamedTwice(Refused):
    code = "line_named_twice"
    sentence = _("Line %(line)s is named twice; name each line once.")
    status = 422


class LineDisputedAlready(Refused):
    code = "line_disputed_already"
    sentence = _("Line %(line)s is in dispute %(dispute)s already; a line is disputed once.")


class DisputeEmpty(Refused):
    code = "dispute_empty"
    sentence = _("Name at least one line that is disputed.")
    status = 422


class PlanNotFound(NotFound):
    code = "payment_plan_not_found"
    sentence = _("There is no payment plan %(key)s.")


class PaymentNotFound(NotFound):
    code = "payment_not_found"
    sentence = _("There is no payment %(key)s.")


class NothingToPlan(Refused):
    code = "nothing_to_plan"
    sentence = _(
        "Nothing can be planned: no amount is open, undisputed, not in another plan and at least %(minimum)s a dealer."
    )


class WrongPlanState(Refused):
    code = "wrong_plan_state"
    sentence = _("Payment plan %(number)s is in state “%(state)s”; this is not possible now.")


class PlanOutdated(Refused):
    code = "plan_outdated"
    sentence = _(
        "%(dealer)s %(period)s: the plan pays %(planned)s, and only %(available)s is open and undisputed now. Withdraw "
        "the plan and draw up another."
    )


#: What the fields of bills, payments and bank accounts are called.
_FIELDS = {
    "dealer": _("Dealer"),
    "number": _("Number"),
    "range": _("Sub-range"),
    "drawer": _("Drawer"),
    "acceptor": _("Acceptor"),
    "issued_on": _("Issued on"),
    "due_on": _("Due on"),
    "kind": _("Kind"),
    "amount": _("Amount"),
    "period": _("Half-month"),
    "holder": _("Account holder"),
    "bank": _("Bank"),
    "bank_number": _("Bank number"),
}


class PaymentRefused(Refused):
    """What is wrong with one field of a bill, a payment or a bank account: ``field``, ``value`` and ``detail``."""

    code = "payment_refused"
    sentence = _("%(label)s: “%(value)s” %(detail)s.")
    status = 422

    @classmethod
    def of(cls, field: str, value: str, why: NotPossible) -> PaymentRefused:
        return cls(field=field, label=_FIELDS[field], value=value, detail=why.render(), why=why.code)


class NotInPlan(Refused):
    code = "not_in_plan"
    sentence = _("Payment plan %(number)s has nothing left to pay to %(dealer)s.")


class NoConsentToBills(Refused):
    code = "no_consent_to_bills"
    sentence = _("%(dealer)s has not consented to be paid by bill; pay by bank transfer, or ask for its consent.")


class BillUsedAlready(Refused):
    code = "bill_used_already"
    sentence = _("Notes of bill %(number)s are handed over already with payment %(payment)s (%(range)s).")


class TooManyBills(Refused):
    code = "too_many_bills"
    sentence = _("The file has more than %(most)s lines; split it. Nothing was entered.")
    status = 422


class WrongPaymentState(Refused):
    code = "wrong_payment_state"
    sentence = _("Payment %(number)s is in state “%(state)s”; this is not possible now.")


class PaidOtherwise(Refused):
    code = "paid_otherwise"
    sentence = _(
        "Payment %(number)s cannot be settled late: of its %(amount)s only %(open)s is still open, the rest was paid "
        "otherwise. Claim it back from the dealer, or record it as an adjustment."
    )


class ReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Say why, in at least a few words.")
    status = 422


class DisputeStateRefused(Refused):
    code = "dispute_state_refused"
    sentence = _("Dispute %(number)s is now: %(state)s. This is not possible any more; open it again to see why.")


class OutcomeIncomplete(Refused):
    code = "outcome_incomplete"
    sentence = _("To accept a dispute, say for at least one line how much the dealer is owed in addition.")
    status = 422


class GrantNotForLine(Refused):
    code = "grant_not_for_line"
    sentence = _("Line %(line)s is not part of this dispute, or %(amount)s is not an amount from 0 up.")
    status = 422


class NothingWasAsked(Refused):
    code = "nothing_was_asked"
    sentence = _("Dispute %(number)s awaits nothing from the dealer now.")


class TooManyFiles(Refused):
    code = "too_many_files"
    sentence = _("At most %(most)s files can be attached.")
    status = 422


class AmountUnreadable(Refused):
    code = "amount_unreadable"
    sentence = _("%(given)s is not an amount; write it like 1234.50, at most two places.")
    status = 422


class ExportOfNothing(Refused):
    code = "export_of_nothing"
    sentence = _(
        "From %(first)s to %(last)s nothing can be exported; choose calculated half-months in their order, at most "
        "%(most)s of them, as CSV or XLSX."
    )
    status = 422


class NoBankAccount(Refused):
    code = "no_bank_account"
    sentence = _("%(dealers)s: no confirmed bank account; enter one and have it confirmed first.")


class BankAccountNotFound(NotFound):
    code = "bank_account_not_found"
    sentence = _("There is no bank account %(key)s.")


class BankAccountWaits(Refused):
    code = "bank_account_waits"
    sentence = _("A bank account of %(dealer)s waits to be confirmed already; decide that one first.")


class BankAccountDecided(Refused):
    code = "bank_account_decided"
    sentence = _("This bank account is decided already.")


class NothingToSend(Refused):
    code = "nothing_to_send"
    sentence = _("No transfer waits to be sent.")


class AdjustmentNotFound(NotFound):
    code = "adjustment_not_found"
    sentence = _("There is no adjustment %(key)s.")


class AdjustmentMovesNothing(Refused):
    code = "adjustment_moves_nothing"
    sentence = _("Say by how much: positive in the dealer's favour, negative against it.")
    status = 422


class AdjustmentDecided(Refused):
    code = "adjustment_decided"
    sentence = _("Adjustment %(number)s is decided already: %(state)s. Propose another one to put that right.")


class LineNotSettled(Refused):
    code = "line_not_settled"
    sentence = _("Line %(line)s is not settled yet; what is still a draft is put right by calculating again.")


class EstimateAhead(Refused):
    code = "estimate_ahead"
    sentence = _("This instant has not come yet; choose one that has.")


class EstimateBehind(Refused):
    code = "estimate_behind"
    sentence = _(
        "%(period)s has been settled since, with the facts up to %(since)s; accruals can be estimated from then on."
    )


class SignalNotFound(NotFound):
    code = "signal_not_found"
    sentence = _("There is no signal %(key)s.")


class NoSignalChosen(Refused):
    code = "no_signal_chosen"
    sentence = _("Choose at least one signal to open a case with.")


class SignalsOfSeveralDealers(Refused):
    code = "signals_of_several_dealers"
    sentence = _("These signals are about several dealers; a case is about one. Choose those of one dealer.")


class SuppressionNotFound(NotFound):
    code = "suppression_not_found"
    sentence = _("There is no suppression %(key)s.")


class SuppressionEndsWrong(Refused):
    code = "suppression_ends_wrong"
    sentence = _("A suppression ends after today and at the latest in %(days)s days, on %(last)s.")


class SuppressionInForce(Refused):
    code = "suppression_in_force"
    sentence = _("This rule is suppressed for the dealer until %(until)s already.")


class SuppressionOver(Refused):
    code = "suppression_over"
    sentence = _("This suppression is over; there is nothing to lift.")


class NothingOnTrial(Refused):
    code = "nothing_on_trial"
    sentence = _("Nothing would differ from what is live. Choose a policy with other limits, or a version on trial.")
