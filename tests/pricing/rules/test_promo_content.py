"""What a request must say, and what changed between two submissions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.rules.promo_content import Change, PromoContent, PromoItemContent, changes_between, faults_in

CONTENT = PromoContent(
    title="618",
    kind="discount",
    starts_on=date(2026, 6, 1),
    ends_on=date(2026, 6, 8),
    budget=Decimal("80000"),
    brand_share=Decimal("0.5"),
    goal="",
    ad_copy="好价",
    items=(PromoItemContent("S1", Decimal("899.50")),),
)


def test_a_complete_request_has_no_faults():
    assert faults_in(CONTENT) == ()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"ends_on": date(2026, 6, 1)}, "ends_on", "window_empty"),
        ({"ends_on": date(2026, 5, 1)}, "ends_on", "window_empty"),
        ({"budget": Decimal("-0.01")}, "budget", "negative"),
        ({"budget": Decimal("1.001")}, "budget", "too_many_places"),
        ({"budget": Decimal("1e17")}, "budget", "too_large"),
        ({"budget": Decimal("NaN")}, "budget", "not_a_number"),
        ({"brand_share": Decimal("1.01")}, "brand_share", "share_above_one"),
        ({"brand_share": Decimal("-0.1")}, "brand_share", "negative"),
        ({"items": ()}, "items", "no_items"),
        ({"items": (PromoItemContent("S1", Decimal("-1")),)}, "items.0.promo_price", "negative"),
        ({"items": (PromoItemContent("S1", Decimal("1.0000001")),)}, "items.0.promo_price", "too_many_places"),
        ({"items": (PromoItemContent("S1", Decimal(1)),) * 2}, "items.1.sku", "sku_repeated"),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(changed, field, code):
    assert [(finding.field, finding.code) for finding in faults_in(replace(CONTENT, **changed))] == [(field, code)]


def test_a_price_of_nothing_and_six_places_are_allowed():
    items = (PromoItemContent("S1", Decimal(0)), PromoItemContent("S2", Decimal("0.000001")))
    assert faults_in(replace(CONTENT, items=items)) == ()


def test_a_resubmission_shows_what_changed_price_by_price():
    after = replace(
        CONTENT,
        budget=Decimal("90000.00"),
        items=(PromoItemContent("S1", Decimal("910")), PromoItemContent("S2", Decimal("50"))),
        regions=("SH",),
    )
    assert changes_between(CONTENT.as_record(), after.as_record()) == (
        Change("items", "899.5", "910", "S1"),
        Change("items", "", "50", "S2"),
        Change("regions", "", "SH"),
        Change("budget", "80000", "90000"),
    )


def test_the_same_content_written_otherwise_is_no_change():
    after = replace(CONTENT, items=(PromoItemContent("S1", Decimal("899.5000")),))
    assert changes_between(CONTENT.as_record(), after.as_record()) == ()
