"""The half-month, in which everything is settled.

`2026-11-H1` runs from the 1st up to the 16th, `2026-11-H2` from the 16th up to the 1st of the next month,
both in the business zone. Together they cover time without gap or overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

SECOND_HALF_STARTS_ON_DAY = 16
_HALF_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})-H([12])")
_HALVES_PER_YEAR = 24
_LAST_YEAR = 9998  # the half after the last one must still have a first day


@dataclass(frozen=True, order=True, slots=True)
class HalfMonth:
    """One settlement period; ordered in time."""

    year: int
    month: int
    half: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= _LAST_YEAR and 1 <= self.month <= 12 and self.half in (1, 2)):
            raise ValueError(f"there is no half-month {self.year}-{self.month}-H{self.half}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-11-H1`. Raises `Refused`."""
        match = _HALF_MONTH.fullmatch(text)
        if match is None:
            raise Refused("not_a_period", _("is not a half-month period; write it like 2026-11-H1"))
        year, month, half = (int(part) for part in match.groups())
        try:
            return cls(year, month, half)
        except ValueError as error:
            raise Refused("not_a_period", _("is not a half-month period; write it like 2026-11-H1")) from error

    @classmethod
    def containing(cls, moment: datetime | date) -> HalfMonth:
        """The period in which an instant or a business day lies."""
        day = business_day(moment) if isinstance(moment, datetime) else moment
        return _half_of_month(day.year, day.month, 1 if day.day < SECOND_HALF_STARTS_ON_DAY else 2)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """The period with that running number; the opposite of `ordinal`."""
        year, rest = divmod(ordinal, _HALVES_PER_YEAR)
        month, half = divmod(rest, 2)
        return cls(year, month + 1, half + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-H{self.half}"

    @property
    def ordinal(self) -> int:
        """A running number without gaps: the next period's is one higher."""
        return self.year * _HALVES_PER_YEAR + (self.month - 1) * 2 + self.half - 1

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1 if self.half == 1 else SECOND_HALF_STARTS_ON_DAY)

    @property
    def end(self) -> date:
        """The first day no longer covered."""
        return self.next().start

    @property
    def starts_at(self) -> datetime:
        return start_of_day(self.start)

    @property
    def ends_at(self) -> datetime:
        return start_of_day(self.end)

    @property
    def days(self) -> int:
        """How many days it has: 15, or 13 to 16 in a second half."""
        return (self.end - self.start).days

    def dates(self) -> Iterator[date]:
        """Every day of the period, in order."""
        return (self.start + timedelta(days=number) for number in range(self.days))

    def next(self) -> Self:
        if self.half == 1:
            return type(self)(self.year, self.month, 2)
        if self.month < 12:
            return type(self)(self.year, self.month + 1, 1)
        return type(self)(self.year + 1, 1, 1)

    def previous(self) -> Self:
        return self.from_ordinal(self.ordinal - 1)

    def same_half_last_year(self) -> Self:
        return type(self)(self.year - 1, self.month, self.half)

    def previous_like_half(self) -> Self:
        """The same half of the month before: a first half is compared with a first half."""
        return self.from_ordinal(self.ordinal - 2)


@lru_cache(maxsize=1024)  # asked for every sale line, of which millions lie in a few periods
def _half_of_month(year: int, month: int, half: int) -> HalfMonth:
    return HalfMonth(year, month, half)


def is_half_month_boundary(day: date) -> bool:
    """Whether a period begins on `day`."""
    return day.day in (1, SECOND_HALF_STARTS_ON_DAY)


def next_half_month_boundary(day: date) -> date:
    """The first period start after `day`; a change decided today takes effect there."""
    return HalfMonth.containing(day).end
