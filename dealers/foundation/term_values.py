"""The kinds of value a policy's terms are made of, each read strictly.

`Amount` is money, `Factor` any number from 0 with up to six places, `Share` one from 0 to 1 (a rate or a weight),
`Score` one from 0 to 100. `ByTier` holds one value per authorization tier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from dealers.foundation.clock import parse_date
from dealers.foundation.half_months import is_half_month_boundary
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _
from dealers.foundation.terms import Terms, refuse

V = TypeVar("V")

TIERS = ("T1", "T2", "T3")
_MOST_DIGITS = 18
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_TEXT = 200


def decimal(*, places: int, most: Decimal | None = None) -> PlainValidator:
    """A number from 0, written as text. `most` bounds it from above, as a rate is by 1."""

    def read(value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            raise refuse("number_not_text", _('must be written as text in quotes, so that no digit is lost: "0.02"'))
        if not isinstance(value, str):
            raise refuse("not_a_number", _('is not a number; write it like "1234.50"'))
        try:
            number = parse_decimal(value, max_digits=_MOST_DIGITS, places=places)
        except Refused as refusal:
            raise refuse(refusal.code, refusal.message, **refusal.params) from refusal
        if number < 0:
            raise refuse("negative", _("must not be negative"))
        if most is not None and number > most:
            raise refuse("out_of_range", _("must lie between %(least)s and %(most)s"), least="0", most=str(most))
        return number

    return PlainValidator(read)


_AS_TEXT = PlainSerializer(str, return_type=str, when_used="json")

Amount = Annotated[Decimal, decimal(places=2), _AS_TEXT]
Factor = Annotated[Decimal, decimal(places=6), _AS_TEXT]
Share = Annotated[Decimal, decimal(places=6, most=Decimal(1)), _AS_TEXT]
Score = Annotated[Decimal, decimal(places=2, most=Decimal(100)), _AS_TEXT]


def _above_zero(number: Decimal) -> Decimal:
    if number <= 0:
        raise refuse("not_above_zero", _("must be above zero"))
    return number


PositiveAmount = Annotated[Decimal, decimal(places=2), AfterValidator(_above_zero), _AS_TEXT]


def whole(least: int, most: int) -> PlainValidator:
    """A whole number between bounds, both included."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise refuse("not_a_whole_number", _("must be a whole number, written without quotes"))
        if not least <= value <= most:
            raise refuse("out_of_range", _("must lie between %(least)s and %(most)s"), least=least, most=most)
        return value

    return PlainValidator(read)


Days = Annotated[int, whole(1, 3660)]
DaysOrNone = Annotated[int, whole(0, 3660)]
WorkingDays = Annotated[int, whole(1, 250)]
Hours = Annotated[int, whole(1, 8784)]
HoursOrNone = Annotated[int, whole(0, 8784)]


def one_of(what: str, *words: str) -> PlainValidator:
    """One word of a closed list; `what` names the list in the code of the refusal: `unknown_<what>`."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise refuse(f"unknown_{what}", _("must be one of: %(words)s"), words=", ".join(words))
        return value

    return PlainValidator(read)


TierName = Annotated[str, one_of("tier", *TIERS)]


def _several(value: Any, members: ValidatorFunctionWrapHandler) -> Any:
    if not isinstance(value, list):
        raise refuse("not_a_list", _("must be a list"))
    if not value:
        raise refuse("empty_list", _("must have at least one entry"))
    read = members(tuple(value))
    if len(set(read)) < len(read):
        raise refuse("repeated_entry", _("must not name the same entry twice"))
    return read


several = WrapValidator(_several)
"""A list without repetition and with at least one member, kept as a tuple."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("not_text", _("must be text; put it in quotes"))
    text = value.strip()
    if not text:
        raise refuse("empty_text", _("must not be empty"))
    if len(text) > _LONGEST_TEXT:
        raise refuse("text_too_long", _("has more than %(limit)s characters"), limit=_LONGEST_TEXT)
    if not text.isprintable():
        raise refuse("bad_character", _("contains a character that cannot be printed"))
    return text


def _code(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("not_text", _("must be text; put it in quotes"))
    if not _CODE.fullmatch(value):
        raise refuse("not_a_code", _("must be a code of up to 64 letters, digits, dots, hyphens or underscores"))
    return value


def _boundary(value: Any) -> date:
    if isinstance(value, str):
        try:
            value = parse_date(value)
        except Refused as refusal:
            raise refuse(refusal.code, refusal.message, **refusal.params) from refusal
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refuse("not_a_date", _("is not a date; write it like 2026-11-05"))
    if not is_half_month_boundary(value):
        raise refuse("not_a_half_month_boundary", _("must be the 1st or the 16th of a month"))
    return value


Text = Annotated[str, PlainValidator(_text)]
Code = Annotated[str, PlainValidator(_code)]
HalfMonthBoundary = Annotated[date, BeforeValidator(_boundary)]


class ByTier(Terms, Generic[V]):
    """One value for each authorization tier: `terms["T1"]`, `terms.T1`."""

    T1: V
    T2: V
    T3: V

    def __getitem__(self, tier: str) -> V:
        if tier not in TIERS:
            raise KeyError(tier)
        value: V = getattr(self, tier)
        return value

    def items(self) -> Iterator[tuple[str, V]]:
        """Tier and value, T1 first."""
        return ((tier, self[tier]) for tier in TIERS)


def refuse_unless_one(total: Decimal) -> None:
    """The weights of a group add up to exactly 1."""
    if total != 1:
        raise refuse("weights_do_not_sum_to_one", _("must add up to exactly 1, not %(total)s"), total=str(total))
