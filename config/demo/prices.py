"""What the keepers of prices did lately in the demo company: a basis proved, a band changed, a lower price proposed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.selectors.list_prices import PriceWish, list_prices
from dealers.services.price_changes import NewPrice, propose_prices
from pricing.choices import BandScope, Enforcement
from pricing.models import LegalBasis, PriceBand
from pricing.selectors.band_plans import BandDraft, plan_to_set
from pricing.services.bands import set_band
from pricing.services.legal_bases import add_evidence, record_basis, remind_of_ending_bases

_CENT = Decimal("0.01")
_ENDING = "FW-2025-031"
_SUMMARY = (
    "2025 年法律意见书第 031 号：相关市场份额 11.8%，低于 15% 的安全港标准，维护售后服务投入。\n"
    "Legal opinion 031 of 2025: share of the relevant market 11.8 %, below the safe harbour of 15 %."
)


def keep_prices(staff: Staff, at: datetime) -> None:
    """Leave something to look at on the pages of bands, legal bases and list prices."""
    today = business_day(at)
    lasting = LegalBasis.objects.order_by("pk").first()
    if lasting is not None:
        opinion = _letter("SAMR-2026-018")
        add_evidence(basis=lasting, name="SAMR-2026-018.txt", content=opinion, note="", actor=staff["legal"], at=at)
    ending = record_basis(
        reference=_ENDING,
        valid_until=today + timedelta(days=45),
        summary=_SUMMARY,
        evidence=[(f"{_ENDING}.txt", _letter(_ENDING))],
        actor=staff["legal"],
        at=at - timedelta(days=20),
    )
    standing = PriceBand.objects.filter(superseded_at=None, scope=BandScope.NATIONAL, enforcement=Enforcement.ENFORCED)
    for band in standing.filter(legal_basis=None).select_related("product")[:3]:
        _change(band, staff["policy"], at, basis=ending, reason="补齐法律依据 / rests on the opinion of 2025")
    dearer = standing.filter(legal_basis=lasting).select_related("product").order_by("product__sku").first()
    if dearer is not None:
        _change(dearer, staff["policy"], at, raised=Decimal("1.03"), reason="成本上涨，上调街价 / dearer panels")
    falling = list_prices(PriceWish(on=today)).first()
    if falling is not None:
        price = (falling.price * Decimal("0.93")).quantize(_CENT)
        propose_prices(
            prices=[NewPrice(falling.product_id, price, _first_of_next_month(today))],
            reason="新款上市，旧款降价 / a successor is coming",
            actor=staff["channel"],
            at=at - timedelta(hours=3),
        )
    remind_of_ending_bases(at=at)


def _change(
    band: PriceBand,
    actor: User,
    at: datetime,
    *,
    reason: str,
    basis: LegalBasis | None = None,
    raised: Decimal = Decimal(1),
) -> None:
    today = business_day(at)
    draft = BandDraft(
        product=band.product,
        scope=BandScope.NATIONAL,
        region=None,
        city_tier=None,
        floor=(band.floor * raised).quantize(_CENT),
        ceiling=(band.ceiling * raised).quantize(_CENT),
        enforcement=Enforcement.ENFORCED,
        legal_basis=basis or band.legal_basis,
        valid_from=today + timedelta(days=1),
        valid_to=None,
    )
    seen = plan_to_set(draft, today=today).seen
    set_band(draft=draft, seen=seen, reason=reason, actor=actor, at=at)


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _letter(reference: str) -> bytes:
    return f"{reference}\n\n{_SUMMARY}\n".encode()
