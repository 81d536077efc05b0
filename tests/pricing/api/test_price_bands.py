"""Asking which price band applies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pricing.choices import BandScope, Enforcement, PromoState
from pricing.models import PromoRequest
from tests.callers import dealer_caller, hq_system
from tests.factories import LONG_AGO, City, Dealer, LegalBasis, PriceBand, Product

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


def promo(code: str, product: Any, **changes: Any) -> PromoRequest:
    """A promotion of HQ approved for November."""
    said: dict[str, Any] = {
        "code": code,
        "state": PromoState.APPROVED,
        "window": (date(2026, 11, 1), date(2026, 12, 1)),
        "budget": 1000,
        "created_at": LONG_AGO,
        "approved_at": LONG_AGO,
    }
    made = PromoRequest.objects.create(**{**said, **changes})
    made.items.create(product=product, promo_price=Decimal("850"))
    return made


def test_promotions_that_cover_the_sale_are_named_for_the_dealer_who_asks(place: Any) -> None:
    product, own, other = Product(sku="S-1"), Dealer(code="OWN"), Dealer(code="OTHER")
    promo("P-ALL", product)
    promo("P-OWN", product).dealers.add(own)
    promo("P-OTHER", product).dealers.add(other)
    promo("P-PROVINCE", product).regions.add(place.parent)
    promo("P-ELSEWHERE", product).regions.add(City())
    promo("P-OVER", product, window=(date(2026, 10, 1), date(2026, 11, 5)))
    promo("P-DRAFT", product, state=PromoState.SUBMITTED, approved_at=None)
    promo("P-GONE", product, state=PromoState.WITHDRAWN, withdrawn_at=LONG_AGO)
    asked = {"sku": "S-1", "region": "C-1", "on": "2026-11-05"}

    def codes(answer: Any) -> set[str]:
        return {found["code"] for found in answer.json()["promos"]}

    assert codes(dealer_caller(own).get("price-bands", asked)) == {"P-ALL", "P-OWN", "P-PROVINCE"}
    assert codes(dealer_caller(own).get("price-bands", asked | {"dealer": "OTHER"})) == {
        "P-ALL",
        "P-OWN",
        "P-PROVINCE",
    }, "a dealer asks for itself"
    system = hq_system("prices:read")
    assert codes(system.get("price-bands", asked | {"dealer": "OTHER"})) == {"P-ALL", "P-OTHER", "P-PROVINCE"}
    assert len(codes(system.get("price-bands", asked))) == 4
    assert system.get("price-bands", asked | {"dealer": "NOBODY"}).status_code == 404
