"""A company small enough to keep in mind: two dealers, two products, a province with two cities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dealers.choices import Door
from dealers.models import B2BAddendum, Dealer, FeedDelivery, Product, Region, Territory
from pricing.models import LegalBasis, PriceBand, PromoItem, PromoRequest
from pricing.services.intake import LineReport, take_in_sales

EARLY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def company(db: None) -> SimpleNamespace:
    """Phones 90 to 110, enforced with a basis; cases 9 to 11, recommended. D1 sells in Zhejiang, D2 in Ningbo."""
    zhejiang = Region.objects.create(code="P33", name_zh="浙江", name_en="Zhejiang", kind="province")
    hangzhou = Region.objects.create(
        code="C3301", name_zh="杭州", name_en="Hangzhou", kind="city", parent=zhejiang, city_tier=1
    )
    ningbo = Region.objects.create(
        code="C3302", name_zh="宁波", name_en="Ningbo", kind="city", parent=zhejiang, city_tier=2
    )
    shanghai = Region.objects.create(code="P31", name_zh="上海", name_en="Shanghai", kind="province")
    phone = Product.objects.create(
        sku="PHONE", name_zh="手机", name_en="Phone", category="phones", industry="electronics"
    )
    case = Product.objects.create(sku="CASE", name_zh="壳", name_en="Case", category="cases", industry="electronics")
    spare = Product.objects.create(sku="SPARE", name_zh="件", name_en="Spare", category="cases", industry="electronics")
    dealers = [
        Dealer.objects.create(
            code=code,
            name=code,
            uscc=f"9133010000000000{code}",
            industry="electronics",
            annual_revenue=1,
            activated_on=date(2026, 1, 1),
            created_at=EARLY,
        )
        for code in ("D1", "D2")
    ]
    Territory.objects.create(dealer=dealers[0], region=zhejiang, valid=(date(2026, 1, 1), None))
    Territory.objects.create(dealer=dealers[1], region=ningbo, valid=(date(2026, 1, 1), None))
    B2BAddendum.objects.create(dealer=dealers[0], valid=(date(2026, 11, 1), date(2026, 12, 1)))
    basis = LegalBasis.objects.create(reference="LB-1", recorded_at=EARLY)
    phone_band = band(phone, "90", "110", legal_basis=basis)
    band(case, "9", "11", enforcement="recommended")
    return SimpleNamespace(
        zhejiang=zhejiang,
        hangzhou=hangzhou,
        ningbo=ningbo,
        shanghai=shanghai,
        phone=phone,
        case=case,
        spare=spare,
        d1=dealers[0],
        d2=dealers[1],
        basis=basis,
        phone_band=phone_band,
    )


def band(product: Product, floor: str, ceiling: str, **changes: Any) -> PriceBand:
    facts: dict[str, Any] = {
        "scope": "national",
        "enforcement": "enforced",
        "valid": (date(2026, 1, 1), None),
        "recorded_at": EARLY,
    }
    return PriceBand.objects.create(
        product=product, floor=Decimal(floor), ceiling=Decimal(ceiling), **(facts | changes)
    )


@pytest.fixture
def make_band() -> Callable[..., PriceBand]:
    return band


@pytest.fixture
def make_promo() -> Callable[..., PromoItem]:
    """A promotion of a product, approved; its window is the first half of November."""

    def make(product: Product, price: str, approved_at: datetime, **changes: Any) -> PromoItem:
        facts: dict[str, Any] = {
            "code": f"PR-{PromoRequest.objects.count() + 1}",
            "state": "approved",
            "window": (date(2026, 11, 1), date(2026, 11, 16)),
            "budget": 1,
            "created_at": EARLY,
        }
        request = PromoRequest.objects.create(approved_at=approved_at, **(facts | changes))
        return PromoItem.objects.create(request=request, product=product, promo_price=Decimal(price))

    return make


@pytest.fixture
def received_at() -> datetime:
    return datetime(2026, 11, 6, tzinfo=UTC)


@pytest.fixture
def sale() -> Callable[..., dict[str, Any]]:
    """One line of a report; name only what matters."""

    def make(**changes: Any) -> dict[str, Any]:
        line = {
            "doc_no": "S1",
            "line_no": 1,
            "sold_at": "2026-11-05T10:00:00+08:00",
            "sku": "PHONE",
            "quantity": 1,
            "unit_price": "100.00",
            "region": "C3301",
        }
        return {name: value for name, value in (line | changes).items() if value is not ...}

    return make


@pytest.fixture
def report(company: SimpleNamespace, received_at: datetime) -> Callable[..., FeedDelivery]:
    """Take in lines of D1 (or of many with ``dealer=None``); each call arrives a minute after the one before."""
    calls = 0

    def take(*lines: dict[str, Any], dealer: Any = ..., at: datetime | None = None) -> FeedDelivery:
        nonlocal calls
        calls += 1
        return take_in_sales(
            source=LineReport(list(enumerate(lines, 1))),
            dealer=company.d1 if dealer is ... else dealer,
            door=Door.API,
            actor_label="test",
            received_at=at or received_at + timedelta(minutes=calls),
        )

    return take
