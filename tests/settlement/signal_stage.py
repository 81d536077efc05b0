"""Dealers that sell to each other, as the signals are to find it: `sold(seller, buyer.uscc, "12000")`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Dealer, User
from settlement.models import SignalFinding, SignalRun
from settlement.services.signals.asking import make_run
from settlement.services.signals.running import answer_run
from tests import factories
from tests.breaches import AFTER

SOLD_AT = datetime(2026, 11, 4, 10, tzinfo=BUSINESS_ZONE)
QUARTER = "2026-Q4"


def sold(dealer: Dealer, customer: str, price: str, *, lines: int = 3, doc_no: str = "S1", **line: Any) -> None:
    """Report some lines of A1 to a customer, on a day of their own each."""
    region = dealer.home_region
    assert region is not None
    records = [
        {
            "doc_no": doc_no,
            "line_no": number,
            "sold_at": (SOLD_AT + timedelta(days=number)).isoformat(),
            "sku": "A1",
            "quantity": 1,
            "unit_price": price,
            "region": region.code,
            "customer": customer,
            **line,
        }
        for number in range(1, lines + 1)
    ]
    delivery = import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer)
    assert delivery.quarantined == 0, list(delivery.remarks)


def trader(code: str = "D1") -> Dealer:
    """A dealer that sold for 36,000 yuan to another one."""
    dealer = factories.Dealer(code=code)
    sold(dealer, factories.Dealer(code=f"{code}-BUYER").uscc, "12000")
    return dealer


def look(at: datetime = AFTER) -> SignalRun:
    """A live run."""
    return answer_run(make_run(at=at, actor=None))


def the_finding(dealer: Dealer, rule: str = "dealer_trades") -> SignalFinding:
    return SignalFinding.objects.select_related("latest", "dealer").get(dealer=dealer, rule=rule)


def investigator() -> User:
    return factories.User(role=Role.RISK_INVESTIGATOR)
