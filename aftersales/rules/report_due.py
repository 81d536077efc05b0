"""By when a satisfaction report is owed, and by whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dealers.foundation.clock import start_of_day
from dealers.foundation.periods import Quarter


def report_due_at(quarter: Quarter, due_days: int, asked_at: datetime) -> datetime:
    """The end of the ``due_days``-th day after the quarter: for 2026-Q3 and 10 days, 11 October 00:00.

    Where nobody asked before that, as when the product came into use later, the dealer has as long from being asked.
    """
    due_at = start_of_day(quarter.end + timedelta(days=due_days))
    return due_at if asked_at < due_at else asked_at + timedelta(days=due_days)


def owes_report(*, activated_on: date, known_since: datetime, quarter: Quarter) -> bool:
    """Whether a dealer owes the report of a quarter: it was active in it and known to us before its end.

    One taken over later is not blamed for what it was never asked for.
    """
    return activated_on < quarter.end and known_since < start_of_day(quarter.end)
