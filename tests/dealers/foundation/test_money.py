"""Amounts round half up, splits add up, and only plain decimals are read."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.money import parse_decimal, round_money, round_rate, split_largest_remainder
from dealers.foundation.refusals import Refused

FEN = st.integers(-(10**13), 10**13).map(lambda fen: Decimal(fen).scaleb(-2))
WEIGHTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.decimals(0, 10**9, places=6, allow_nan=False),
    min_size=1,
    max_size=12,
).filter(lambda weights: any(weights.values()))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("2.345", "2.35"),
        ("2.344999", "2.34"),
        ("-2.345", "-2.35"),
        ("0.005", "0.01"),
        ("1", "1.00"),
        ("-0.001", "0.00"),
    ],
)
def test_money_rounds_half_up_to_fen(amount: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount))) == rounded


def test_rates_round_half_up_to_six_places() -> None:
    assert str(round_rate(Decimal("0.0123455"))) == "0.012346"


def test_rounding_ignores_the_precision_left_in_the_context() -> None:
    with localcontext(prec=4):
        assert round_money(Decimal("123456789.125")) == Decimal("123456789.13")


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        ("100.00", {"a": "1", "b": "1", "c": "1"}, {"a": "33.34", "b": "33.33", "c": "33.33"}),
        ("0.02", {"c": "1", "b": "1", "a": "1"}, {"a": "0.01", "b": "0.01", "c": "0.00"}),
        ("-100.00", {"a": "1", "b": "1", "c": "1"}, {"a": "-33.34", "b": "-33.33", "c": "-33.33"}),
        ("10.00", {"a": "0", "b": "3"}, {"a": "0.00", "b": "10.00"}),
        ("0.05", {"a": "0.7", "b": "0.3"}, {"a": "0.04", "b": "0.01"}),
        ("0.00", {"a": "2", "b": "3"}, {"a": "0.00", "b": "0.00"}),
    ],
)
def test_left_over_fen_go_to_the_largest_remainders(
    total: str, weights: dict[str, str], shares: dict[str, str]
) -> None:
    split = split_largest_remainder(Decimal(total), {key: Decimal(weight) for key, weight in weights.items()})
    assert {key: str(share) for key, share in split.items()} == shares


@given(total=FEN, weights=WEIGHTS)
def test_shares_always_add_up_to_the_total(total: Decimal, weights: dict[str, Decimal]) -> None:
    shares = split_largest_remainder(total, weights)
    assert sum(shares.values()) == total
    assert shares.keys() == weights.keys()


@given(total=FEN, weights=WEIGHTS)
def test_no_share_is_a_whole_fen_away_from_its_quota(total: Decimal, weights: dict[str, Decimal]) -> None:
    shares = split_largest_remainder(total, weights)
    whole = sum(weights.values())
    for key, weight in weights.items():
        assert abs(shares[key] * whole - total * weight) < Decimal("0.01") * whole


@given(total=FEN, weights=WEIGHTS)
def test_a_split_does_not_depend_on_the_order_of_its_weights(total: Decimal, weights: dict[str, Decimal]) -> None:
    turned_round = dict(reversed(weights.items()))
    assert split_largest_remainder(total, weights) == split_largest_remainder(total, turned_round)


@pytest.mark.parametrize("weights", [{}, {"a": "0"}, {"a": "0", "b": "0.00"}, {"a": "2", "b": "-1"}])
def test_a_total_cannot_be_split_by_nothing_or_by_less(weights: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        split_largest_remainder(Decimal("1.00"), {key: Decimal(weight) for key, weight in weights.items()})


def test_a_total_finer_than_a_fen_is_not_split() -> None:
    with pytest.raises(ValueError, match="finer"):
        split_largest_remainder(Decimal("1.005"), {"a": Decimal(1)})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.50"),
        ("-12.5", "-12.5"),
        ("0", "0"),
        ("-0.00", "0.00"),
        (" 7 ", "7"),
        ("007.10", "7.10"),
        ("1.50000000", "1.50000000"),
        ("999999.999999", "999999.999999"),
    ],
)
def test_plain_decimals_are_read_as_they_stand(text: str, value: str) -> None:
    assert str(parse_decimal(text, max_digits=12, places=6)) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number_missing"),
        ("\uff11\uff12", "number_not_ascii"),
        ("١٢", "number_not_ascii"),
        ("1_000", "number_with_gap"),
        ("1 000", "number_with_gap"),
        ("1\t", "number_with_gap"),
        ("1\n", "number_with_gap"),
        ("1\u00a0000", "number_not_ascii"),
        ("1,000.00", "number_with_separator"),
        ("1,5", "number_with_separator"),
        ("1e3", "number_with_exponent"),
        ("-.5E-7", "number_with_exponent"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        (".5", "not_a_number"),
        ("5.", "not_a_number"),
        ("--5", "not_a_number"),
        ("+5", "number_with_plus"),
        ("1.0000001", "too_many_places"),
        ("1000000", "number_too_large"),
        ("9" * 65, "number_too_long"),
    ],
)
def test_every_other_number_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_decimal(text, max_digits=12, places=6)
    assert refusal.value.code == code


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(Refused, match="must be a whole number"):
        parse_decimal("1.5", max_digits=9, places=0)


@given(st.text(max_size=12))
def test_whatever_is_read_fits_its_column(text: str) -> None:
    try:
        value = parse_decimal(text, max_digits=8, places=2)
    except Refused as refusal:
        assert str(refusal)
    else:
        assert value.is_finite()
        assert abs(value) < 10**6
        assert value == round_money(value)
