"""How many days the stock lasts, and what that suggests: order again, or too much.

The average counts only days whose sales are known, so a day nobody reported neither lowers nor raises it. Seasons and
promotions are left out of the reckoning on purpose: it is a hint, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum


class Hint(StrEnum):
    """What a dealer may want to do about a product."""

    SOLD_OUT = "sold_out"
    ORDER = "order"
    ENOUGH = "enough"
    OVERSTOCK = "overstock"
    #: Units on hand and no sale in the days looked at.
    NOT_SELLING = "not_selling"
    #: Too few days are known to reckon an average.
    TOO_LITTLE_KNOWN = "too_little_known"


@dataclass(frozen=True, slots=True)
class CoverTerms:
    """Days: looked back over, needed at least, until a delivery arrives, kept in reserve, ordered for, and too many."""

    average_days: int
    least_days: int
    lead_days: int
    reserve_days: int
    target_days: int
    overstock_days: int


@dataclass(frozen=True, slots=True)
class Cover:
    """The reckoning: ``daily`` to two places, ``days_left`` whole and rounded down, ``units`` what the hint is about.

    ``units`` is how many to order, or how many are more than the overstock limit holds; None when neither applies.
    """

    hint: Hint
    on_hand: int
    in_transit: int
    sold: int
    known_days: int
    daily: Decimal | None = None
    days_left: int | None = None
    units: int | None = None


def cover_of(*, on_hand: int, in_transit: int, sold: int, known_days: int, terms: CoverTerms) -> Cover:
    """Days of stock and the hint. ``sold`` is net of returns, over the ``known_days`` of the days looked at."""
    known = (on_hand, in_transit, sold, known_days)
    if known_days < terms.least_days:
        return Cover(Hint.TOO_LITTLE_KNOWN, *known)
    if sold <= 0:
        return Cover(Hint.NOT_SELLING if on_hand > 0 else Hint.ENOUGH, *known, daily=Decimal(0))
    exact = Decimal(sold) / known_days
    daily = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    days_left = int(max(on_hand, 0) / exact)
    soon = on_hand + in_transit <= exact * (terms.lead_days + terms.reserve_days)
    if soon:
        units = _up(exact * terms.target_days) - on_hand - in_transit
        hint = Hint.SOLD_OUT if on_hand <= 0 else Hint.ORDER
        return Cover(hint, *known, daily, days_left, max(units, 0))
    if days_left > terms.overstock_days:
        return Cover(Hint.OVERSTOCK, *known, daily, days_left, on_hand - _up(exact * terms.overstock_days))
    return Cover(Hint.ENOUGH, *known, daily, days_left)


def _up(units: Decimal) -> int:
    return int(units.to_integral_value(ROUND_CEILING))
