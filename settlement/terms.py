"""What the policy says about statements, bills, payouts and fraud."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from dealers.foundation.faults import Fault, warning
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Amount, Factor, WorkingDays, one_of, whole
from dealers.foundation.terms import Section, StoredPolicy, Terms
from settlement.rules.outliers import Limits
from settlement.signal_terms import SignalTerms

#: Bills issued from 2023 run at most so long by the rules of the central bank.
LONGEST_LAWFUL_TENOR_MONTHS = 6


class BillTerms(Terms):
    max_tenor_months: Annotated[int, whole(1, 12)]


class DisputeTerms(Terms):
    """How long headquarters has to decide a dispute, and a dealer to do what is asked of it; five days by default."""

    decide_working_days: WorkingDays = 5
    answer_working_days: WorkingDays = 5


class PaymentTerms(Terms):
    """Optional: how many days an undisputed amount may be open before it is shown as overdue; 60 unless said."""

    overdue_days: Annotated[int, whole(1, 365)] = 60


class ReviewTerms(Terms):
    """From where on a statement stands out in the review of a draft.

    By default: three standard deviations from the dealer's own like halves (with fewer than three of them: twice or
    half their mean), by at least 1,000 yuan; or adjustments of at least 10,000 yuan.
    """

    deviations: Factor = Decimal(3)
    ratio: Factor = Decimal(2)
    least_change: Amount = Decimal(1000)
    least_adjustment: Amount = Decimal(10_000)

    def limits(self) -> Limits:
        """The terms as the rule takes them; a ratio below one is read as its inverse would be: as one."""
        return Limits(self.deviations, max(self.ratio, Decimal(1)), self.least_change, self.least_adjustment)


class FraudTerms(Terms):
    """What a confirmed fraud costs, which deadlines its case has, and, optionally, what the signals of it go by."""

    forfeit: Annotated[str, one_of("forfeit", "calendar_year")]
    penalty_rate_of_contract: Factor
    reply_working_days: WorkingDays
    appeal_working_days: WorkingDays
    proportionality_warning: Factor
    signals: SignalTerms = SignalTerms()


class CaseTerms(Terms):
    """Optional: the deadlines headquarters sets itself in cases, in working days, and the ladder of other breaches.

    Breaches that are not about price (territory, after-sales, documents) lead to a warning first and to a supply
    hold from the second half-month within ``breach_window_months`` on, unless the document says otherwise.
    """

    investigate_working_days: WorkingDays = 20
    decide_working_days: WorkingDays = 10
    decide_appeal_working_days: WorkingDays = 10
    breach_window_months: Annotated[int, whole(1, 120)] = 12
    #: From this half-month with such a breach in the window on, supply is held.
    breach_hold_from: Annotated[int, whole(1, 100)] = 2


class SettlementTerms(Section):
    key = "settlement"

    confirm_working_days: WorkingDays
    bill: BillTerms
    minimum_payout: Amount
    payment: PaymentTerms = PaymentTerms()
    fraud: FraudTerms
    dispute: DisputeTerms = DisputeTerms()
    cases: CaseTerms = CaseTerms()
    review: ReviewTerms = ReviewTerms()

    def remarks(self) -> Iterator[Fault]:
        if self.bill.max_tenor_months > LONGEST_LAWFUL_TENOR_MONTHS:
            yield warning(
                ("bill", "max_tenor_months"),
                "tenor_beyond_law",
                _("is longer than the %(months)s months a bill may run since 2023"),
                months=LONGEST_LAWFUL_TENOR_MONTHS,
            )


def parse(section: Any) -> tuple[SettlementTerms | None, list[Fault]]:
    """The `settlement` section as terms, or why it cannot be."""
    return SettlementTerms.parse(section)


def settlement_terms(policy: StoredPolicy) -> SettlementTerms:
    """What a stored policy version says about settlement."""
    return SettlementTerms.in_version(policy)
