"""Promo prices against the bands they meet, and what the checks say about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.rules.promo_bands import Band, Place, compare_with_bands
from pricing.rules.promo_checks import Outcome, PastPromos, PromoFacts, Rival, Supplier, check_promo, worst

SHANGHAI, HANGZHOU, NINGBO = Place("SH", None, 1), Place("HZ", "ZJ", 2), Place("NB", "ZJ", 3)
PLACES = (SHANGHAI, HANGZHOU, NINGBO)
START, END = date(2026, 6, 1), date(2026, 6, 11)


def band(id_, floor, scope="national", region=None, tier=None, since="2026-01-01", until=None, basis="LB-1"):
    return Band(
        id=id_,
        sku="S1",
        scope=scope,
        region=region,
        city_tier=tier,
        floor=Decimal(floor),
        ceiling=Decimal("2000"),
        enforced=True,
        starts_on=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        basis=basis,
    )


def compared(*bands, price="900", places=PLACES):
    return compare_with_bands("S1", Decimal(price), places, bands, START, END)


def test_the_most_specific_band_counts_in_each_city():
    bands = (
        band(1, "1000"),
        band(2, "980", "city_tier", tier=3),
        band(3, "960", "region", region="ZJ"),
        band(4, "940", "region", region="HZ"),
    )
    met = {meeting.band.id: meeting.places for meeting in compared(*bands).meetings}
    assert met == {1: 1, 3: 1, 4: 1}  # Ningbo takes its province before its tier


def test_a_band_that_changes_within_the_window_is_met_on_both_sides():
    met = compared(band(1, "1000", until="2026-06-05"), band(2, "1100", since="2026-06-05"))
    assert [meeting.band.id for meeting in met.meetings] == [2, 1]
    assert met.bare_places == 0


def test_places_without_a_band_on_some_day_are_counted():
    assert compared(band(1, "1000", until="2026-06-05")).bare_places == 3
    assert compared(band(1, "1000", "region", region="ZJ")).bare_places == 1


def test_the_gap_is_told_from_the_floor():
    meeting = compared(band(1, "1000"), price="880").tightest
    assert meeting.gap == Decimal("-0.12")
    assert meeting.is_below_floor


FACTS = PromoFacts(
    day=date(2026, 5, 10),
    starts_on=START,
    submitted_on=date(2026, 5, 10),
    latest_submission=date(2026, 5, 24),
    lead_working_days=5,
    comparisons=(compared(band(1, "900"), price="900"),),
    rivals=(),
    hits=0,
    uncleared_hits=0,
    has_ad_copy=True,
    supplier=Supplier(),
    past=PastPromos(approved=2),
)


def outcome_of(code, **changed):
    return {check.code: check.outcome for check in check_promo(replace(FACTS, **changed))}.get(code)


@pytest.mark.parametrize(
    ("code", "changed", "outcome"),
    [
        ("lead_time", {}, Outcome.OK),
        ("lead_time", {"submitted_on": date(2026, 5, 25)}, Outcome.FAIL),
        ("lead_time", {"submitted_on": None, "day": date(2026, 5, 25)}, Outcome.FAIL),
        ("band", {}, Outcome.OK),
        ("band", {"comparisons": (compared(band(1, "1000")),)}, Outcome.WARN),
        ("band", {"comparisons": (compared(band(1, "1000"), price="2001"),)}, Outcome.FAIL),
        ("band", {"comparisons": (compared(),)}, Outcome.WARN),
        ("legal_risk", {}, None),
        ("legal_risk", {"comparisons": (compared(band(1, "1000")),)}, Outcome.OK),
        ("legal_risk", {"comparisons": (compared(band(1, "1000", basis="")),)}, Outcome.WARN),
        ("conflicts", {}, Outcome.OK),
        ("conflicts", {"rivals": (Rival("B", False, ("S1",)),)}, Outcome.WARN),
        ("conflicts", {"rivals": (Rival("B", True, ("S1",)),)}, Outcome.FAIL),
        ("ad_terms", {"hits": 2, "uncleared_hits": 1}, Outcome.FAIL),
        ("ad_terms", {"hits": 2}, Outcome.WARN),
        ("sync", {"supplier": Supplier(late_feeds=("sales",))}, Outcome.WARN),
        ("sync", {"supplier": Supplier(holds=("sync",))}, Outcome.FAIL),
        ("sync", {"supplier": None}, None),
        ("past", {"past": PastPromos(approved=1, rejected=2)}, Outcome.WARN),
    ],
)
def test_each_check_tells_its_outcome(code, changed, outcome):
    assert outcome_of(code, **changed) == outcome


def test_every_sentence_can_be_filled_in():
    for changed in ({}, {"comparisons": (compared(band(1, "1000")),)}, {"hits": 2, "uncleared_hits": 1}):
        assert all(check.message % check.params for check in check_promo(replace(FACTS, **changed)))


def test_the_gravest_outcome_stands_for_all():
    assert worst(check_promo(FACTS)) == Outcome.OK
    assert worst(check_promo(replace(FACTS, hits=1, uncleared_hits=1))) == Outcome.FAIL
