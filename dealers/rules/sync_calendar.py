"""What each day of a feed came to: on time, late, missing, declared, exempt, our outage (rulebook section 4, Clock).

A day of sales is reported up to its end; from its start the clock of :mod:`dealers.rules.sync_clock` runs, stopped by
exemptions and our own outages. A day of stock is as good as the newest count was fresh when the day ended (or is now).
A day nobody told us about is unknown, never a day without sales.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dealers.rules.sync_clock import ClockReading, ClockState, read_clock

Span = tuple[datetime, datetime | None]


class DayState(StrEnum):
    """What a day came to; ``NO_DUTY`` is a day on which the dealer had nothing to report to anybody."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    DECLARED_ZERO = "declared_zero"
    EXEMPT = "exempt"
    OUR_OUTAGE = "our_outage"
    NOT_YET_DUE = "not_yet_due"
    ONBOARDING = "onboarding"
    NO_DUTY = "no_duty"


class Obligation(StrEnum):
    """Whether the dealer has to report for a day."""

    NONE = "none"
    ONBOARDING = "onboarding"
    EXEMPT = "exempt"
    DUE = "due"


_EXCUSED = {
    Obligation.NONE: DayState.NO_DUTY,
    Obligation.ONBOARDING: DayState.ONBOARDING,
    Obligation.EXEMPT: DayState.EXEMPT,
}


_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One business day of one feed, with the terms in force on it."""

    start: datetime
    end: datetime
    obligation: Obligation
    interval: timedelta
    grace: timedelta
    received_at: datetime | None = None
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A stock count: the instant it speaks of, and when it came."""

    as_of: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DayReading:
    """What a day came to, until when its report counted as on time, and from when supply would be held.

    ``moved_by`` is how much our outages moved the deadline. ``age`` is, for stock, how old the newest count was at
    the day's end (or now), not counting what stops the clock.
    """

    state: DayState
    due_at: datetime | None = None
    hold_at: datetime | None = None
    moved_by: timedelta = timedelta(0)
    age: timedelta | None = None


def read_sales_day(
    facts: DayFacts, *, exemptions: Iterable[Span] = (), outages: Iterable[Span] = (), at: datetime
) -> DayReading:
    """What a day of sales came to, as known at ``at``."""
    received_at = facts.received_at if facts.received_at is not None and facts.received_at <= at else None
    if facts.obligation is not Obligation.DUE:
        state = _EXCUSED[facts.obligation]
        if received_at is not None:
            state = DayState.DECLARED_ZERO if facts.declared else DayState.ON_TIME
        return DayReading(state)
    exempted = list(exemptions)
    plain = _clock(facts, facts.start, at, exempted)
    reading = _clock(facts, facts.start, at, [*exempted, *outages])
    return DayReading(
        _sales_state(facts, received_at, plain, reading, at),
        reading.due_at,
        reading.hold_at,
        reading.due_at - plain.due_at,
    )


def _sales_state(
    facts: DayFacts, received_at: datetime | None, plain: ClockReading, reading: ClockReading, at: datetime
) -> DayState:
    if received_at is not None:
        if facts.declared:
            return DayState.DECLARED_ZERO
        return DayState.ON_TIME if received_at < reading.due_at else DayState.LATE
    if at >= reading.due_at:
        return DayState.MISSING
    return DayState.OUR_OUTAGE if at >= plain.due_at else DayState.NOT_YET_DUE


def read_inventory_days(
    days: Sequence[DayFacts],
    *,
    first_due: datetime,
    counts: Sequence[Count],
    exemptions: Iterable[Span] = (),
    outages: Iterable[Span] = (),
    at: datetime,
) -> list[DayReading]:
    """What each day's stock reports came to, as known at ``at``.

    ``counts`` come in the order they were received and reach back to the newest one known when the first day began.
    """
    exempted, down = list(exemptions), list(outages)
    anchors = _Anchors(first_due, [count for count in counts if count.received_at <= at])
    return [_inventory_day(day, anchors, exempted, down, at) for day in days]


class _Anchors:
    """The newest count known at any instant."""

    def __init__(self, first_due: datetime, counts: Sequence[Count]) -> None:
        self._received = [count.received_at for count in counts]
        self._newest = [first_due]
        for count in counts:
            self._newest.append(max(self._newest[-1], count.as_of))

    def before(self, instant: datetime) -> datetime:
        """The newest count that had come before ``instant``."""
        return self._newest[bisect_left(self._received, instant)]


_STOCK_STATES = {
    ClockState.ON_TIME: DayState.ON_TIME,
    ClockState.LATE: DayState.LATE,
    ClockState.OVERDUE: DayState.MISSING,
}


def _inventory_day(
    day: DayFacts, anchors: _Anchors, exemptions: list[Span], outages: list[Span], at: datetime
) -> DayReading:
    if day.obligation is not Obligation.DUE:
        return DayReading(_EXCUSED[day.obligation])
    if day.start > at:
        return DayReading(DayState.NOT_YET_DUE)
    moment = min(day.end, at)
    anchor = anchors.before(moment)
    # As seen just before its end, for midnight itself belongs to the next day.
    plain = _clock(day, anchor, moment - _MOMENT, exemptions)
    stopped = _clock(day, anchor, moment - _MOMENT, [*exemptions, *outages])
    state = _STOCK_STATES[stopped.state]
    if stopped.state is ClockState.ON_TIME and plain.state is not ClockState.ON_TIME:
        state = DayState.OUR_OUTAGE
    moved_by = stopped.due_at - plain.due_at
    return DayReading(state, stopped.due_at, stopped.hold_at, moved_by, stopped.elapsed + _MOMENT)


def _clock(day: DayFacts, anchor: datetime, at: datetime, pauses: list[Span]) -> ClockReading:
    return read_clock(anchor=anchor, at=at, interval=day.interval, grace=day.grace, pauses=pauses)
