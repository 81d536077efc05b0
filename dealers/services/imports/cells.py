"""Typed reading of one row: every cell cleans itself, and names itself when it refuses.

The strict readers of money and time are remembered for values that repeat down a column, which most do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import IntegerChoices, TextChoices

from dealers.foundation.clock import parse_date, parse_instant
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused
from dealers.problems import sentence_of

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufeff]")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
#: Codes are joined in URLs, file names and `;` lists: no space, no separator.
_CODE = re.compile(r"[^\s;,\"']+")
_FIRST_DAY = date(1990, 1, 1)
_LAST_DAY = date(2200, 1, 1)
INTEGER_LIMIT = 2_000_000_000
_LONGEST_VALUE = 500

Choices = TypeVar("Choices", bound=TextChoices)

_date = lru_cache(maxsize=1 << 14)(parse_date)
_instant = lru_cache(maxsize=1 << 16)(parse_instant)
_decimal = lru_cache(maxsize=1 << 16)(parse_decimal)


class RowRefused(Exception):
    """A row cannot be taken; ``finding`` names column, value and reason."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def problem(column: str, value: str, code: str, /, **params: Any) -> Finding:
    """What is wrong with one cell; the sentence is the one of ``dealers.problems``."""
    return Finding(code, Severity.ERROR, sentence_of(code), params, field=column, value=value[:_LONGEST_VALUE])


def refuse(column: str, value: str, code: str, /, **params: Any) -> RowRefused:
    """The refusal of one cell, to be raised."""
    return RowRefused(problem(column, value, code, **params))


class Cells:
    """The cells of one row by column name, stripped. Readers raise :class:`RowRefused`."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def given(self, column: str) -> str:
        """The cell as it came; empty when the file has no such column."""
        return self._values.get(column, "")

    def text(self, column: str, longest: int) -> str:
        """Required text."""
        value = self.optional_text(column, longest)
        if not value:
            raise _missing(column)
        return value

    def optional_text(self, column: str, longest: int) -> str:
        value = self.given(column)
        if len(value) > longest:
            raise refuse(column, value, "too_long", limit=longest)
        if _CONTROL_CHARACTER.search(value):
            raise refuse(column, value, "control_character")
        return value

    def code(self, column: str, longest: int) -> str:
        """A required code: no space, comma, semicolon or quote within."""
        value = self.text(column, longest)
        if not _CODE.fullmatch(value):
            raise refuse(column, value, "not_a_code")
        return value

    def codes(self, column: str) -> tuple[str, ...]:
        """Codes joined by ``;`` in their order, each once; the wide ``；`` is understood."""
        parts = (part.strip() for part in self.given(column).replace("；", ";").split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def choice(self, column: str, choices: type[Choices]) -> Choices:
        value = self.given(column)
        if not value:
            raise _missing(column)
        try:
            return choices(value)
        except ValueError:
            allowed = ", ".join(choices.values)
            raise refuse(column, value, "bad_choice", choices=allowed) from None

    def number_choice(self, column: str, choices: type[IntegerChoices]) -> int:
        value = self.given(column)
        if value not in {str(number) for number in choices.values}:
            allowed = ", ".join(str(number) for number in choices.values)
            raise refuse(column, value, "bad_choice", choices=allowed)
        return int(value)

    def yes_no(self, column: str) -> bool:
        """``1`` or ``0``; empty is no."""
        value = self.given(column)
        if value not in ("", "0", "1"):
            raise refuse(column, value, "bad_choice", choices="0, 1")
        return value == "1"

    def whole(self, column: str, *, least: int = -INTEGER_LIMIT, most: int = INTEGER_LIMIT) -> int:
        value = self.given(column)
        if not value:
            raise _missing(column)
        if not _WHOLE_NUMBER.fullmatch(value) or not value.isascii():
            # The decimal reader knows why: wide digits, separators, exponents, places.
            self._read(column, value, lambda text: _decimal(text, max_digits=18, places=0))
            raise refuse(column, value, "not_a_whole_number")
        number = int(value)
        if not least <= number <= most:
            raise refuse(column, value, "number_out_of_range", lowest=least, highest=most)
        return number

    def decimal(self, column: str, *, digits: int = 18, places: int, least: Decimal | None = Decimal(0)) -> Decimal:
        """A required number; ``least`` is the smallest allowed."""
        value = self.given(column)
        number: Decimal = self._read(column, value, lambda text: _decimal(text, max_digits=digits, places=places))
        if least is not None and number < least:
            raise refuse(column, value, "number_too_small", least=f"{least.normalize():f}")
        return number

    def day(self, column: str) -> date:
        value = self.given(column)
        if not value:
            raise _missing(column)
        day: date = self._read(column, value, _date)
        if not _FIRST_DAY <= day < _LAST_DAY:
            raise _out_of_time(column, value)
        return day

    def optional_day(self, column: str) -> date | None:
        return self.day(column) if self.given(column) else None

    def instant(self, column: str) -> datetime:
        value = self.given(column)
        instant: datetime = self._read(column, value, _instant)
        if not _FIRST_DAY.year < instant.year < _LAST_DAY.year:
            raise _out_of_time(column, value)
        return instant

    def span(self, first: str, end: str) -> tuple[date, date | None]:
        """A half-open range: the day in ``first``, and the first day no longer covered in ``end`` or none."""
        starts, ends = self.day(first), self.optional_day(end)
        if ends is not None and ends <= starts:
            raise refuse(end, self.given(end), "range_is_empty", starts=starts.isoformat())
        return starts, ends

    @staticmethod
    def _read(column: str, value: str, reader: Any) -> Any:
        try:
            return reader(value)
        except Refused as refused:
            raise RowRefused(Finding.from_refusal(refused, field=column, value=value)) from None


def _missing(column: str) -> RowRefused:
    return refuse(column, "", "missing_value")


def _out_of_time(column: str, value: str) -> RowRefused:
    return refuse(column, value, "out_of_time", first=_FIRST_DAY.isoformat(), last=_LAST_DAY.isoformat())
