"""The working-day calendar in force, as the value that deadlines are counted with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dealers.foundation.work_calendar import WorkCalendar
from dealers.foundation.working_days import load_state_council_calendar
from dealers.models import CalendarDay, CalendarVersion

#: The next year's calendar is published in autumn; missing it two months ahead is worth a word.
WARN_BEFORE_END = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CalendarCoverage:
    """How long the calendar is known for certain. `ends_soon` from 60 days before it ends."""

    version: str
    covers_until: date
    days_left: int
    ends_soon: bool


def latest_calendar_version() -> CalendarVersion | None:
    """The calendar loaded last; None before the first loading."""
    return CalendarVersion.objects.order_by("-loaded_at", "-id").first()


def current_calendar() -> WorkCalendar:
    """The calendar loaded last, read from its rows once per process.

    Before the first loading it is the one that would be loaded, under the same version.
    """
    stored = latest_calendar_version()
    return load_state_council_calendar() if stored is None else calendar_of(stored)


def calendar_of(stored: CalendarVersion) -> WorkCalendar:
    """A stored version as a value; a past deadline is explained with the version it was counted with."""
    return _read(stored.pk, stored.version, stored.covers_until)


@lru_cache(maxsize=8)
def _read(pk: int, version: str, covers_until: date) -> WorkCalendar:
    off: set[date] = set()
    make_up: set[date] = set()
    provisional: set[date] = set()
    for day, working, is_provisional in CalendarDay.objects.filter(calendar_id=pk).values_list(
        "day", "working", "provisional"
    ):
        (make_up if working else provisional if is_provisional else off).add(day)
    return WorkCalendar(
        version=version,
        covers_until=covers_until,
        off=frozenset(off),
        make_up=frozenset(make_up),
        provisional_off=frozenset(provisional),
    )


def calendar_coverage(today: date) -> CalendarCoverage:
    """How much longer deadlines are certain; `doctor` and the calendar notice ask this."""
    calendar = current_calendar()
    left = calendar.covers_until - today
    return CalendarCoverage(calendar.version, calendar.covers_until, left.days, left <= WARN_BEFORE_END)
