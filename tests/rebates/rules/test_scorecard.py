"""Scorecards by tables: what each part measures, the points it earns, ranks and consequences."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.scorecard.attainment import SalesFacts, attainment
from rebates.rules.scorecard.card import HUNDRED, MarkScale, score_card
from rebates.rules.scorecard.growth import GrowthFacts, growth
from rebates.rules.scorecard.measured import COMPONENTS, Lacking, Measured
from rebates.rules.scorecard.outcome import outcome
from rebates.rules.scorecard.plan_life import PLAN_LIFE
from rebates.rules.scorecard.price import PriceFacts, price
from rebates.rules.scorecard.ranking import Rank, ranks
from rebates.rules.scorecard.response import ResponseFacts, response
from rebates.rules.scorecard.running import Elapsed
from rebates.rules.scorecard.satisfaction import RatingFacts, satisfaction
from rebates.rules.scorecard.sync import SyncFacts, sync

OVER, HALF_WAY = Elapsed(92, 92), Elapsed(46, 92)
WEIGHTS = dict(zip(COMPONENTS, map(Decimal, ("0.3", "0.2", "0.15", "0.15", "0.1", "0.1")), strict=True))
SCALES = {
    "attainment": MarkScale(Decimal(0), Decimal(1)),
    "price": MarkScale(Decimal("0.8"), Decimal(1)),
    "sync": MarkScale(Decimal("0.8"), Decimal(1)),
    "response": MarkScale(Decimal("0.5"), Decimal(1)),
    "satisfaction": MarkScale(Decimal(1), Decimal(5)),
    "growth": MarkScale(Decimal("0.9"), Decimal("1.1")),
}


@pytest.mark.parametrize(
    ("sold", "target", "elapsed", "value", "lacking"),
    [
        ("900000", "1000000", OVER, "0.900000", None),
        ("900000", "1000000", HALF_WAY, "1.800000", None),  # half of the target counts half-way
        ("-10", "1000000", OVER, "-0.000010", None),
        ("900000", None, OVER, None, Lacking.NO_TARGET),
    ],
)
def test_attainment_is_sold_by_target(sold, target, elapsed, value, lacking) -> None:
    found = attainment(SalesFacts(Decimal(sold), Decimal(target) if target else None), elapsed)
    assert found == Measured("attainment", Decimal(value) if value else None, lacking)


@pytest.mark.parametrize(
    ("judged", "breaches", "value", "lacking"),
    [(300, 3, "0.990000", None), (3, 1, "0.666667", None), (0, 0, None, Lacking.NO_JUDGED_LINES)],
)
def test_price_is_the_share_of_judged_lines_without_a_breach(judged, breaches, value, lacking) -> None:
    assert price(PriceFacts(judged, breaches)) == Measured("price", Decimal(value) if value else None, lacking)


def test_punctuality_counts_the_due_days_of_both_feeds() -> None:
    assert sync(SyncFacts(90, 88, 90, 83)).value == Decimal("0.950000")
    assert sync(SyncFacts(0, 0, 0, 0)).lacking is Lacking.NO_DUE_DAYS


def test_response_and_satisfaction_speak_only_when_customers_did() -> None:
    assert response(ResponseFacts(8, 7)).value == Decimal("0.875000")
    assert response(ResponseFacts(0, 0)).lacking is Lacking.NO_TICKETS
    assert satisfaction(RatingFacts(3, 13)).value == Decimal("4.333333")
    assert satisfaction(RatingFacts(0, 0)).lacking is Lacking.NO_RATINGS


@pytest.mark.parametrize(
    ("sold", "before", "whole", "elapsed", "value"),
    [
        ("105", "100", True, OVER, "1.050000"),
        ("105", "100", True, HALF_WAY, "2.100000"),
        ("105", "0", True, OVER, None),
        ("105", "100", False, OVER, None),  # began in the middle of that quarter
    ],
)
def test_growth_compares_with_the_same_quarter_a_year_before(sold, before, whole, elapsed, value) -> None:
    found = growth(GrowthFacts(Decimal(sold), Decimal(before), whole), elapsed)
    assert found.value == (Decimal(value) if value else None)
    assert found.lacking == (None if value else Lacking.NO_YEAR_BEFORE)


def parts(**values: str) -> list[Measured]:
    return [
        Measured(name, Decimal(values[name])) if name in values else Measured(name, None, Lacking.NO_TARGET)
        for name in COMPONENTS
    ]


FULL = {"attainment": "1", "price": "1", "sync": "1", "response": "1", "satisfaction": "5", "growth": "1.1"}


def test_every_part_earns_between_its_zero_and_its_full_mark() -> None:
    card = score_card(
        parts(attainment="0.9", price="0.95", sync="0.80", response="1", satisfaction="4", growth="2"), SCALES, WEIGHTS
    )
    points = {mark.name: mark.points for mark in card.marks}
    assert points == {
        "attainment": Decimal("27.00"),
        "price": Decimal("15.00"),
        "sync": Decimal("0.00"),
        "response": Decimal("15.00"),
        "satisfaction": Decimal("7.50"),
        "growth": Decimal("10.00"),
    }
    assert card.score == Decimal("74.50")
    assert sum(mark.lost for mark in card.marks) == HUNDRED - card.score


def test_a_part_without_facts_leaves_its_weight_to_the_others() -> None:
    card = score_card(parts(price="0.9", sync="1", growth="1"), SCALES, WEIGHTS)
    possible = {mark.name: mark.possible for mark in card.marks if mark.possible}
    assert possible == {"growth": Decimal("22.22"), "price": Decimal("44.45"), "sync": Decimal("33.33")}
    assert card.score == Decimal("22.23") + Decimal("33.33") + Decimal("11.11")


def test_a_card_without_any_fact_has_no_score() -> None:
    assert score_card(parts(), SCALES, WEIGHTS).score is None
    weightless = {**dict.fromkeys(COMPONENTS, Decimal(0)), "price": Decimal(1)}
    assert score_card(parts(growth="1"), SCALES, weightless).score is None


@given(st.sets(st.sampled_from(COMPONENTS), min_size=1))
def test_full_marks_are_a_hundred_whatever_is_known(known: set[str]) -> None:
    card = score_card(parts(**{name: FULL[name] for name in known}), SCALES, WEIGHTS)
    assert card.score == HUNDRED == sum(mark.possible for mark in card.marks)


def test_equal_scores_share_a_place_and_cards_without_a_score_have_none() -> None:
    scores = [(1, "T1", "80"), (2, "T1", "90"), (3, "T1", "80"), (4, "T1", "70"), (5, "T2", "10"), (6, "T2", None)]
    found = ranks((dealer, tier, Decimal(score) if score else None) for dealer, tier, score in scores)
    assert found == {1: Rank(2, 4), 2: Rank(1, 4), 3: Rank(2, 4), 4: Rank(4, 4), 5: Rank(1, 1)}


@pytest.mark.parametrize(
    ("score", "expected"),
    [("59.99", "plan_due"), ("60", "none"), ("89.99", "none"), ("90", "commended"), (None, "none")],
)
def test_what_follows_from_a_score(score, expected) -> None:
    found = outcome(Decimal(score) if score else None, plan_below=Decimal(60), commend_from=Decimal(90))
    assert found == expected


def test_a_plan_ends_carried_out_and_nowhere_else() -> None:
    assert [state for state in PLAN_LIFE.states if PLAN_LIFE.is_final(state)] == ["completed"]
