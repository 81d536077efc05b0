"""How early a promotion must be submitted, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dealers.foundation.working_days import DayOff, WorkCalendar, latest_submission

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lead:
    """The last day to submit on, and every day from the one after it up to the start: counted, or why not."""

    latest: date
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, DayOff], ...]
    provisional: bool
    calendar_version: str


def lead_before(starts_on: date, working_days: int, calendar: WorkCalendar) -> Lead:
    """The lead of ``working_days`` working days before ``starts_on``. Neither of its ends counts."""
    latest = latest_submission(starts_on, working_days, calendar)
    counted: list[date] = []
    skipped: list[tuple[date, DayOff]] = []
    day = latest + _ONE_DAY
    while day < starts_on:
        reason = calendar.day_off(day)
        if reason is None:
            counted.append(day)
        else:
            skipped.append((day, reason))
        day += _ONE_DAY
    return Lead(
        latest=latest,
        counted=tuple(counted),
        skipped=tuple(skipped),
        provisional=calendar.is_provisional(starts_on - _ONE_DAY),
        calendar_version=calendar.version,
    )
