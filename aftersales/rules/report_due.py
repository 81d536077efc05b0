"""By when a satisfaction report is owed, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from aftersales.rules.response_clock import Span, due_instant
from dealers.foundation.clock import start_of_day
from dealers.foundation.periods import Quarter


def report_counts_from(quarter: Quarter, due_days: int, asked_at: datetime) -> datetime:
    """When the time for a report begins: with the end of its quarter.

    Where nobody asked before it would have been over, as when the product came into use later, with being asked.
    """
    ended = start_of_day(quarter.end)
    return ended if asked_at < report_due_at(ended, due_days) else asked_at


def report_due_at(counts_from: datetime, due_days: int, outages: Iterable[Span] = ()) -> datetime:
    """The end of the ``due_days``-th day: for 2026-Q3 and 10 days, 11 October 00:00. Our outages are added to it."""
    return due_instant(counts_from, due_days * 24, outages)


def owes_report(*, activated_on: date, known_since: datetime, quarter: Quarter) -> bool:
    """Whether a dealer owes the report of a quarter: it was active in it and known to us before its end.

    One taken over later is not blamed for what it was never asked for.
    """
    return activated_on < quarter.end and known_since < start_of_day(quarter.end)
