"""What a violation adds up to, where a period stands on the ladder, and what may be done about it (section 3).

Prices are whole micro-yuan. The gathering itself is one SQL statement over millions of lines; these functions say
what it must come to, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from dealers.foundation.money import round_money
from dealers.foundation.transitions import TransitionTable
from pricing.choices import PRICE_VIOLATIONS, ViolationKind, ViolationState
from pricing.rules.verdict import (
    ABOVE_CEILING,
    B2B_WITHOUT_ADDENDUM,
    BELOW_FLOOR,
    NOT_ENFORCED,
    OUT_OF_TERRITORY,
)
from pricing.terms import LadderStep, ViolationTerms

_MICRO = Decimal("0.000001")
PERIODS_PER_MONTH = 2


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line as the gathering sees it; ``floor`` and ``ceiling`` are those of the band that decided, if any."""

    verdict: int
    flags: int
    quantity: int
    price: int
    floor: int | None
    ceiling: int | None
    sold_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """What the lines of one kind add up to; amounts in yuan, the shortfall rounded to the cent once."""

    lines: int
    quantity: int
    amount: Decimal
    shortfall: Decimal
    first_sold_at: datetime
    last_sold_at: datetime


def breaches_of(verdict: int, flags: int, quantity: int) -> tuple[ViolationKind, ...]:
    """The kinds of violation a line belongs to; a line may be priced wrongly and sold in the wrong place.

    An edge that is not enforced is nobody's violation, and a return is no sale.
    """
    found = []
    if quantity > 0:
        if not flags & NOT_ENFORCED:
            if verdict == BELOW_FLOOR:
                found.append(ViolationKind.BELOW_FLOOR)
            if verdict == ABOVE_CEILING:
                found.append(ViolationKind.ABOVE_CEILING)
        if flags & OUT_OF_TERRITORY:
            found.append(ViolationKind.OUT_OF_TERRITORY)
        if flags & B2B_WITHOUT_ADDENDUM:
            found.append(ViolationKind.B2B_WITHOUT_ADDENDUM)
    return tuple(found)


def shortfall_of(kind: str, price: int, quantity: int, floor: int | None, ceiling: int | None) -> int:
    """|band edge - price| x quantity of a line in micro-yuan; 0 for kinds that are not about price."""
    edge = {ViolationKind.BELOW_FLOOR: floor, ViolationKind.ABOVE_CEILING: ceiling}.get(ViolationKind(kind))
    return 0 if edge is None else abs(edge - price) * quantity


def gathered(lines: Iterable[JudgedLine]) -> dict[ViolationKind, Figures]:
    """The violations of a dealer's half-month by kind, from its lines as they stand now."""
    by_kind: dict[ViolationKind, list[JudgedLine]] = {}
    for line in lines:
        for kind in breaches_of(line.verdict, line.flags, line.quantity):
            by_kind.setdefault(kind, []).append(line)
    return {kind: _figures(kind, found) for kind, found in by_kind.items()}


def _figures(kind: ViolationKind, lines: Sequence[JudgedLine]) -> Figures:
    short = sum(shortfall_of(kind, line.price, line.quantity, line.floor, line.ceiling) for line in lines)
    return Figures(
        lines=len(lines),
        quantity=sum(line.quantity for line in lines),
        amount=sum(line.quantity * line.price for line in lines) * _MICRO,
        shortfall=round_money(short * _MICRO),
        first_sold_at=min(line.sold_at for line in lines),
        last_sold_at=max(line.sold_at for line in lines),
    )


def window_of(period: int, window_months: int) -> range:
    """The half-months of the rolling window that ends with ``period``, by number; it is the last of them."""
    return range(period - window_months * PERIODS_PER_MONTH + 1, period + 1)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a confirmed case would lead to, for information: nothing follows before a case is decided.

    ``standing`` counts this period and those before it in the window, from 1. ``penalty`` is None for a warning.
    """

    standing: int
    step: LadderStep
    penalty: Decimal | None


def consequence(kind: str, shortfall: Decimal, earlier_periods: int, terms: ViolationTerms) -> Consequence | None:
    """The step of the ladder a price violation stands on; None for kinds the ladder is not about."""
    if kind not in PRICE_VIOLATIONS:
        return None
    step = terms.step_for(earlier_periods)
    penalty = None
    if step.is_penalty and step.multiple is not None:
        penalty = round_money(max(shortfall, step.minimum or Decimal(0)) * step.multiple)
    return Consequence(earlier_periods + 1, step, penalty)


class ViolationAct(StrEnum):
    """What can happen to a violation beside its lines."""

    HAND_OVER = "hand_over"
    SET_ASIDE = "set_aside"
    TAKE_UP = "take_up"
    LINES_CHANGED = "lines_changed"
    CONFIRM = "confirm"
    DROP = "drop"


#: Setting aside is about the lines that were looked at, and so is a case that did not confirm them: other lines, and
#: the violation is open again.
VIOLATION_LIFE = TransitionTable(
    "violation",
    {
        (ViolationState.GATHERED, ViolationAct.HAND_OVER): ViolationState.HANDED_OVER,
        (ViolationState.GATHERED, ViolationAct.SET_ASIDE): ViolationState.SET_ASIDE,
        (ViolationState.HANDED_OVER, ViolationAct.HAND_OVER): ViolationState.HANDED_OVER,
        (ViolationState.SET_ASIDE, ViolationAct.TAKE_UP): ViolationState.GATHERED,
        (ViolationState.SET_ASIDE, ViolationAct.LINES_CHANGED): ViolationState.GATHERED,
        (ViolationState.NOT_CONFIRMED, ViolationAct.LINES_CHANGED): ViolationState.GATHERED,
        (ViolationState.HANDED_OVER, ViolationAct.CONFIRM): ViolationState.CONFIRMED,
        (ViolationState.HANDED_OVER, ViolationAct.DROP): ViolationState.NOT_CONFIRMED,
        (ViolationState.CONFIRMED, ViolationAct.HAND_OVER): ViolationState.HANDED_OVER,
        (ViolationState.CONFIRMED, ViolationAct.DROP): ViolationState.NOT_CONFIRMED,
    },
    initial=ViolationState.GATHERED,
)
