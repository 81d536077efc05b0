"""The tier score, with worked numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.rules.tier_score import Measure, WayUp, next_tier, tier_score

THRESHOLDS = {"T1": Decimal(80), "T2": Decimal(60), "T3": Decimal(0)}


def measures(revenue: str, purchases: str, cities: str) -> tuple[Measure, ...]:
    return (
        Measure("scale", Decimal(revenue), Decimal("50000000"), Decimal("0.30")),
        Measure("performance", Decimal(purchases), Decimal("20000000"), Decimal("0.40")),
        Measure("coverage", Decimal(cities), Decimal(12), Decimal("0.30")),
    )


@pytest.mark.parametrize(
    ("revenue", "purchases", "cities", "points", "tier"),
    [
        ("0", "0", "0", ["0.00", "0.00", "0.00"], "T3"),
        ("50000000", "20000000", "12", ["30.00", "40.00", "30.00"], "T1"),
        ("90000000", "99000000", "99", ["30.00", "40.00", "30.00"], "T1"),  # full marks, and no further
        ("25000000", "10000000", "6", ["15.00", "20.00", "15.00"], "T3"),
        ("50000000", "0", "12", ["30.00", "0.00", "30.00"], "T2"),  # exactly 60
        ("50000000", "9999999.99", "12", ["30.00", "20.00", "30.00"], "T1"),  # half up, part by part
        ("49999000", "0", "12", ["30.00", "0.00", "30.00"], "T2"),
        ("40000000", "-5000000", "12", ["24.00", "0.00", "30.00"], "T3"),  # more came back than was bought
        ("10000000", "20000000", "5", ["6.00", "40.00", "12.50"], "T3"),
    ],
)
def test_each_part_earns_its_weight_in_a_straight_line(
    revenue: str, purchases: str, cities: str, points: list[str], tier: str
) -> None:
    score = tier_score(measures(revenue, purchases, cities), THRESHOLDS)

    assert [str(part.points) for part in score.parts] == points
    assert score.points == sum(Decimal(part) for part in points)
    assert score.tier == tier


def test_the_distance_to_the_next_tier_says_what_each_part_alone_would_need() -> None:
    score = tier_score(measures("20000000", "16000000", "4"), THRESHOLDS)  # 12 + 32 + 10 = 54

    above = next_tier(score, "T3", THRESHOLDS)

    assert above is not None
    assert (above.tier, above.threshold, above.missing) == ("T2", Decimal(60), Decimal("6.00"))
    assert above.ways == (
        WayUp("scale", Decimal("30000000.00")),
        WayUp("performance", Decimal("19000000.00")),
        WayUp("coverage", Decimal("6.40")),
    )


def test_a_part_that_cannot_do_it_alone_says_so() -> None:
    score = tier_score(measures("0", "0", "0"), THRESHOLDS)

    above = next_tier(score, "T3", THRESHOLDS)

    assert above is not None and [way.needed for way in above.ways] == [None, None, None]


def test_a_reached_tier_misses_nothing_and_the_highest_has_none_above() -> None:
    score = tier_score(measures("50000000", "20000000", "12"), THRESHOLDS)

    above = next_tier(score, "T2", THRESHOLDS)

    assert above is not None and (above.tier, above.missing, above.ways) == ("T1", Decimal(0), ())
    assert next_tier(score, "T1", THRESHOLDS) is None
