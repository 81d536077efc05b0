"""When what the stock check cannot reconcile is a signal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.signals.beyond_stock import Facts, Limits, find

BEYOND = Facts(1, "2026-Q4", 2, units=60, amount=Decimal(6000), sold=1000, worst_sku="A", worst_units=40)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (BEYOND, 1),
        (replace(BEYOND, units=50), 1),
        (replace(BEYOND, units=49), 0),
        (replace(BEYOND, units=29, sold=100), 0),
        (replace(BEYOND, units=30, sold=0), 1),
    ],
)
def test_units_beyond_stock(facts: Facts, found: int) -> None:
    assert len(list(find(facts, Limits()))) == found


def test_the_sentence_has_the_numbers() -> None:
    (found,) = find(BEYOND, Limits())
    said = str(found.said)
    assert "60 units of 2 products" in said and "6.0% of the 1000 units" in said and "most of A, by 40 units" in said
