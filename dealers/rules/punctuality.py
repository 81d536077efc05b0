"""How punctual a dealer reports: the due days of its feeds, and those in time (rulebook section 4, Clock).

The same days, deadlines and pauses as the reporting calendar: exempt days, onboarding and our own outages are not due,
and neither is a day whose deadline has not come. A late declaration of a day without sales is late like any report.
Most days are plainly in time; only the others are read by the rule of the calendar.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealers.rules.sync_calendar import (
    Count,
    DayFacts,
    DayState,
    Obligation,
    Span,
    read_inventory_days,
    read_sales_day,
)

_MOMENT = timedelta(microseconds=1)
_IN_TIME, _LATE = frozenset({DayState.ON_TIME}), frozenset({DayState.LATE, DayState.MISSING})


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Due days and those in time of one feed, or of both together."""

    due: int = 0
    in_time: int = 0

    def __add__(self, other: Punctuality) -> Punctuality:
        return Punctuality(self.due + other.due, self.in_time + other.in_time)


def sales_punctuality(
    days: Sequence[DayFacts], *, exemptions: Sequence[Span], outages: Sequence[Span], at: datetime
) -> Punctuality:
    """The due days of sales known at ``at``."""
    due = in_time = 0
    for day in days:
        if day.obligation is not Obligation.DUE:
            continue
        received_at = day.received_at if day.received_at is not None and day.received_at <= at else None
        if received_at is not None and received_at < day.start + day.interval:
            due, in_time = due + 1, in_time + 1
            continue
        reading = read_sales_day(day, exemptions=exemptions, outages=outages, at=at)
        assert reading.due_at is not None
        if received_at is not None:
            due, in_time = due + 1, in_time + (received_at < reading.due_at)
        elif reading.state in _LATE:
            due += 1
    return Punctuality(due, in_time)


def stock_punctuality(
    days: Sequence[DayFacts],
    *,
    first_due: datetime,
    counts: Sequence[Count],
    exemptions: Sequence[Span],
    outages: Sequence[Span],
    at: datetime,
) -> Punctuality:
    """The due days of stock known at ``at``; ``counts`` as the calendar takes them."""
    due = in_time = 0
    doubtful: list[DayFacts] = []
    known = [count for count in counts if count.received_at <= at]
    received, newest = [count.received_at for count in known], [first_due]
    for count in known:
        newest.append(max(newest[-1], count.as_of))
    for day in days:
        if day.obligation is not Obligation.DUE or day.start > at:
            continue
        moment = min(day.end, at)
        if moment - _MOMENT - newest[bisect_left(received, moment)] < day.interval:
            due, in_time = due + 1, in_time + 1
        else:
            doubtful.append(day)
    if doubtful and not exemptions and not outages:
        return Punctuality(due + len(doubtful), in_time)
    read = read_inventory_days(
        doubtful, first_due=first_due, counts=known, exemptions=exemptions, outages=outages, at=at
    )
    due += sum(reading.state in _IN_TIME | _LATE for reading in read)
    in_time += sum(reading.state in _IN_TIME for reading in read)
    return Punctuality(due, in_time)
