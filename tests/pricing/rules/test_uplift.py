"""What a promotion sold beyond what the weeks before let expect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.rules.uplift import Stretch, baseline_before, elapsed, parts_to_cents, ratio, to_cents, uplift_of

BASELINE = baseline_before(date(2026, 6, 1), 4)


def window(days: int) -> Stretch:
    return Stretch(date(2026, 6, 1), date.fromordinal(date(2026, 6, 1).toordinal() + days))


def test_the_baseline_is_the_four_whole_weeks_before_the_first_day():
    assert Stretch(date(2026, 5, 4), date(2026, 6, 1)) == BASELINE
    assert BASELINE.days == 28


@pytest.mark.parametrize(
    ("sales", "before", "days", "expected", "uplift", "rate"),
    [
        # a week is compared with a quarter of four weeks
        ("52000", "112000", 7, "28000.00", "24000.00", "0.857143"),
        ("28000", "112000", 7, "28000.00", "0.00", "0.000000"),
        ("14000", "112000", 7, "28000.00", "-14000.00", "-0.500000"),
        # ten days of twenty-eight: 1000 x 10 / 28 = 357.142857 yuan
        ("400", "1000", 10, "357.14", "42.86", "0.120009"),
        # longer than the baseline
        ("3000", "1400", 56, "2800.00", "200.00", "0.071429"),
        # half a fen is rounded up, once
        ("1", "0.02", 7, "0.01", "0.99", "99.000000"),
        # more came back than was sold
        ("-50", "280", 7, "70.00", "-120.00", "-1.714286"),
    ],
)
def test_sales_are_laid_against_the_mean_of_the_weeks_before(sales, before, days, expected, uplift, rate):
    found = uplift_of(Decimal(sales), Decimal(before), window(days), BASELINE)
    assert (str(found.expected), str(found.uplift), str(found.rate)) == (expected, uplift, rate)
    assert found.finding is None


@pytest.mark.parametrize("before", ["0", "-300", "0.01"])
def test_what_cannot_be_divided_is_explained(before):
    """A baseline of nothing, of more returns than sales, or of less than a fen a week."""
    found = uplift_of(Decimal("500"), Decimal(before), window(7), BASELINE)
    assert found.rate is None
    assert found.finding is not None and found.finding.code == "no_baseline"
    assert f"sold {Decimal(before):.2f} of" in str(found.finding)
    assert "2026-05-04" in str(found.finding) and "2026-05-31" in str(found.finding)


def test_before_its_second_day_nothing_can_be_said():
    found = uplift_of(Decimal(0), Decimal("280"), window(0), BASELINE)
    assert (found.expected, found.rate) == (0, None)
    assert found.finding is not None and found.finding.code == "not_begun"


@pytest.mark.parametrize(
    ("today", "days"), [("2026-05-20", 0), ("2026-06-01", 0), ("2026-06-03", 2), ("2026-06-08", 7), ("2026-09-01", 7)]
)
def test_only_days_that_are_over_count(today, days):
    assert elapsed(window(7), date.fromisoformat(today)).days == days


def test_a_ratio_is_rounded_half_up_to_six_places():
    assert ratio(Decimal(1), Decimal(3)) == Decimal("0.333333")
    assert ratio(Decimal(2), Decimal(3)) == Decimal("0.666667")
    assert ratio(Decimal("-0.0000005"), Decimal(1)) == Decimal("-0.000001")


def test_parts_in_fen_give_the_left_over_to_the_largest_remainder_and_ties_to_the_first():
    assert parts_to_cents({1: 10, 2: 10, 3: 10}, 3) == {
        1: Decimal("3.34"),
        2: Decimal("3.33"),
        3: Decimal("3.33"),
    }


@given(st.dictionaries(st.integers(1, 50), st.integers(-(10**12), 10**12), max_size=12), st.integers(1, 10**8))
def test_parts_always_add_up_to_the_rounded_whole(parts, denominator):
    found = parts_to_cents(parts, denominator)
    assert sum(found.values(), Decimal(0)) == to_cents(Fraction(sum(parts.values()), denominator))
    assert all(
        abs(Fraction(found[key]) - Fraction(part, denominator)) < Fraction(1, 100) for key, part in parts.items()
    )
