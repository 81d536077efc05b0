"""Days and times as messages write them. They carry no offset: the wall clock is taken for Beijing's.

Only ASCII digits are read. A year of two digits lies in this century.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dealers.foundation.clock import BUSINESS_ZONE

_DATE = re.compile(r"[0-9]{6}(?:[0-9]{2})?")
_TIME = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}")
_END_OF_DAY = time(23, 59, 59)
#: Formats of a date or period (2379): how many digits of date and time one end has, and whether it has two ends.
_FORMATS = {
    "101": (6, 0, False),
    "102": (8, 0, False),
    "201": (6, 4, False),
    "203": (8, 4, False),
    "204": (8, 6, False),
    "713": (6, 4, True),
    "715": (6, 0, True),
    "717": (6, 0, True),
    "718": (8, 0, True),
    "719": (8, 4, True),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The day, days or instant a message speaks of."""

    first: date
    last: date
    instant: datetime | None = None

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last

    def moment_of_sale(self) -> str:
        """The instant of a sale, or the beginning of its day when the message knows only that."""
        return _text(self.instant or datetime.combine(self.first, time(), BUSINESS_ZONE))

    def moment_of_count(self, prepared_at: datetime | None) -> str:
        """The instant of a stock count, or the end of its day, but no later than the message was made that day."""
        if self.instant is not None:
            return _text(self.instant)
        end = datetime.combine(self.last, _END_OF_DAY, BUSINESS_ZONE)
        start = datetime.combine(self.last, time(), BUSINESS_ZONE)
        return _text(min(end, max(start, prepared_at)) if prepared_at is not None else end)


def _text(instant: datetime) -> str:
    return instant.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds")


def day_of(text: str) -> date | None:
    """A day written CCYYMMDD or YYMMDD; None when it is not one."""
    if not _DATE.fullmatch(text):
        return None
    digits = text if len(text) == 8 else f"20{text}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def instant_of(day_text: str, time_text: str = "") -> datetime | None:
    """A day and a time written HHMM, HHMMSS or with decimal seconds, which are left out; None when it is not one."""
    day = day_of(day_text)
    if day is None or not _TIME.fullmatch(time_text):
        return None
    hour, minute, second = int(time_text[:2]), int(time_text[2:4]), int(time_text[4:6] or "0")
    if hour == 24 and minute == second == 0:
        return datetime.combine(day, time(), BUSINESS_ZONE) + timedelta(days=1)
    try:
        return datetime.combine(day, time(hour, minute, second), BUSINESS_ZONE)
    except ValueError:
        return None


def x12_stretch(first: str, last: str = "", at: str = "") -> Stretch | None:
    """The day or days of X12 date elements; None when one is not a day."""
    start = day_of(first)
    end = day_of(last) if last else start
    if start is None or end is None or end < start:
        return None
    if at and not last:
        instant = instant_of(first, at)
        return None if instant is None else Stretch(start, start, instant)
    return Stretch(start, end)


def edifact_stretch(value: str, format: str) -> Stretch | None:
    """The day, period or instant of a DTM segment; None when the value does not have the shape its format names."""
    shape = _FORMATS.get(format or "102")
    if shape is None:
        return None
    day_digits, time_digits, is_range = shape
    width = day_digits + time_digits
    if is_range:
        bare = value[:width] + value[width + 1 :] if value[width : width + 1] == "-" else value
        ends = [bare[:width], bare[width:]]
    else:
        ends = [value]
    if any(len(end) != width for end in ends):
        return None
    days = [day_of(end[:day_digits]) for end in ends]
    first, last = days[0], days[-1]
    if first is None or last is None or last < first:
        return None
    if not time_digits:
        return Stretch(first, last)
    instants = [instant_of(end[:day_digits], end[day_digits:]) for end in ends]
    if None in instants:
        return None
    return Stretch(first, last, None if is_range else instants[0])
