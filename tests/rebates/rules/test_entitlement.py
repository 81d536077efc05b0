"""What a cumulative base earns, to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.entitlement import entitlement
from rebates.rules.programs import INCREMENTAL, RETROACTIVE, Bracket, Program
from rebates.rules.quantities import MICRO_PLACES, cents, cents_text, micros, micros_text, picos_text, scaled


def program(method: str, brackets: list[tuple[str, str]], cap: str | None = None) -> Program:
    return Program(
        code="P",
        tier="T1",
        base="compliant_sales",
        window="quarter",
        method=method,
        brackets=tuple(Bracket(micros(start), micros(rate)) for start, rate in brackets),
        cap=None if cap is None else cents(cap),
    )


T1 = [("0", "0.02"), ("1000000", "0.03"), ("3000000", "0.04")]
T3 = [("0", "0.01"), ("500000", "0.02")]


@pytest.mark.parametrize(
    ("method", "brackets", "cap", "base", "earned"),
    [
        (INCREMENTAL, T1, None, "0", "0.00"),
        (INCREMENTAL, T1, None, "-5000", "0.00"),
        (INCREMENTAL, T1, None, "0.25", "0.01"),
        (INCREMENTAL, T1, None, "0.249999", "0.00"),
        (INCREMENTAL, T1, None, "999999.99", "20000.00"),
        (INCREMENTAL, T1, None, "1000000", "20000.00"),
        (INCREMENTAL, T1, None, "1000000.01", "20000.00"),
        (INCREMENTAL, T1, None, "1000000.17", "20000.01"),
        (INCREMENTAL, T1, None, "1234567.89", "27037.04"),
        (INCREMENTAL, T1, None, "3000000", "80000.00"),
        (INCREMENTAL, T1, None, "3500000.50", "100000.02"),
        (INCREMENTAL, T1, "500000", "13500000", "500000.00"),
        (INCREMENTAL, T1, "500000", "13500000.25", "500000.00"),
        (INCREMENTAL, T1, "500000", "13499999.75", "499999.99"),
        (INCREMENTAL, T1, "0", "100", "0.00"),
        (RETROACTIVE, T3, None, "0", "0.00"),
        (RETROACTIVE, T3, None, "-1", "0.00"),
        (RETROACTIVE, T3, None, "499999.99", "5000.00"),
        (RETROACTIVE, T3, None, "499999.49", "4999.99"),
        (RETROACTIVE, T3, None, "500000", "10000.00"),
        (RETROACTIVE, T3, None, "500000.249999", "10000.00"),
        (RETROACTIVE, T3, None, "500000.25", "10000.01"),
        (RETROACTIVE, T3, "8000", "500000", "8000.00"),
        (RETROACTIVE, [("0", "0")], None, "999999999999.999999", "0.00"),
        (INCREMENTAL, [("0", "0.000001")], None, "4999.999999", "0.00"),
        (INCREMENTAL, [("0", "0.000001")], None, "5000", "0.01"),
    ],
)
def test_a_base_earns_by_its_brackets_to_the_cent(
    method: str, brackets: list[tuple[str, str]], cap: str | None, base: str, earned: str
) -> None:
    assert cents_text(entitlement(program(method, brackets, cap), micros(base)).amount) == earned


def test_the_rate_is_that_of_the_half_open_bracket_the_base_lies_in() -> None:
    rates = [entitlement(program(INCREMENTAL, T1), micros(base)).rate for base in ("0", "999999.99", "1000000", "3e6")]
    assert [micros_text(rate) for rate in rates] == ["0.02", "0.02", "0.03", "0.04"]


def test_slices_show_what_each_part_of_the_base_earned() -> None:
    found = entitlement(program(INCREMENTAL, T1), micros("1234567.89"))
    assert [(micros_text(part.amount), picos_text(part.earned)) for part in found.slices] == [
        ("1000000.00", "20000.00"),
        ("234567.89", "7037.0367"),
    ]


def test_a_reached_cap_says_so_and_an_exact_one_does_not() -> None:
    reached = [entitlement(program(INCREMENTAL, T1, "500000"), micros(base)) for base in ("13500000", "13500001")]
    assert [(found.capped, found.amount) for found in reached] == [(False, 50_000_000), (True, 50_000_000)]


@given(
    base=st.decimals("-1000000", "20000000", places=6),
    edges=st.lists(st.integers(1, 10_000_000), unique=True, max_size=4).map(sorted),
    rates=st.lists(st.decimals("0", "0.3", places=6), min_size=5, max_size=5),
    cap=st.none() | st.decimals("0", "900000", places=2),
    method=st.sampled_from([INCREMENTAL, RETROACTIVE]),
)
def test_whole_numbers_reckon_as_decimals_do(
    base: Decimal, edges: list[int], rates: list[Decimal], cap: Decimal | None, method: str
) -> None:
    brackets = [(str(start), str(rate)) for start, rate in zip([0, *edges], rates, strict=False)]
    found = entitlement(program(method, brackets, None if cap is None else str(cap)), micros(base))
    starts = [Decimal(start) for start, _ in brackets]
    earned = Decimal(0)
    if base > 0 and method == RETROACTIVE:
        earned = base * [Decimal(rate) for start, rate in brackets if Decimal(start) <= base][-1]
    elif base > 0:
        for (start, rate), end in zip(brackets, [*starts[1:], None], strict=True):
            upper = base if end is None else min(base, end)
            earned += max(Decimal(0), upper - Decimal(start)) * Decimal(rate)
    if cap is not None:
        earned = min(earned, cap)
    assert Decimal(cents_text(found.amount)) == earned.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert sum(part.earned for part in found.slices) == found.earned


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-0.5", -500_000), ("1e3", 10**9), ("12.345678", 12_345_678), ("1.100000000", 1_100_000)],
)
def test_amounts_become_whole_numbers_without_loss(text: str, number: int) -> None:
    assert scaled(text, MICRO_PLACES) == number


def test_an_amount_finer_than_its_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 6 places"):
        micros("0.0000001")


@given(st.integers(-(10**20), 10**20))
def test_written_amounts_read_back(number: int) -> None:
    assert micros(micros_text(number)) == number
    assert cents(cents_text(number)) == number
