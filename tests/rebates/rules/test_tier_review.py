"""What a review proposes, and the distance it shows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.rules.tier_score import measures, tier_score
from dealers.terms import TierTerms
from rebates.rules.tier_review import Move, proposed

TERMS = TierTerms.model_validate(
    {
        "weights": {"scale": "0.30", "performance": "0.40", "coverage": "0.30"},
        "full_marks": {"annual_revenue": "50000000", "purchases_4q": "20000000", "cities": 12},
        "thresholds": {"T1": 80, "T2": 60, "T3": 0},
    }
)
THRESHOLDS = TERMS.thresholds.points


def score(revenue: str, purchases: str, cities: int, kpi: str | None = None):
    found = measures(Decimal(revenue), Decimal(purchases), cities, TERMS, kpi=Decimal(kpi) if kpi else None)
    return tier_score(found, THRESHOLDS)


@pytest.mark.parametrize(
    ("facts", "current", "tier", "move", "shown", "missing"),
    [
        (("50000000", "20000000", 6), "T2", "T1", Move.PROMOTION, None, None),  # 30 + 40 + 15 = 85
        (("50000000", "10000000", 6), "T3", "T2", Move.PROMOTION, "T1", "15.00"),  # 65
        (("50000000", "10000000", 6), "T1", "T2", Move.DEMOTION, "T1", "15.00"),
        (("10000000", "0", 0), "T1", "T3", Move.DEMOTION, "T1", "74.00"),
        (("50000000", "10000000", 6), "T2", "T2", Move.NONE, "T1", "15.00"),
        (("50000000", "20000000", 12), "T1", "T1", Move.NONE, None, None),
    ],
)
def test_the_score_proposes_a_tier_and_tells_the_distance(facts, current, tier, move, shown, missing) -> None:
    found = proposed(score(*facts), current, THRESHOLDS)
    assert (found.tier, found.move) == (tier, move)
    assert (found.needed.tier if found.needed else None) == shown
    assert (found.needed.missing if found.needed else None) == (Decimal(missing) if missing else None)


def test_the_kpi_score_earns_half_of_the_performance_weight() -> None:
    parts = {part.name: (part.points, part.possible) for part in score("0", "20000000", 0, kpi="75").parts}
    assert parts["performance"] == (Decimal("20.00"), Decimal("20.0"))
    assert parts["kpi"] == (Decimal("15.00"), Decimal("20.0"))


def test_without_a_kpi_score_purchases_earn_all_of_it() -> None:
    parts = {part.name: part.possible for part in score("0", "20000000", 0).parts}
    assert parts == {"scale": Decimal("30.0"), "performance": Decimal("40.0"), "coverage": Decimal("30.0")}
