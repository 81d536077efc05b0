"""Goods of a dealer for tests: counts, shipments, sales and adjustments in a few words, and days reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from dealers.choices import AdjustmentKind, Door, Feed
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import (
    Dealer,
    FeedDelivery,
    InventoryLine,
    Product,
    Shipment,
    StockAdjustment,
    SyncClock,
)
from pricing.choices import Verdict
from pricing.models import SaleLine
from tests import factories

FIRST = date(2026, 3, 1)


def moment(day: float, minute: int = 0) -> datetime:
    """An instant of March 2026: `moment(3)` is the 3rd at noon, `moment(3.25)` six hours later, in Shanghai."""
    noon = datetime(2026, 3, 1, 12, tzinfo=BUSINESS_ZONE)
    return noon + timedelta(days=day - 1, minutes=minute)


@dataclass
class Shelf:
    """One product of one dealer. Days are days of March 2026."""

    dealer: Dealer
    product: Product
    delivery: FeedDelivery
    _numbers: list[int] = field(default_factory=lambda: [0])

    def counted(self, day: float, units: int, *, in_transit: int = 0, warehouse: str = "") -> Shelf:
        InventoryLine.objects.create(
            dealer=self.dealer,
            product=self.product,
            as_of=moment(day),
            on_hand=units,
            in_transit=in_transit,
            warehouse=warehouse,
            known_from=moment(day),
            delivery=self.delivery,
        )
        return self

    def shipped(self, day: float, units: int, price: str = "800") -> Shelf:
        Shipment.objects.create(
            doc_no=self._number("S"),
            line_no=1,
            dealer=self.dealer,
            product=self.product,
            quantity=units,
            unit_price=Decimal(price),
            shipped_at=moment(day),
            shipped_on=moment(day).date(),
            known_from=moment(day),
            delivery=self.delivery,
        )
        return self

    def sold(self, day: float, units: int) -> Shelf:
        SaleLine.objects.create(
            dealer=self.dealer,
            doc_no=self._number("X"),
            line_no=1,
            product=self.product,
            region_id=self.dealer.home_region_id,
            sold_at=moment(day),
            sold_on=moment(day).date(),
            quantity=units,
            unit_price=Decimal(1000),
            verdict=Verdict.IN_BAND if units > 0 else Verdict.RETURN,
            reported_at=moment(day),
            known_from=moment(day),
            delivery=self.delivery,
        )
        return self

    def adjusted(self, day: float, kind: AdjustmentKind, units: int, **given: str) -> Shelf:
        StockAdjustment.objects.create(
            dealer=self.dealer,
            doc_no=self._number("T"),
            line_no=1,
            product=self.product,
            kind=kind,
            change=units if kind.is_incoming else -units,
            occurred_at=moment(day),
            known_from=moment(day),
            delivery=self.delivery,
            **given,
        )
        return self

    def _number(self, letter: str) -> str:
        self._numbers[0] += 1
        return f"{letter}{self.dealer.pk}-{self.product.pk}-{self._numbers[0]}"


def shelf(dealer: Dealer | None = None, product: Product | None = None) -> Shelf:
    """A shelf of a new dealer that has reported every day of the first quarter."""
    dealer = dealer or factories.Dealer()
    delivery = FeedDelivery.objects.create(
        dealer=dealer, feed=Feed.INVENTORY, door=Door.API, received_at=moment(1), delivered_by="test"
    )
    if not SyncClock.objects.filter(dealer=dealer).exists():
        reported(dealer, (date(2026, 1, 1), date(2026, 4, 1)))
    return Shelf(dealer, product or factories.Product(), delivery)


def reported(dealer: Dealer, *spans: tuple[date, date]) -> None:
    """Let exactly these half-open spans of sales days be reported."""
    SyncClock.objects.get_or_create(dealer=dealer)
    text = "{" + ",".join(f"[{first},{end})" for first, end in spans) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dealers_syncclock SET sales_days = %s::datemultirange WHERE dealer_id = %s", [text, dealer.pk]
        )


def all_but(dealer: Dealer, days: Iterable[int]) -> None:
    """Every day of the quarter is reported but these days of March."""
    spans, first = [], date(2026, 1, 1)
    for day in sorted(days):
        missing = FIRST + timedelta(days=day - 1)
        spans.append((first, missing))
        first = missing + timedelta(days=1)
    reported(dealer, *spans, (first, date(2026, 4, 1)))
