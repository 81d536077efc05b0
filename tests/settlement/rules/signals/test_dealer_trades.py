"""When sales to other dealers are a signal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from settlement.rules.signals.dealer_trades import Facts, Limits, Trade, find


def facts(*trades: tuple[str, int, int], total: int = 1_000_000) -> Facts:
    sold = tuple(
        Trade(1, number, buyer, Decimal(amount), lines) for number, (buyer, amount, lines) in enumerate(trades)
    )
    return Facts(1, "2026-Q4", Decimal(total), sold)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (facts(("D2", 20_000, 3)), 1),
        (facts(("D2", 12_000, 2), ("D3", 8_000, 1)), 1),
        (facts(("D2", 19_999, 9)), 0),
        (facts(("D2", 90_000, 2)), 0),
        (facts(("D2", 20_000, 3), total=1_000_001), 0),
        # What was taken back does not count against what went to somebody else.
        (facts(("D2", 20_000, 3), ("D3", -5_000, 1)), 1),
        (facts(), 0),
    ],
)
def test_sales_to_dealers(asked: Facts, found: int) -> None:
    assert len(list(find(asked, Limits()))) == found


def test_buyers_are_named_to_headquarters_only_and_the_largest_first() -> None:
    (found,) = find(facts(("D2", 10_000, 2), ("D3", 30_000, 2)), Limits())
    assert str(found.said).endswith("end customers: D3 ¥30,000.00, D2 ¥10,000.00.")
    assert "4.0% of the sales" in str(found.said)
    assert found.told is not None and "D3" not in str(found.told)


def test_many_buyers_are_counted() -> None:
    (found,) = find(facts(*((f"D{number}", 10_000, 1) for number in range(2, 10))), Limits())
    assert str(found.said).endswith("D6 ¥10,000.00, … (8).")
