"""The sync clock of one feed: on time, late, or due for a hold (rulebook section 4, Clock).

A feed is reported up to an *anchor*: the newest stock count, or the start of the first business day whose sales
were neither delivered nor declared. From there a dealer has one interval; then a grace in which it is late; then
supply is held. Agreed exemptions and our own outages stop the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ClockState(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class ClockReading:
    """What the clock says at an instant, and when it will say worse."""

    state: ClockState
    anchor: datetime
    elapsed: timedelta
    due_at: datetime
    hold_at: datetime


def read_clock(
    *,
    anchor: datetime,
    at: datetime,
    interval: timedelta,
    grace: timedelta,
    pauses: Iterable[tuple[datetime, datetime | None]] = (),
) -> ClockReading:
    """Read a feed's clock. ``pauses`` are half-open; overlapping ones count once.

    At exactly ``interval`` the report is late, at exactly ``interval + grace`` it is overdue. ``due_at`` and
    ``hold_at`` take into account the pauses known now.
    """
    pauses = _merged(pauses)
    elapsed = _running_time(anchor, at, pauses)
    if elapsed < interval:
        state = ClockState.ON_TIME
    elif elapsed < interval + grace:
        state = ClockState.LATE
    else:
        state = ClockState.OVERDUE
    return ClockReading(
        state=state,
        anchor=anchor,
        elapsed=elapsed,
        due_at=_after(anchor, interval, pauses),
        hold_at=_after(anchor, interval + grace, pauses),
    )


def _merged(pauses: Iterable[tuple[datetime, datetime | None]]) -> list[tuple[datetime, datetime | None]]:
    merged: list[tuple[datetime, datetime | None]] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            last_end = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last_end is None or end is None else max(last_end, end))
        else:
            merged.append((start, end))
    return merged


def _running_time(start: datetime, end: datetime, pauses: list[tuple[datetime, datetime | None]]) -> timedelta:
    if end <= start:
        return timedelta(0)
    paused = timedelta(0)
    for pause_start, pause_end in pauses:
        overlap = min(end, pause_end or end) - max(start, pause_start)
        paused += max(overlap, timedelta(0))
    return end - start - paused


def _after(start: datetime, running: timedelta, pauses: list[tuple[datetime, datetime | None]]) -> datetime:
    """The instant at which the clock, stopped by the pauses, has run for ``running`` since ``start``."""
    instant = start
    for pause_start, pause_end in pauses:
        if pause_end is not None and pause_end <= instant:
            continue
        free = pause_start - instant
        if free >= running:
            break
        running -= max(free, timedelta(0))
        instant = max(instant, pause_end or datetime.max.replace(tzinfo=start.tzinfo))
        if pause_end is None:
            return instant
    return instant + running
