"""Who bears the budget, and the goals as numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pricing.rules.promo_content import Change, changes_between, draft_faults_in, faults_in
from pricing.rules.promo_costs import CostShares
from pricing.rules.promo_goals import Goal
from tests.pricing.promo_stage import content

HALF, THIRD, MILLIONTH = Decimal("0.5"), Decimal("0.333333"), Decimal("0.000001")


def other(share, **more):
    return {"other_share": share, "other_party": "万象城", **more}


def test_what_is_left_of_the_whole_falls_to_the_dealers():
    asked = content(brand_share=Decimal("0.6"), other_share=Decimal("0.1"), other_party=" 万象城 ")
    assert asked.shares == CostShares(Decimal("0.6"), Decimal("0.3"), Decimal("0.1"), "万象城")
    assert faults_in(asked) == ()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"dealer_share": Decimal("0.4")}, "dealer_share", "shares_not_whole"),
        (other(MILLIONTH, dealer_share=HALF), "dealer_share", "shares_not_whole"),
        (other(THIRD, brand_share=THIRD, dealer_share=THIRD), "dealer_share", "shares_not_whole"),
        (other(Decimal("0.3"), brand_share=Decimal("0.8")), "other_share", "shares_above_whole"),
        ({"other_share": HALF}, "other_party", "other_party_missing"),
        (other(Decimal("1.5")), "other_share", "share_above_one"),
        ({"dealer_share": Decimal("-0.5")}, "dealer_share", "negative"),
        ({"goals": (Goal("amount", Decimal(0)),)}, "goals.0.target", "goal_of_nothing"),
        ({"goals": (Goal("amount", Decimal("NaN")),)}, "goals.0.target", "not_a_number"),
        ({"goals": (Goal("amount", Decimal("0.00001")),)}, "goals.0.target", "too_many_places"),
        ({"goals": (Goal("amount", Decimal("1e14")),)}, "goals.0.target", "too_large"),
        ({"goals": (Goal("amount", Decimal(1)), Goal("amount", Decimal(2)))}, "goals.1", "goal_repeated"),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(changed, field, code):
    assert [(finding.field, finding.code) for finding in faults_in(content(**changed))] == [(field, code)]


def test_a_draft_may_lack_its_products_and_a_submission_may_not():
    unfinished = content(items=())
    assert draft_faults_in(unfinished) == ()
    assert [finding.code for finding in faults_in(unfinished)] == ["no_items"]


def test_a_resubmission_shows_shares_and_goals_one_by_one():
    before = content(goals=(Goal("amount", Decimal(100000)), Goal("quantity", Decimal(50))))
    after = replace(
        before,
        brand_share=Decimal("0.4"),
        other_share=Decimal("0.1"),
        other_party="万象城",
        goals=(Goal("quantity", Decimal("50.0000")), Goal("amount", Decimal(120000)), Goal("uplift", Decimal("0.3"))),
    )
    assert changes_between(before.as_record(), after.as_record()) == (
        Change("brand_share", "0.5", "0.4"),
        Change("other_share", "0", "0.1"),
        Change("other_party", "", "万象城"),
        Change("goals", "100000", "120000", "amount"),
        Change("goals", "", "0.3", "uplift"),
    )


def test_what_an_older_submission_did_not_record_is_no_difference():
    older = {key: value for key, value in content().as_record().items() if key not in ("goals", "dealer_share")}
    assert changes_between(older, content(goals=(Goal("quantity", Decimal(5)),)).as_record()) == ()
