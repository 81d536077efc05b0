"""Half-months, quarters and years, and the settlement windows they make.

A rebate cumulates over its window, which is a run of whole half-months; the key (`2026-11-H1`, `2026-Q4`,
`2026`) names the window wherever it is stored or printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.half_months import HalfMonth, is_half_month_boundary, next_half_month_boundary
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

__all__ = [
    "HalfMonth",
    "Quarter",
    "Window",
    "WindowKind",
    "Year",
    "is_half_month_boundary",
    "next_half_month_boundary",
    "window_of",
]

_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """Three calendar months; ordered in time."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"there is no quarter {self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-Q4`. Raises `Refused`."""
        match = _QUARTER.fullmatch(text)
        if match is None or match[1] == "0000":
            raise Refused("not_a_quarter", _("is not a quarter; write it like 2026-Q4"))
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, moment: datetime | date) -> Self:
        day = business_day(moment) if isinstance(moment, datetime) else moment
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

    @property
    def first_period(self) -> HalfMonth:
        return HalfMonth(self.year, self.number * 3 - 2, 1)

    @property
    def last_period(self) -> HalfMonth:
        return HalfMonth(self.year, self.number * 3, 2)

    @property
    def start(self) -> date:
        return self.first_period.start

    @property
    def end(self) -> date:
        """The first day no longer covered."""
        return self.last_period.end

    def next(self) -> Self:
        return type(self)(self.year + self.number // 4, self.number % 4 + 1)

    def previous(self) -> Self:
        return type(self)(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


@dataclass(frozen=True, order=True, slots=True)
class Year:
    """A calendar year; ordered in time."""

    year: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026`. Raises `Refused`."""
        if not _YEAR.fullmatch(text) or text == "0000":
            raise Refused("not_a_year", _("is not a year; write it like 2026"))
        return cls(int(text))

    @classmethod
    def containing(cls, moment: datetime | date) -> Self:
        return cls((business_day(moment) if isinstance(moment, datetime) else moment).year)

    def __str__(self) -> str:
        return f"{self.year:04d}"

    @property
    def first_period(self) -> HalfMonth:
        return HalfMonth(self.year, 1, 1)

    @property
    def last_period(self) -> HalfMonth:
        return HalfMonth(self.year, 12, 2)

    @property
    def start(self) -> date:
        return self.first_period.start

    @property
    def end(self) -> date:
        """The first day no longer covered."""
        return self.last_period.end

    def next(self) -> Self:
        return type(self)(self.year + 1)

    def previous(self) -> Self:
        return type(self)(self.year - 1)


class WindowKind(StrEnum):
    """How long a program cumulates; the values are the policy document's."""

    HALF_MONTH = "half_month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole half-months over which a program cumulates."""

    kind: WindowKind
    key: str
    first: HalfMonth
    last: HalfMonth

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read the key of a window of any kind. Raises `Refused`."""
        if _YEAR.fullmatch(key):
            year = Year.parse(key)
            return cls(WindowKind.YEAR, key, year.first_period, year.last_period)
        if _QUARTER.fullmatch(key):
            quarter = Quarter.parse(key)
            return cls(WindowKind.QUARTER, key, quarter.first_period, quarter.last_period)
        period = HalfMonth.parse(key)
        return cls(WindowKind.HALF_MONTH, key, period, period)

    def __str__(self) -> str:
        return self.key

    @property
    def starts_on(self) -> date:
        return self.first.start

    @property
    def ends_on(self) -> date:
        """The first day no longer covered."""
        return self.last.end

    @property
    def starts_at(self) -> datetime:
        return start_of_day(self.starts_on)

    @property
    def ends_at(self) -> datetime:
        return start_of_day(self.ends_on)

    def __contains__(self, period: HalfMonth) -> bool:
        return self.first <= period <= self.last

    def periods(self) -> list[HalfMonth]:
        """Every half-month of the window, in order."""
        return [HalfMonth.from_ordinal(ordinal) for ordinal in range(self.first.ordinal, self.last.ordinal + 1)]

    def periods_through(self, period: HalfMonth) -> list[HalfMonth]:
        """The window's half-months up to and including `period`: what is cumulated when that one is settled."""
        return [member for member in self.periods() if member <= period]

    def closes_with(self, period: HalfMonth) -> bool:
        """Whether `period` is the window's last half-month."""
        return period == self.last


def window_of(kind: WindowKind | str, period: HalfMonth) -> Window:
    """The window of that kind in which `period` lies. Raises ValueError for an unknown kind."""
    match WindowKind(kind):
        case WindowKind.HALF_MONTH:
            return Window.parse(str(period))
        case WindowKind.QUARTER:
            return Window.parse(str(Quarter.containing(period.start)))
        case WindowKind.YEAR:
            return Window.parse(str(Year.containing(period.start)))
