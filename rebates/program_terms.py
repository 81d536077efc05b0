"""A rebate program: which dealers and goods, reckoned on what, over how long, at which rates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from dealers.foundation.faults import Fault, warning
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Amount, Code, Share, TierName, one_of
from dealers.foundation.terms import Complaint, Row, Terms, refuse, rows

ALL = "all"
_LONGEST_CATEGORY = 64


class Bracket(Terms):
    """A slice of the base from `start`, included, to the start of the next one, and its rate."""

    start: Amount = Field(alias="from")
    end: Amount | None = Field(default=None, alias="to")
    rate: Share


def _check_brackets(brackets: list[Row]) -> Iterator[Complaint]:
    first = brackets[0].start
    if first is not None and first != 0:
        yield (0, "from"), refuse("bracket_gap", _("must be 0: nothing below %(first)s has a rate"), first=str(first))
    for number, (before, bracket) in enumerate(pairwise(brackets), start=1):
        if None not in (before.start, bracket.start) and bracket.start <= before.start:
            yield (
                (number, "from"),
                refuse(
                    "bracket_overlap",
                    _("must be above %(before)s, where the bracket before it begins"),
                    before=str(before.start),
                ),
            )
        elif None not in (before.end, bracket.start) and before.end != bracket.start:
            code = "bracket_gap" if before.end < bracket.start else "bracket_overlap"
            yield (
                (number - 1, "to"),
                refuse(code, _("must equal %(next)s, where the next bracket begins"), next=str(bracket.start)),
            )
    if brackets[-1].given("to"):
        yield (
            (len(brackets) - 1, "to"),
            refuse("last_bracket_ends", _("must be absent in the last bracket, which has no upper end")),
        )


def _categories(value: Any) -> str | tuple[str, ...]:
    if value == ALL:
        return ALL
    if not isinstance(value, list):
        raise refuse("not_categories", _("must be all, or a list of product categories"))
    if not value:
        raise refuse("empty_list", _("must have at least one entry"))
    if not all(isinstance(name, str) and 0 < len(name.strip()) <= _LONGEST_CATEGORY for name in value):
        raise refuse(
            "not_text", _("must name every category as text of up to %(limit)s characters"), limit=_LONGEST_CATEGORY
        )
    names = tuple(name.strip() for name in value)
    if len(set(names)) < len(names):
        raise refuse("repeated_entry", _("must not name the same entry twice"))
    return names


class Program(Terms):
    """The rebate of one tier on some categories. `cap` bounds what one window can earn.

    `pooling: alliance` lets the members of a regional alliance reach brackets and cap together and share by
    contribution; without it, or with `none`, every dealer stands alone.
    """

    code: Code
    tier: TierName
    categories: Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_categories)]
    base: Annotated[str, one_of("base", "purchases", "compliant_sales")]
    window: Annotated[str, one_of("window", "half_month", "quarter", "year")]
    method: Annotated[str, one_of("method", "incremental", "retroactive")]
    brackets: Annotated[tuple[Bracket, ...], rows(Bracket, _check_brackets)]
    cap: Amount | None = None
    pooling: Annotated[str, one_of("pooling", "none", "alliance")] = "none"

    def covers(self, category: str) -> bool:
        """Whether goods of that category count into the program's base."""
        return self.categories == ALL or category in self.categories

    def shares_categories_with(self, other: Program) -> bool:
        if self.categories == ALL or other.categories == ALL:
            return True
        return not set(self.categories).isdisjoint(other.categories)


def check_programs(programs: list[Row]) -> Iterator[Complaint]:
    """No two programs carry the same code: what a window has settled is remembered under it."""
    seen: dict[str, int] = {}
    for number, program in enumerate(programs):
        if program.code is None:
            continue
        if program.code in seen:
            yield (
                (number, "code"),
                refuse(
                    "duplicate_program", _("is already the code of program %(first)s"), first=seen[program.code] + 1
                ),
            )
        seen.setdefault(program.code, number)


def program_remarks(programs: tuple[Program, ...]) -> Iterator[Fault]:
    """Programs that pay twice for the same goods; caps a base can never reach; falling rates."""
    for (_first, one), (number, other) in combinations(enumerate(programs), 2):
        alike = (one.tier, one.base, one.window) == (other.tier, other.base, other.window)
        if alike and one.shares_categories_with(other):
            yield warning(
                ("programs", number),
                "programs_overlap",
                _("pays on the same goods, base and window as program %(other)s; both will be paid"),
                other=one.code,
            )
    for number, program in enumerate(programs):
        for place, (before, bracket) in enumerate(pairwise(program.brackets), start=1):
            if bracket.rate < before.rate:
                yield warning(
                    ("programs", number, "brackets", place, "rate"),
                    "rate_falls",
                    _("is lower than %(before)s, the rate of the bracket before it"),
                    before=str(before.rate),
                )
        if program.cap == Decimal(0):
            yield warning(("programs", number, "cap"), "cap_of_zero", _("is 0: this program never pays"))
