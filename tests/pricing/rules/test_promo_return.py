"""Sales per yuan spent, and what follows from it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing.choices import Recommendation
from pricing.rules.promo_return import Marks, return_of, spend_by_channel

MARKS = Marks(retire_below=Decimal("2"), expand_above=Decimal("3"))
RETAIL, B2B = 1, 2


@pytest.mark.parametrize(
    ("sales", "spend", "rate", "advice"),
    [
        ("52000", "16000", "3.250000", Recommendation.EXPAND),
        ("30000", "10000", "3.000000", Recommendation.KEEP),
        ("30000.01", "10000", "3.000001", Recommendation.EXPAND),
        ("20000", "10000", "2.000000", Recommendation.KEEP),
        ("19999.99", "10000", "1.999999", Recommendation.RETIRE),
        # the comparison is made before rounding: 1.9999999 is shown as 2.000000 and is still below 2
        ("1999999.99", "1000000", "2.000000", Recommendation.RETIRE),
        ("3000000.01", "1000000", "3.000000", Recommendation.EXPAND),
        ("0", "5000", "0.000000", Recommendation.RETIRE),
        ("-100", "5000", "-0.020000", Recommendation.RETIRE),
    ],
)
def test_below_two_retires_above_three_expands_and_the_marks_themselves_keep(sales, spend, rate, advice):
    found = return_of(Decimal(sales), Decimal(spend), MARKS)
    assert (str(found.rate), found.recommendation) == (rate, advice)
    assert str(Decimal(spend)) in str(found.finding)


@pytest.mark.parametrize("spend", ["0", "-10"])
def test_without_spend_there_is_no_return_and_no_advice(spend):
    found = return_of(Decimal("52000"), Decimal(spend), MARKS)
    assert (found.rate, found.recommendation, found.finding.code) == (None, Recommendation.NONE, "no_spend")


@pytest.mark.parametrize(
    ("named", "shared", "sales", "expected"),
    [
        ({}, "100", {RETAIL: "300", B2B: "100"}, {RETAIL: "75.00", B2B: "25.00"}),
        ({B2B: Decimal("40")}, "100", {RETAIL: "300", B2B: "100"}, {RETAIL: "75.00", B2B: "65.00"}),
        ({}, "100", {RETAIL: "300"}, {RETAIL: "100.00", B2B: "0.00"}),
        ({}, "100", {RETAIL: "300", B2B: "-50"}, {RETAIL: "100.00", B2B: "0.00"}),
        ({}, "0.01", {}, {RETAIL: "0.01", B2B: "0.00"}),
        ({RETAIL: Decimal("30")}, "-10", {RETAIL: "1", B2B: "1"}, {RETAIL: "25.00", B2B: "-5.00"}),
    ],
)
def test_what_was_spent_for_all_channels_is_shared_by_their_sales(named, shared, sales, expected):
    given = {channel: Decimal(amount) for channel, amount in sales.items()}
    found = spend_by_channel(named, Decimal(shared), given, (RETAIL, B2B))
    assert {channel: str(amount) for channel, amount in found.items()} == expected
