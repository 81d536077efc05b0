"""The people and goods that the tests of promotion requests play with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dealers.choices import Role
from dealers.foundation.clock import BUSINESS_ZONE
from pricing.models import PromoRequest
from pricing.rules.promo_content import PromoContent, PromoItemContent
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.drafts import create_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo
from tests import factories


def moment(text: str) -> datetime:
    """`2026-05-11 10:00` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


#: A Monday; a promotion from 1 June on may be submitted until 24 May.
MONDAY = moment("2026-05-11 10:00")


def stage() -> SimpleNamespace:
    """A policy in force, a dealer with its owner, a product with a band, and one person for every office."""
    factories.PolicyVersion()
    dealer = factories.Dealer(code="D0001")
    product = factories.Product(sku="SKU-1")
    factories.PriceBand(product=product)
    return SimpleNamespace(
        dealer=dealer,
        product=product,
        owner=factories.User(username="owner", role=Role.DEALER_OWNER, dealer=dealer),
        legal=factories.User(username="legal", role=Role.LEGAL_REVIEWER),
        director=factories.User(username="director", role=Role.MARKETING_DIRECTOR),
        manager=factories.User(username="manager", role=Role.GENERAL_MANAGER),
        members=[factories.User(username=f"member{n}", role=Role.GM_OFFICE_MEMBER) for n in range(1, 4)],
        marketing=factories.User(username="marketing", role=Role.POLICY_MANAGER),
        auditor=factories.User(username="auditor", role=Role.AUDITOR),
    )


def content(**changed: Any) -> PromoContent:
    """A week in June at 880 for 80,000 yuan, with harmless words."""
    given: dict[str, Any] = {
        "title": "六月促销",
        "kind": "discount",
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 6, 8),
        "budget": Decimal("80000"),
        "brand_share": Decimal("0.5"),
        "goal": "",
        "ad_copy": "夏日好价，欢迎选购",
        "items": (PromoItemContent("SKU-1", Decimal("880")),),
    }
    return PromoContent(**{**given, **changed})


def drafted(actor: Any, at: datetime = MONDAY, **changed: Any) -> PromoRequest:
    return create_promo(content=content(**changed), actor=actor, at=at)


def submitted(actor: Any, at: datetime = MONDAY, **changed: Any) -> PromoRequest:
    return submit_promo(code=drafted(actor, at, **changed).code, actor=actor, at=at)


def in_budget_review(actor: Any, legal: Any, at: datetime = MONDAY, **changed: Any) -> PromoRequest:
    request = submitted(actor, at, **changed)
    return decide_legal(code=request.code, decision="approve", reason="", actor=legal, at=at)


def approved(actor: Any, legal: Any, director: Any, at: datetime = MONDAY, **changed: Any) -> PromoRequest:
    request = in_budget_review(actor, legal, at, **changed)
    return decide_budget(code=request.code, decision="approve", reason="", actor=director, at=at)


def step_of(request: PromoRequest) -> Any:
    """The latest review step."""
    return request.submissions.order_by("number").last().steps.order_by("pk").last()  # type: ignore[union-attr]
