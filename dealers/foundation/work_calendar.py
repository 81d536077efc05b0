"""One version of the working-day calendar, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayOff(StrEnum):
    """Why a day is no working day."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PROVISIONAL_HOLIDAY = "provisional_holiday"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """One version of the calendar.

    `off` are the days off the State Council published, `make_up` the weekend days worked instead. Both are
    known up to, not including, `covers_until`. `provisional_off` are statutory holidays expected after that.
    """

    version: str
    covers_until: date
    off: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    provisional_off: frozenset[date] = frozenset()

    def is_provisional(self, day: date) -> bool:
        """Whether what is known about `day` may still change."""
        return day >= self.covers_until

    def day_off(self, day: date) -> DayOff | None:
        """Why `day` is off, or None when it is a working day."""
        if day in self.make_up:
            return None
        if day in self.off:
            return DayOff.HOLIDAY
        if self.is_provisional(day) and day in self.provisional_off:
            return DayOff.PROVISIONAL_HOLIDAY
        if day.weekday() >= 5:
            return DayOff.WEEKEND
        return None

    def is_working_day(self, day: date) -> bool:
        return self.day_off(day) is None
