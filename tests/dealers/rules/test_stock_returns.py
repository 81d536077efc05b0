"""What may be said about a line of a stock return list."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.foundation.refusals import Refused
from dealers.rules.stock_returns import TakenBack, check_line

TEN = Decimal("10")


@pytest.mark.parametrize(
    ("cost", "accepted", "price", "reason", "refused"),
    [
        (TEN, 5, TEN, "", None),
        (TEN, 3, TEN, "opened", None),
        (TEN, 3, TEN, "", "reason_missing"),
        (TEN, 5, Decimal("8"), "", "reason_missing"),
        (TEN, 5, Decimal("8"), "damaged", None),
        (TEN, 0, Decimal("8"), "missing", None),
        (TEN, 6, TEN, "", "accepted_out_of_range"),
        (TEN, -1, TEN, "opened", "accepted_out_of_range"),
        (TEN, 5, Decimal("10.01"), "agreed", "price_above_cost"),
        (TEN, 5, Decimal("-1"), "agreed", "price_above_cost"),
        (None, 0, Decimal(0), "no_receipt", None),
        (None, 5, TEN, "", "reason_missing"),
        (None, 5, TEN, "agreed", None),
    ],
)
def test_a_line(cost: Decimal | None, accepted: int, price: Decimal, reason: str, refused: str | None) -> None:
    line = TakenBack(5, cost, accepted, price, reason)
    if refused is None:
        check_line(line)
    else:
        with pytest.raises(Refused) as found:
            check_line(line)
        assert found.value.code == refused


def test_an_amount_is_rounded_half_up_once() -> None:
    assert TakenBack(3, TEN, 3, Decimal("0.335"), "agreed").amount == Decimal("1.01")
