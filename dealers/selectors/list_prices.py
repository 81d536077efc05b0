"""List prices with their history, and proposals to change them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from dealers.choices import PriceChangeState
from dealers.foundation.money import with_cents
from dealers.models import ListPrice, PriceChange, PriceChangeLine
from dealers.permissions import can
from dealers.services.imports.list_prices import LAYOUT

COLUMNS = LAYOUT.columns


@dataclass(frozen=True, slots=True)
class PriceWish:
    """What a list of prices is narrowed to. ``on`` None is any day."""

    words: str = ""
    category: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A proposed price beside the one in force the day before it begins; None when there is none."""

    line: PriceChangeLine
    before: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None else self.line.price - self.before

    @property
    def falls(self) -> bool:
        return self.before is not None and self.line.price < self.before


def list_prices(wish: PriceWish) -> QuerySet[ListPrice]:
    """Standing list prices by product and day."""
    prices = ListPrice.objects.filter(superseded_at__isnull=True).select_related("product")
    if wish.words:
        prices = prices.filter(
            Q(product__sku__icontains=wish.words)
            | Q(product__name_zh__icontains=wish.words)
            | Q(product__name_en__icontains=wish.words)
        )
    if wish.category:
        prices = prices.filter(product__category=wish.category)
    if wish.on is not None:
        prices = prices.filter(valid__contains=wish.on)
    return prices.order_by("product__sku", "-valid")


def exported_prices(prices: QuerySet[ListPrice]) -> Iterator[tuple[object, ...]]:
    """One row per price in the order of :data:`COLUMNS`; memory stays bounded for any number."""
    for row in prices.iterator(2_000):
        yield row.product.sku, with_cents(row.price), row.valid.lower, row.valid.upper


def visible_changes(user: Any) -> QuerySet[PriceChange]:
    """The proposals a person may see, the newest first, with how many prices each holds and from when."""
    changes = PriceChange.objects.select_related("proposed_by", "decided_by", "delivery")
    if not can(user, "prices.view"):
        return changes.none()
    return changes.annotate(prices=Count("lines"), first_day=Min("lines__valid_from")).order_by("-pk")


def open_changes_of(product_ids: Iterable[int]) -> QuerySet[PriceChangeLine]:
    """Prices of these products that wait for a decision."""
    return PriceChangeLine.objects.filter(
        product__in=list(product_ids), change__state=PriceChangeState.PROPOSED
    ).select_related("change", "product")


def price_steps(lines: Iterable[PriceChangeLine]) -> list[PriceStep]:
    """Proposed prices beside those they follow, in the order of the lines. One query for any number.

    The price before is the one in force on the day before, be it standing or of the same proposal.
    """
    wanted = list(lines)
    told: dict[int, list[tuple[date, date | None, Decimal]]] = {}
    standing = ListPrice.objects.filter(
        product__in={line.product_id for line in wanted}, superseded_at__isnull=True
    ).values_list("product_id", "valid", "price")
    for product_id, valid, price in standing:
        told.setdefault(product_id, []).append((valid.lower or date.min, valid.upper, price))
    of_product: dict[int, list[PriceChangeLine]] = {}
    for line in wanted:
        of_product.setdefault(line.product_id, []).append(line)
    return [
        PriceStep(line, _price_on(told.get(line.product_id, ()), line, of_product[line.product_id])) for line in wanted
    ]


def _price_on(
    standing: Iterable[tuple[date, date | None, Decimal]], line: PriceChangeLine, lines: list[PriceChangeLine]
) -> Decimal | None:
    day = line.valid_from - timedelta(days=1)
    earlier = [other for other in lines if other.valid_from <= day and (other.valid_to is None or day < other.valid_to)]
    if earlier:
        return max(earlier, key=lambda other: other.valid_from).price
    return next((price for first, end, price in standing if first <= day and (end is None or day < end)), None)
