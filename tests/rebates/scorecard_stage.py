"""A dealer with a quarter behind it: sales reported and judged, goods bought, days reported in time or late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dealers.choices import Coverage, Door, Feed
from dealers.foundation.clock import as_if_at, start_of_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, FeedDelivery, PolicyVersion
from dealers.services.deliveries import cover_days
from dealers.services.imports.shipments import SHIPMENTS
from pricing.services.intake import LineReport, take_in_sales
from tests import factories
from tests.policies import published_policy, variation
from tests.tables import take

Q3 = Quarter.parse("2026-Q3")
#: The morning after the third quarter of 2026.
AFTER = start_of_day(date(2026, 10, 1)) + timedelta(hours=6, minutes=30)


def policy(*edits: tuple[str, str]) -> PolicyVersion:
    """The example, with only sales on the sync clock so that a test need not count stock."""
    return published_policy(variation(("feeds: [inventory, sales]", "feeds: [sales]"), *edits))


def sell(dealer: Dealer, *lines: tuple[str, str, str], doc: str = "S") -> None:
    """(day, price, quantity) by the intake, as reported on that evening; a quantity may be negative."""
    sku = factories.Product(sku="PJ-1").sku
    by_day: dict[str, list[dict[str, object]]] = {}
    for number, (day, price, quantity) in enumerate(lines, 1):
        by_day.setdefault(day, []).append(
            {
                "doc_no": f"{doc}{day}",
                "line_no": number,
                "sold_at": f"{day}T10:00:00+08:00",
                "sku": sku,
                "quantity": int(quantity),
                "unit_price": price,
                "region": dealer.home_region.code,
            }
        )
    for day, records in by_day.items():
        with as_if_at(start_of_day(date.fromisoformat(day)) + timedelta(hours=20)):
            take_in_sales(source=LineReport(enumerate(records, 1)), dealer=dealer, door=Door.API, actor_label="test")


def buy(dealer: Dealer, amount: str, *, on: str, doc: str = "H") -> None:
    """Goods of that worth shipped to the dealer."""
    sku = factories.Product(sku="PJ-1").sku
    with as_if_at(datetime.fromisoformat(f"{on}T20:00:00+08:00")):
        take(
            SHIPMENTS,
            "doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at\n"
            f"{doc}-{dealer.code},1,{dealer.code},{sku},1,{amount},{on}T10:00:00+08:00\n",
        )


def report_days(dealer: Dealer, days: Iterable[date], *, hours: float = 20) -> None:
    """Declare days without sales, so many hours after they began."""
    for day in days:
        at = start_of_day(day) + timedelta(hours=hours)
        delivery = FeedDelivery.objects.create(dealer=dealer, feed=Feed.SALES, door=Door.API, received_at=at)
        cover_days(delivery, {dealer.pk: [day]}, Coverage.DECLARED_ZERO)


def days_of(quarter: Quarter) -> list[date]:
    return [quarter.start + timedelta(days=n) for n in range((quarter.end - quarter.start).days)]
