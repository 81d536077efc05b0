"""Goods whose list price falls: prices, receipts and counts told one by one, with the instant each became known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from dealers.foundation.clock import BUSINESS_ZONE, start_of_day
from dealers.models import Dealer, InventoryLine, ListPrice, Product, Shipment
from tests import factories

_numbers = count(1)
LONG_AGO = datetime(2025, 6, 1, tzinfo=BUSINESS_ZONE)


def moment(text: str) -> datetime:
    """``2026-11-30 19:00`` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def product(sku: str = "MY1001") -> Product:
    made: Product = factories.Product(sku=sku)
    return made


def price(
    of: Product, amount: str, since: str, until: str | None = None, *, known: datetime = LONG_AGO, **more: Any
) -> ListPrice:
    last = None if until is None else date.fromisoformat(until)
    return ListPrice.objects.create(
        product=of, price=Decimal(amount), valid=(date.fromisoformat(since), last), recorded_at=known, **more
    )


def prices(of: Product, *steps: tuple[str, str], known: datetime = LONG_AGO) -> None:
    """Prices from day to day: ``("2026-01-01", "2280"), ("2026-11-20", "2180")``."""
    days = [day for day, _ in steps]
    for (day, amount), end in zip(steps, [*days[1:], None], strict=True):
        price(of, amount, day, end, known=known)


def ship(to: Dealer, of: Product, units: int, day: str, *, doc: str = "", known: datetime | None = None) -> Shipment:
    at = start_of_day(date.fromisoformat(day)) + timedelta(hours=10)
    return Shipment.objects.create(
        doc_no=doc or f"FH-{next(_numbers)}",
        line_no=1,
        dealer=to,
        product=of,
        quantity=units,
        unit_price=Decimal("1500"),
        shipped_at=at,
        shipped_on=at.astimezone(BUSINESS_ZONE).date(),
        known_from=known or at,
        delivery_id=1,
    )


def count_stock(by: Dealer, of: Product, units: int, at: str, *, known: str = "", warehouse: str = "") -> None:
    InventoryLine.objects.create(
        dealer=by,
        product=of,
        as_of=moment(at),
        warehouse=warehouse,
        on_hand=units,
        known_from=moment(known or at),
        delivery_id=1,
    )
