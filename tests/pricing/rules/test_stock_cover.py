"""Days of stock and the hints they give."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing.rules.stock_cover import CoverTerms, Hint, cover_of

TERMS = CoverTerms(average_days=28, least_days=7, lead_days=7, reserve_days=7, target_days=30, overstock_days=60)


@pytest.mark.parametrize(
    ("on_hand", "in_transit", "sold", "known", "hint", "daily", "left", "units"),
    [
        # 56 in 28 days are 2 a day; 28 units last 14 days, lead time and reserve together
        (28, 0, 56, 28, Hint.ORDER, "2.00", 14, 32),
        (29, 0, 56, 28, Hint.ENOUGH, "2.00", 14, None),
        (20, 9, 56, 28, Hint.ENOUGH, "2.00", 10, None),
        (20, 8, 56, 28, Hint.ORDER, "2.00", 10, 32),
        (0, 0, 56, 28, Hint.SOLD_OUT, "2.00", 0, 60),
        (0, 90, 56, 28, Hint.ENOUGH, "2.00", 0, None),
        (121, 0, 56, 28, Hint.ENOUGH, "2.00", 60, None),
        (122, 0, 56, 28, Hint.OVERSTOCK, "2.00", 61, 2),
        # days nobody reported are left out: 56 in 14 known days are 4 a day
        (28, 0, 56, 14, Hint.ORDER, "4.00", 7, 92),
        (10, 0, 1, 3, Hint.TOO_LITTLE_KNOWN, None, None, None),
        (10, 0, 0, 28, Hint.NOT_SELLING, "0", None, None),
        (10, 0, -2, 28, Hint.NOT_SELLING, "0", None, None),
        (0, 0, 0, 28, Hint.ENOUGH, "0", None, None),
        # a third of a unit a day
        (10, 0, 9, 27, Hint.ENOUGH, "0.33", 30, None),
    ],
)
def test_days_left_and_hint(
    on_hand: int,
    in_transit: int,
    sold: int,
    known: int,
    hint: Hint,
    daily: str | None,
    left: int | None,
    units: int | None,
) -> None:
    found = cover_of(on_hand=on_hand, in_transit=in_transit, sold=sold, known_days=known, terms=TERMS)
    assert (found.hint, found.days_left, found.units) == (hint, left, units)
    assert found.daily == (None if daily is None else Decimal(daily))
