"""A promotion reckoned as a whole; the same numbers stand in the guide (docs/hq.md, what promotions brought)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pricing.choices import Bearer, Channel, Recommendation
from pricing.rules.promo_figures import Sold, Spent, Sums, judge
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_reached import all_met, reached
from pricing.rules.promo_return import Marks
from pricing.rules.uplift import Stretch, baseline_before

MARKS = Marks(retire_below=Decimal("2"), expand_above=Decimal("3"))
WEEK = Stretch(date(2026, 6, 1), date(2026, 6, 8))
BASELINE = baseline_before(WEEK.first, 4)
RETAIL, B2B = Channel.RETAIL.value, Channel.B2B.value


def sold(amount: str, quantity: int = 1) -> Sold:
    return Sold(Decimal(amount), quantity, 1)


def worked_example():
    """Four weeks of 112,000, a week of 52,000, spend of 16,000: 12,000 by the brand and 4,000 by the dealer."""
    before = Sums(
        sold("112000", 112), {7: sold("112000", 112)}, {1: sold("112000", 112)}, {RETAIL: sold("112000", 112)}
    )
    during = Sums(
        sold("52000", 58),
        {7: sold("52000", 58)},
        {1: sold("52000", 58)},
        {RETAIL: sold("39000", 43), B2B: sold("13000", 15)},
    )
    spent = [
        Spent(Decimal("12000"), Bearer.BRAND, None, 7),
        Spent(Decimal("5000"), Bearer.DEALER, None, 7),
        Spent(Decimal("-1000"), Bearer.DEALER, None, 7),
    ]
    return judge(before, during, spent, WEEK, BASELINE, MARKS)


def test_the_worked_example_of_the_guide():
    figures = worked_example()
    assert (figures.result.expected, figures.result.uplift) == (Decimal("28000.00"), Decimal("24000.00"))
    assert figures.result.rate == Decimal("0.857143")
    assert (figures.spend, figures.brand_spend) == (Decimal("16000"), Decimal("12000"))
    assert figures.returned.rate == Decimal("3.250000")
    assert figures.returned.recommendation == Recommendation.EXPAND
    assert {part.key: (part.sales, part.spend) for part in figures.channels} == {
        RETAIL: (Decimal("39000.00"), Decimal("12000.00")),
        B2B: (Decimal("13000.00"), Decimal("4000.00")),
    }


def test_parts_that_did_not_sell_before_have_no_rate_but_an_uplift():
    b2b = next(part for part in worked_example().channels if part.key == B2B)
    assert (b2b.expected, b2b.uplift, b2b.uplift_rate) == (0, Decimal("13000.00"), None)


def test_the_parts_of_each_kind_add_up_to_the_whole():
    """Three dealers whose shares of a fen cannot be shared evenly."""
    third = Decimal("33.335")
    before = Sums(
        sold("100.005"), {n: sold(str(third)) for n in (1, 2, 3)}, {1: sold("100.005")}, {RETAIL: sold("100.005")}
    )
    during = Sums(sold("10.01"), {1: sold("10.005"), 2: sold("0.005")}, {1: sold("10.01")}, {RETAIL: sold("10.01")})
    figures = judge(before, during, [], Stretch(WEEK.first, date(2026, 6, 11)), BASELINE, MARKS)
    for parts in (figures.dealers, figures.products, figures.channels):
        assert sum(part.sales for part in parts) == figures.result.sales
        assert sum(part.expected for part in parts) == figures.result.expected
        assert sum(part.baseline for part in parts) == figures.result.baseline


def test_why_nothing_could_be_computed_is_told():
    figures = judge(Sums(), Sums(), [], WEEK, BASELINE, MARKS)
    assert [finding.code for finding in figures.findings] == ["no_baseline", "no_spend"]


@pytest.mark.parametrize(
    ("measure", "target", "actual", "met"),
    [
        ("quantity", "58", "58", True),
        ("quantity", "59", "58", False),
        ("amount", "52000.0000", "52000.00", True),
        ("amount", "52000.01", "52000.00", False),
        ("uplift", "0.8571", "0.857143", True),
        ("uplift", "0.9", "0.857143", False),
        ("return", "3.25", "3.250000", True),
        ("return", "3.2501", "3.250000", False),
        ("uplift", "0.857143", "0.857143", False),  # 24,000 of 28,000 is a little less
    ],
)
def test_a_goal_is_met_at_its_target(measure, target, actual, met):
    (result,) = reached([Goal(measure, Decimal(target))], worked_example())
    assert (format(result.actual, "f"), result.met) == (actual, met)
    assert all_met([result]) is met


def test_a_goal_that_cannot_be_computed_is_not_met():
    figures = judge(Sums(), Sums(), [], WEEK, BASELINE, MARKS)
    results = reached([Goal("return", Decimal("1"))], figures)
    assert (results[0].actual, results[0].met, all_met(results)) == (None, None, False)
    assert all_met(()) is None
