"""Which receipts the goods on the shelf came with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealers.rules.stock_layers import Receipt, kept_receipts, stock_layers

START = datetime(2026, 3, 1, tzinfo=UTC)


def receipt(day: int, quantity: int, price: str = "10", line_no: int = 1) -> Receipt:
    return Receipt(START + timedelta(days=day), f"S{day}", line_no, quantity, Decimal(price))


@pytest.mark.parametrize(
    ("on_hand", "receipts", "layers", "unexplained"),
    [
        (0, [receipt(1, 5)], [], 0),
        (3, [], [], 3),
        (5, [receipt(1, 5)], [("S1", 5)], 0),
        (7, [receipt(1, 5), receipt(2, 5)], [("S2", 5), ("S1", 2)], 0),
        (12, [receipt(1, 5), receipt(2, 5)], [("S2", 5), ("S1", 5)], 2),
        # two units went back at the price of the first receipt, so the second is whole
        (8, [receipt(1, 5, "10"), receipt(2, 5, "9"), receipt(3, -2, "10")], [("S2", 5), ("S1", 3)], 0),
        # a credit at a price nobody paid takes from the newest
        (8, [receipt(1, 5, "10"), receipt(2, 5, "9"), receipt(3, -2, "1")], [("S2", 3), ("S1", 5)], 0),
        # a return reaches over several receipts of its price
        (4, [receipt(1, 3), receipt(2, 3), receipt(3, -4)], [("S1", 2)], 2),
        # what went back before anything came is taken from nothing
        (5, [receipt(1, -3), receipt(2, 5)], [("S2", 5)], 0),
    ],
)
def test_newest_receipts_remain(
    on_hand: int, receipts: list[Receipt], layers: list[tuple[str, int]], unexplained: int
) -> None:
    found = stock_layers(on_hand, receipts)
    assert [(layer.doc_no, layer.units) for layer in found.layers] == layers
    assert found.unexplained == unexplained


def test_the_value_is_units_times_what_each_layer_cost() -> None:
    found = stock_layers(7, [receipt(1, 5, "10"), receipt(2, 5, "9.5")])
    assert found.value == Decimal("9.5") * 5 + Decimal(10) * 2


movements = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-6, 9).filter(bool), st.sampled_from(["9", "10"])), max_size=12
)


@settings(deadline=None)
@given(movements, st.integers(0, 60))
def test_layers_and_rest_add_up_whatever_the_order_of_the_lines(
    lines: list[tuple[int, int, str]], on_hand: int
) -> None:
    receipts = [receipt(day, quantity, price, number) for number, (day, quantity, price) in enumerate(lines)]
    found = stock_layers(on_hand, receipts)
    assert found == stock_layers(on_hand, reversed(receipts))
    assert sum(layer.units for layer in found.layers) + found.unexplained == on_hand
    assert all(0 < layer.units <= layer.received for layer in found.layers)
    assert sum(units for _receipt, units in kept_receipts(receipts)) >= sum(one.quantity for one in receipts)
