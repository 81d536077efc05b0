"""Working days by the State Council calendar, and the deadlines counted in them.

A deadline of n working days counts from the next working day after the triggering day and expires at the end
(24:00) of the n-th. Past the calendar's coverage the answer says that it is provisional, so that it can be
reckoned again when the calendar arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.state_council import load_state_council_calendar
from dealers.foundation.work_calendar import DayOff, WorkCalendar

__all__ = [
    "DayOff",
    "Deadline",
    "WorkCalendar",
    "deadline",
    "latest_submission",
    "lead_is_sufficient",
    "load_state_council_calendar",
    "working_days_between",
]

_ONE_DAY = timedelta(days=1)
_MOST_WORKING_DAYS = 2000  # eight years; more is a mistake in a policy, not a deadline


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a deadline expires, with the days that were counted and those that were not."""

    expires_at: datetime
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, DayOff], ...]
    provisional: bool
    calendar_version: str

    @property
    def last_day(self) -> date:
        """The working day at whose end it expires."""
        return self.counted[-1]

    def has_passed(self, instant: datetime) -> bool:
        return instant >= self.expires_at


def deadline(triggered_at: datetime, working_days: int, calendar: WorkCalendar) -> Deadline:
    """The deadline of `working_days` working days after the day on which `triggered_at` falls.

    Raises ValueError for less than one working day.
    """
    if not 1 <= working_days <= _MOST_WORKING_DAYS:
        raise ValueError(f"a deadline has 1 to {_MOST_WORKING_DAYS} working days, not {working_days}")
    counted: list[date] = []
    skipped: list[tuple[date, DayOff]] = []
    day = business_day(triggered_at)
    while len(counted) < working_days:
        day += _ONE_DAY
        reason = calendar.day_off(day)
        if reason is None:
            counted.append(day)
        else:
            skipped.append((day, reason))
    return Deadline(
        expires_at=start_of_day(day + _ONE_DAY),
        counted=tuple(counted),
        skipped=tuple(skipped),
        provisional=calendar.is_provisional(day),
        calendar_version=calendar.version,
    )


def working_days_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """How many working days there are from `first` up to, not including, `last`."""
    span = max((last - first).days, 0)
    return sum(calendar.is_working_day(first + timedelta(days=number)) for number in range(span))


def latest_submission(starts_on: date, working_days: int, calendar: WorkCalendar) -> date:
    """The last day on which something submitted is still `working_days` working days before its start.

    The day of submission does not count, as with every deadline: the working days lie between it and the
    start. A submission made at any time of that day is early enough.
    """
    if not 0 <= working_days <= _MOST_WORKING_DAYS:
        raise ValueError(f"a lead has 0 to {_MOST_WORKING_DAYS} working days, not {working_days}")
    day = starts_on
    left = working_days
    while left:
        day -= _ONE_DAY
        left -= calendar.is_working_day(day)
    return day - _ONE_DAY


def lead_is_sufficient(submitted_at: datetime, starts_on: date, working_days: int, calendar: WorkCalendar) -> bool:
    """Whether the submission comes at least `working_days` working days before the start."""
    return business_day(submitted_at) <= latest_submission(starts_on, working_days, calendar)
