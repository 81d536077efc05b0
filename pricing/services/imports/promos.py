"""Promotions approved elsewhere and taken over. Rows of one code are the products of one promotion.

They must agree on everything but product and price. A promotion that stands is not changed by a table: another
price or window is another promotion, under a code of its own. Further products of a standing one are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from dealers.choices import Feed
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.tabular import Row
from dealers.services.imports.cells import Cells, RowRefused, problem, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Dealers, Products, Regions
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import in_portions
from pricing.choices import PromoState
from pricing.models import PromoItem, PromoRequest

LAYOUT = Layout(("code", "sku", "promo_price", "starts_on", "ends_on", "approved_at", "budget"), ("dealers", "regions"))
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class _Header:
    """What every row of a code says alike."""

    starts_on: date
    ends_on: date
    approved_at: datetime
    budget: Decimal
    dealers: frozenset[int]
    regions: frozenset[int]


@dataclass(slots=True)
class _Promo:
    """A promotion as it stands or is being made; ``prices`` by product."""

    request: PromoRequest
    header: _Header
    prices: dict[int, Decimal]


def take_promos(taking: Taking, source: RowSource) -> None:
    reader = _Reader(taking)
    for rows in in_portions(source, _ROWS_AT_ONCE):
        _take(taking, rows, reader)


class _Reader:
    def __init__(self, taking: Taking) -> None:
        self._now = taking.at
        self._products = Products.load()
        self._dealers = Dealers.load()
        self._regions = Regions.load()

    def read(self, row: Row) -> tuple[str, _Header, int, Decimal]:
        cells = Cells(row.values)
        code = cells.code("code", 64)
        product = self._products.read(cells)
        price = cells.decimal("promo_price", places=6)
        starts_on, ends_on = cells.span("starts_on", "ends_on")
        if ends_on is None:
            raise refuse("ends_on", "", "missing_value")
        approved_at = cells.instant("approved_at")
        if approved_at > self._now:
            raise refuse("approved_at", cells.given("approved_at"), "approval_in_the_future")
        header = _Header(
            starts_on,
            ends_on,
            approved_at,
            cells.decimal("budget", places=2),
            frozenset(self._dealers.of("dealers", code) for code in cells.codes("dealers")),
            frozenset(self._regions.of("regions", code).id for code in cells.codes("regions")),
        )
        return code, header, product.id, price


def _take(taking: Taking, rows: list[Row], reader: _Reader) -> None:
    promos = _standing({row.values.get("code", "") for row in rows})
    new: list[_Promo] = []
    items: list[PromoItem] = []
    for row in rows:
        if broken(taking, row):
            continue
        try:
            code, header, product_id, price = reader.read(row)
            promo = promos.get(code)
            if promo is not None:
                _agree(promo, header)
        except RowRefused as refusal:
            refused(taking, row, refusal)
            continue
        if promo is None:
            promo = promos[code] = _Promo(_request(code, header, taking), header, {})
            new.append(promo)
        known_price = promo.prices.get(product_id)
        if known_price == price:
            taking.duplicates += 1
        elif known_price is not None:
            known = f"{known_price.normalize():f}"
            refused(
                taking, row, problem("promo_price", row.values["promo_price"], "promo_differs", code=code, known=known)
            )
        else:
            promo.prices[product_id] = price
            items.append(PromoItem(request=promo.request, product_id=product_id, promo_price=price))
            taking.accepted += 1
            taking.touched.products.add(product_id)
            taking.touched.from_day(header.starts_on)
    PromoRequest.objects.bulk_create([promo.request for promo in new], batch_size=1_000)
    PromoItem.objects.bulk_create(items, batch_size=2_000)
    _link(PromoRequest.dealers.through, "dealer_id", [(promo.request, promo.header.dealers) for promo in new])
    _link(PromoRequest.regions.through, "region_id", [(promo.request, promo.header.regions) for promo in new])


def _standing(codes: set[str]) -> dict[str, _Promo]:
    """The promotions of these codes with all they say, in four queries."""
    requests = PromoRequest.objects.filter(code__in=codes)
    promos: dict[str, _Promo] = {}
    for request in requests.prefetch_related("dealers", "regions", "items"):
        header = _Header(
            *_days(request.window),
            request.approved_at or request.created_at,
            request.budget,
            frozenset(dealer.pk for dealer in request.dealers.all()),
            frozenset(region.pk for region in request.regions.all()),
        )
        promos[request.code] = _Promo(
            request, header, {item.product_id: item.promo_price for item in request.items.all()}
        )
    return promos


def _days(window: Any) -> tuple[date, date]:
    """A promotion's window is never open."""
    return window.lower, window.upper


def _agree(promo: _Promo, header: _Header) -> None:
    """Raises ``RowRefused`` naming the first column that says something else than the promotion does."""
    code = promo.request.code
    if not promo.request.taken_over:
        raise refuse("code", code, "promo_decided_here")
    for column in "starts_on", "ends_on", "approved_at", "budget", "dealers", "regions":
        known, given = getattr(promo.header, column), getattr(header, column)
        if known != given:
            raise refuse(column, _shown(given), "promo_differs", code=code, known=_shown(known))


def _shown(value: Any) -> str:
    match value:
        case frozenset():
            return str(len(value))
        case datetime():
            return value.astimezone(BUSINESS_ZONE).isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _request(code: str, header: _Header, taking: Taking) -> PromoRequest:
    return PromoRequest(
        code=code,
        title=code,
        state=_state(header, taking.today),
        window=DateRange(header.starts_on, header.ends_on),
        budget=header.budget,
        created_at=taking.at,
        approved_at=header.approved_at,
        taken_over=True,
    )


def _state(header: _Header, today: date) -> PromoState:
    if today < header.starts_on:
        return PromoState.APPROVED
    return PromoState.RUNNING if today < header.ends_on else PromoState.ENDED


def _link(through: type[Any], column: str, members: list[tuple[PromoRequest, frozenset[int]]]) -> None:
    links = [
        through(promorequest_id=request.pk, **{column: member}) for request, keys in members for member in sorted(keys)
    ]
    through._default_manager.bulk_create(links, batch_size=5_000)


PROMOS = Importer(Feed.PROMOS, LAYOUT, take_promos)
