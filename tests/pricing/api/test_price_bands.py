"""Asking which price band applies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pricing.choices import BandScope, Enforcement
from tests.callers import dealer_caller
from tests.factories import City, Dealer, LegalBasis, PriceBand, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Any:
    return City(code="C-1", city_tier=2)


def ask(on: str = "2026-11-05", region: str = "C-1", language: str = "en") -> dict[str, Any]:
    answer = dealer_caller(Dealer(), language=language).get("price-bands", {"sku": "S-1", "region": region, "on": on})
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_most_specific_band_in_force_counts_and_the_others_say_why_not(place: Any) -> None:
    product = Product(sku="S-1")
    PriceBand(product=product)
    PriceBand(product=product, scope=BandScope.CITY_TIER, city_tier=2)
    PriceBand(product=product, scope=BandScope.REGION, region=place.parent)
    PriceBand(product=product, scope=BandScope.REGION, region=place, valid=(date(2026, 12, 1), None))
    PriceBand(product=product, scope=BandScope.CITY_TIER, city_tier=3)

    body = ask()

    assert body["band"]["level"] == "province"
    assert body["why"] == "It is for its province, more specific than 2 other band(s) in force."
    assert [(candidate["level"], candidate["outcome"]) for candidate in body["candidates"]] == [
        ("city", "not_in_force"),
        ("province", "decides"),
        ("city_tier", "less_specific"),
        ("national", "less_specific"),
    ]
    assert ask(on="2026-12-01")["band"]["level"] == "city"


def test_prices_are_text_and_an_enforced_floor_needs_its_basis_on_the_day(place: Any) -> None:
    basis = LegalBasis(reference="LB-7", valid_until=date(2026, 11, 5))
    PriceBand(product=Product(sku="S-1"), floor="899.5", legal_basis=basis)

    before, after = ask(on="2026-11-04")["band"], ask(on="2026-11-05")["band"]

    assert (before["floor"], before["enforcement"], before["legal_basis"]) == ("899.500000", "enforced", "LB-7")
    assert (before["floor_enforced"], after["floor_enforced"]) == (True, False)


def test_a_recommended_band_enforces_no_floor(place: Any) -> None:
    PriceBand(product=Product(sku="S-1"), enforcement=Enforcement.RECOMMENDED)

    assert ask()["band"]["floor_enforced"] is False


def test_a_gap_is_said_to_be_one(place: Any) -> None:
    Product(sku="S-1")

    body = ask(language="zh-hans")

    assert (body["band"], body["candidates"]) == (None, [])
    assert body["why"] == "当日此地没有适用此产品的限价；销售不予追究。"
