"""Promotions that are over: sale lines before, during and after them, spend, and people to judge them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dealers.choices import Role
from dealers.foundation.clock import start_of_day
from pricing.choices import Bearer, Channel, Verdict
from pricing.models import PromoEvaluation, PromoRequest, PromoSpend, SaleLine
from pricing.rules.promo_spend import SpendEntry
from pricing.services.promos.clockwork import advance_promotions
from pricing.services.promos.evaluation import evaluate_promo
from pricing.services.promos.spend import Proof, declare_spend_complete, record_spend
from tests import factories
from tests.pricing.promo_stage import approved, moment, stage

#: The smallest page there is.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
INVOICE = Proof("发票.pdf", PDF)
#: The first moment after the June promotion of `promo_stage`.
OVER = moment("2026-06-08 00:05")
LATER = moment("2026-06-25 10:00")


def company() -> SimpleNamespace:
    """The stage, with two people at HQ who judge: one of another office, one of the dealer's regions."""
    cast = stage()
    cast.judge = factories.User(username="judge", role=Role.POLICY_MANAGER)
    cast.channel = factories.User(username="channel", role=Role.CHANNEL_MANAGER, regions=[cast.dealer.home_region])
    return cast


def sale(
    dealer: Any, product: Any, day: date, amount: str, quantity: int = 1, *, number: str = "", **changed: Any
) -> SaleLine:
    """One line worth ``amount`` in all."""
    at = start_of_day(day) + timedelta(hours=10)
    given: dict[str, Any] = {
        "dealer": dealer,
        "doc_no": number or f"SO-{SaleLine.objects.count() + 1:05d}",
        "line_no": 1,
        "product": product,
        "region": dealer.home_region,
        "sold_at": at,
        "sold_on": day,
        "quantity": quantity,
        "unit_price": Decimal(amount) / quantity,
        "channel": Channel.RETAIL,
        "verdict": Verdict.RETURN if quantity < 0 else Verdict.IN_BAND,
        "reported_at": at,
        "known_from": at,
        "delivery_id": 1,
    }
    return SaleLine.objects.create(**{**given, **changed})


def worked_sales(dealer: Any, product: Any) -> None:
    """The worked example of the guide: 112,000 in the four weeks before 1 June, 52,000 in the week from then on."""
    for week in range(4):
        sale(dealer, product, date(2026, 5, 4) + timedelta(days=7 * week + 2), "28000", 28)
    sale(dealer, product, date(2026, 6, 2), "39000", 43)
    sale(dealer, product, date(2026, 6, 7), "13000", 15, channel=Channel.B2B)


def entry(amount: str = "12000", **changed: Any) -> SpendEntry:
    given: dict[str, Any] = {
        "spent_on": date(2026, 6, 3),
        "payee": "星光广告",
        "purpose": "店头陈列",
        "amount": Decimal(amount),
        "borne_by": Bearer.BRAND,
    }
    return SpendEntry(**{**given, **changed})


def spent(request: PromoRequest, actor: Any, amount: str = "12000", at: datetime = OVER, **changed: Any) -> PromoSpend:
    return record_spend(code=request.code, entry=entry(amount, **changed), proofs=[INVOICE], actor=actor, at=at)


def ended(cast: SimpleNamespace, at: datetime = OVER, **changed: Any) -> PromoRequest:
    """The June promotion of the dealer, over."""
    request = approved(cast.owner, cast.legal, cast.director, **changed)
    advance_promotions(at=at)
    request.refresh_from_db()
    return request


def complete(cast: SimpleNamespace, **changed: Any) -> PromoRequest:
    """The worked example, sold and paid for: 12,000 by the brand, 4,000 by the dealer, and nothing more to come."""
    request = ended(cast, **changed)
    worked_sales(cast.dealer, cast.product)
    spent(request, cast.owner, "12000")
    spent(request, cast.owner, "4000", borne_by=Bearer.DEALER)
    declare_spend_complete(code=request.code, actor=cast.owner, at=OVER)
    return request


def judged(
    cast: SimpleNamespace,
    request: PromoRequest | None = None,
    at: datetime = LATER,
    lessons: str = "堆头位置靠近收银台最有效",
) -> PromoEvaluation:
    """The worked example, evaluated."""
    request = request or complete(cast)
    return evaluate_promo(code=request.code, lessons=lessons, actor=cast.judge, at=at)
