"""Dealers who broke the band, and the violations gathered from it: `breach(dealer, "800", quantity=2)`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.imports import import_records
from dealers.choices import Door
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from pricing.models import Violation
from pricing.services.violations.gathering import gather_violations
from tests import factories

PERIOD = HalfMonth.parse("2026-11-H1")
#: A moment at which that half-month is over.
AFTER = datetime(2026, 11, 18, 9, tzinfo=BUSINESS_ZONE)


def market() -> None:
    """A policy, and product A1 with an enforced band of 900 to 1,200 everywhere."""
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))


def breach(dealer: Dealer, *prices: str, period: HalfMonth = PERIOD, doc_no: str = "S1", **line: Any) -> Violation:
    """Report a line of A1 at each price in the half-month, gather, and give the latest violation of the dealer."""
    sold_at = (period.starts_at + timedelta(hours=10)).isoformat()
    region = dealer.home_region
    assert region is not None
    common = {"doc_no": doc_no, "sold_at": sold_at, "sku": "A1", "quantity": 1, "region": region.code, **line}
    records = [{"line_no": number, "unit_price": price, **common} for number, price in enumerate(prices, 1)]
    delivery = import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer)
    assert delivery.quarantined == 0, list(delivery.remarks)
    gather_violations(at=AFTER)
    return Violation.objects.filter(dealer=dealer, period=period.ordinal).latest("pk")
