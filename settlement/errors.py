"""Refusals of the settlement app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, Refused


class RunNotFound(NotFound):
    code = "run_not_found"
    sentence = _("Half-month %(key)s has not been calculated.")


class StatementNotFound(NotFound):
    code = "statement_not_found"
    sentence = _("There is no statement %(key)s.")


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
