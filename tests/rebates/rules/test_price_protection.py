"""The credit when a list price falls, case by case; the numbers of docs/price-protection.md among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dealers.rules.stock_layers import Layer
from rebates.rules.price_protection import (
    Fall,
    Protection,
    Stock,
    Window,
    Zero,
    protection_of,
    protections_of,
    total,
)
from rebates.rules.quantities import cents_text, micros

AT = datetime(2026, 11, 20, 16, tzinfo=UTC)  # 21 November 00:00 in Shanghai
WINDOW = Window(timedelta(days=30), timedelta(hours=48))


def fall(old: str = "1000", new: str = "900", at: datetime = AT) -> Fall:
    return Fall(at, micros(old), micros(new))


def left_of(name: str, units: int, at: datetime) -> Layer:
    return Layer(at, name, 1, Decimal(80), units, units)


def layer(name: str, units: int, *, days: float = 0, at: datetime = AT) -> Layer:
    """Units of a receipt that came so many days before."""
    return left_of(name, units, at - timedelta(days=days))


def stock(*layers: Layer, on_hand: int | None = None, age: timedelta = timedelta(hours=6)) -> Stock:
    held = sum(found.units for found in layers) if on_hand is None else on_hand
    return Stock(AT - age, held, layers)


A, B, OLD = layer("A", 6, days=3), layer("B", 4, days=20), layer("OLD", 5, days=31)

TABLE = [
    # stock, protected before, units, amount, why zero
    (stock(A, B), {}, 10, "1000.00", None),
    (stock(A, B, OLD), {}, 10, "1000.00", None),
    (stock(OLD), {}, 0, "0.00", Zero.RECEIVED_TOO_LONG_AGO),
    (stock(layer("EDGE", 2, days=30)), {}, 2, "200.00", None),
    (stock(layer("PAST", 2, days=30.0001)), {}, 0, "0.00", Zero.RECEIVED_TOO_LONG_AGO),
    (stock(A, age=timedelta(hours=48)), {}, 6, "600.00", None),
    (stock(A, age=timedelta(hours=48, seconds=1)), {}, 0, "0.00", Zero.COUNT_TOO_OLD),
    (Stock(), {}, 0, "0.00", Zero.NOT_COUNTED),
    (stock(on_hand=0), {}, 0, "0.00", Zero.NOTHING_ON_HAND),
    (stock(on_hand=7), {}, 0, "0.00", Zero.RECEIVED_TOO_LONG_AGO),
    (stock(A, B), {("B", 1): 4}, 6, "600.00", None),
    (stock(A, B), {("B", 1): 3}, 7, "700.00", None),
    # of B 3 units are left of which 5 were protected when more were there: none is credited twice
    (stock(A, layer("B", 3, days=20)), {("B", 1): 5}, 6, "600.00", None),
    (stock(A), {("A", 1): 9}, 0, "0.00", Zero.PROTECTED_ALREADY),
]


@pytest.mark.parametrize(("held", "protected", "units", "amount", "zero"), TABLE)
def test_units_on_hand_that_came_lately_are_credited_once(
    held: Stock, protected: dict[tuple[str, int], int], units: int, amount: str, zero: Zero | None
) -> None:
    found = protection_of(fall(), held, protected, WINDOW)
    assert (found.units, cents_text(found.amount), found.zero) == (units, amount, zero)


def test_the_amount_is_rounded_once_half_up() -> None:
    found = protection_of(fall("10.333335", "10"), stock(layer("A", 3, days=1)), {}, WINDOW)
    assert cents_text(found.amount) == "1.00"
    found = protection_of(fall("0.015", "0.01"), stock(layer("A", 1, days=1)), {}, WINDOW)
    assert cents_text(found.amount) == "0.01"


def test_a_price_that_does_not_fall_is_no_case() -> None:
    with pytest.raises(ValueError, match="does not fall"):
        protection_of(fall("900", "900"), stock(A), {}, WINDOW)


def test_a_second_fall_credits_what_came_since() -> None:
    later = AT + timedelta(days=5)
    first = stock(A, B)
    second = Stock(
        later - timedelta(hours=1),
        9,
        (left_of("NEW", 5, AT + timedelta(days=2)), left_of("A", 4, A.at)),
    )
    found = protections_of([(fall(), first), (fall("900", "850", later), second)], WINDOW)
    assert [(one.units, cents_text(one.amount)) for one in found] == [(10, "1000.00"), (5, "250.00")]
    assert [found[1].layers[1].protected_before, found[1].layers[1].credited] == [4, 0]
    assert cents_text(total(found)) == "1250.00"


def test_the_guide_shows_what_the_rule_reckons() -> None:
    """docs/price-protection.md, step by step."""
    effective = datetime(2026, 11, 30, 16, tzinfo=UTC)  # 1 December 00:00 in Shanghai
    drop = Fall(effective, micros("2180"), micros("1980"))

    def received(name: str, units: int, *, month: int, day: int) -> Layer:
        return left_of(name, units, datetime(2026, month, day, 2, tzinfo=UTC))

    held = Stock(
        effective - timedelta(hours=5),
        34,
        (
            received("FH-1126", 12, month=11, day=26),
            received("FH-1112", 15, month=11, day=12),
            received("FH-1028", 7, month=10, day=28),
        ),
    )
    found: Protection = protection_of(drop, held, {("FH-1112", 1): 5}, WINDOW)
    assert [(one.receipt[0], one.held, one.protected_before, one.credited) for one in found.layers] == [
        ("FH-1126", 12, 0, 12),
        ("FH-1112", 15, 5, 10),
    ]
    assert (found.units, cents_text(found.amount)) == (22, "4400.00")
