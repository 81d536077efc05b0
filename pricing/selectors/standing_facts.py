"""What verdicts depend on, read from the rows and kept compiled in this process until it changes.

Triggers note every change of the watched tables (see the migration ``changes``); one small query per intake
compares the notes with those of the last reading, and only the part that changed is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any, NamedTuple

from django.db import connection

from dealers.models import B2BAddendum, Dealer, Product, Region, Territory
from dealers.scope import WHOLE_COMPANY, row_scope
from pricing.choices import STANDING_PROMO_STATES, BandScope, Enforcement, PromoState
from pricing.models import PriceBand, PromoItem, PromoRequest
from pricing.rules.index import NATIONAL, BandIndex, Grant, Place, PromoIndex, RightsIndex, VerdictIndex, tier_place
from pricing.rules.verdict import Band, PromoPrice

MICRO = 1_000_000
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Codes(dict[str, Any]):
    """Things by their codes; spaces around a code do not matter."""

    def __missing__(self, code: str) -> Any:
        bare = code.strip()
        if bare == code:
            raise KeyError(code)
        return self[bare]


class ProductFacts(NamedTuple):
    """What a sale line needs to know about its product."""

    id: int
    category: str
    #: The id as text, and the key of the tally for each of its classes.
    text: str
    tally_keys: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """The compiled index, and the ids behind the codes that reports use."""

    index: VerdictIndex
    products: Codes
    regions: Codes
    dealers: Codes
    #: Category by product id.
    categories: Mapping[int, str]


def micros(amount: Decimal) -> int:
    """An amount of at most six places in whole micro-yuan."""
    return int(amount.scaleb(6))


def instant_number(instant: datetime) -> int:
    """An instant in whole microseconds since 1970."""
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * MICRO + passed.microseconds


class _Kept:
    """One compiled part of each kind, with the stamp under which it was read."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.parts: dict[str, tuple[Any, Any]] = {}
        self.whole: tuple[Any, StandingFacts] | None = None

    def part(self, kind: str, stamp: Any, read: Callable[[], Any]) -> Any:
        found = self.parts.get(kind)
        if found is None or found[0] != stamp:
            found = self.parts[kind] = (stamp, read())
        return found[1]


_kept = _Kept()


def standing_facts() -> StandingFacts:
    """The facts as they stand now, in this transaction's eyes. Reads only what changed since the last call."""
    with _kept.lock:
        stamps = _stamps()
        if _kept.whole is not None and _kept.whole[0] == stamps:
            return _kept.whole[1]
        with row_scope(WHOLE_COMPANY):  # a dealer's own session would miss what others have been promised
            facts = _read(stamps)
        _kept.whole = (stamps, facts)
        return facts


def _stamps() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*), max(number), sum(number) FROM pricing_change GROUP BY kind")
        stamps = {str(kind): (count, highest, int(total)) for kind, count, highest, total in cursor.fetchall()}
    return {**stamps, "database": connection.settings_dict["NAME"]}


def _read(stamps: dict[str, Any]) -> StandingFacts:
    def stamp(*kinds: str) -> tuple[Any, ...]:
        return (stamps["database"], *(stamps.get(kind) for kind in kinds))

    places = _kept.part("places", stamp("places"), _read_places)
    products = _kept.part("products", stamp("products"), _read_products)
    index = VerdictIndex(
        places=places["by_id"],
        bands=_kept.part("bands", stamp("bands", "places"), lambda: _read_bands(places["by_id"])),
        promos=_kept.part("promos", stamp("promos", "places"), lambda: _read_promos(places["by_id"])),
        rights=_kept.part("rights", stamp("rights", "places"), lambda: _read_rights(places["by_id"])),
    )
    return StandingFacts(
        index=index,
        products=products,
        regions=places["by_code"],
        dealers=_kept.part("dealers", stamp("dealers"), lambda: Codes(Dealer.objects.values_list("code", "pk"))),
        categories={product.id: product.category for product in products.values()},
    )


def _read_places() -> dict[str, Any]:
    rows = list(Region.objects.values_list("pk", "code", "parent_id", "city_tier"))
    return {
        "by_id": {pk: Place(pk, parent_id, city_tier) for pk, _code, parent_id, city_tier in rows},
        "by_code": Codes((code, pk) for pk, code, _parent_id, _city_tier in rows),
    }


def _read_products() -> Codes:
    rows = Product.objects.values_list("sku", "pk", "category")
    return Codes(
        (sku, ProductFacts(pk, category, str(pk), tuple((category, kind) for kind in range(3))))
        for sku, pk, category in rows
    )


def _read_bands(places: Mapping[int, Place]) -> BandIndex:
    rows = PriceBand.objects.filter(superseded_at__isnull=True).values_list(
        "pk",
        "product_id",
        "scope",
        "region_id",
        "city_tier",
        "floor",
        "ceiling",
        "enforcement",
        "legal_basis_id",
        "legal_basis__valid_until",
        "valid",
    )
    return BandIndex(places, (_band(row) for row in rows.iterator(20_000)))


def _band(row: tuple[Any, ...]) -> tuple[int, int, Band]:
    pk, product_id, scope, region_id, city_tier, floor, ceiling, enforcement, basis_id, basis_until, valid = row
    place = {BandScope.NATIONAL: NATIONAL, BandScope.CITY_TIER: tier_place(city_tier or 0)}.get(scope, region_id)
    band = Band(
        pk,
        micros(floor),
        micros(ceiling),
        enforcement == Enforcement.ENFORCED,
        basis_id is not None,
        basis_until,
        valid.lower or date.min,
        valid.upper,
    )
    return product_id, place, band


def _read_promos(places: Mapping[int, Place]) -> PromoIndex:
    states = [*STANDING_PROMO_STATES, PromoState.WITHDRAWN]
    requests = PromoRequest.objects.filter(approved_at__isnull=False, state__in=states)
    dealers = _members(PromoRequest.dealers.through, "dealer_id")
    regions = _members(PromoRequest.regions.through, "region_id")
    rows = PromoItem.objects.filter(request__in=requests).values_list(
        "product_id",
        "pk",
        "promo_price",
        "request_id",
        "request__window",
        "request__approved_at",
        "request__withdrawn_at",
    )
    promos = (
        (
            product_id,
            PromoPrice(
                pk,
                micros(price),
                window.lower or date.min,
                window.upper,
                instant_number(approved_at),
                None if withdrawn_at is None else instant_number(withdrawn_at),
                dealers.get(request_id, frozenset()),
                regions.get(request_id, frozenset()),
            ),
        )
        for product_id, pk, price, request_id, window, approved_at, withdrawn_at in rows
        if not window.isempty and approved_at is not None
    )
    return PromoIndex(places, promos)


def _members(through: Any, column: str) -> dict[int, frozenset[int]]:
    members: dict[int, set[int]] = {}
    for request_id, member_id in through.objects.values_list("promorequest_id", column):
        members.setdefault(request_id, set()).add(member_id)
    return {request_id: frozenset(found) for request_id, found in members.items()}


def _read_rights(places: Mapping[int, Place]) -> RightsIndex:
    territories = Territory.objects.values_list("dealer_id", "region_id", "pk", "valid")
    addenda = B2BAddendum.objects.values_list("dealer_id", "pk", "valid")
    return RightsIndex(
        places,
        ((dealer, region, _grant(pk, valid)) for dealer, region, pk, valid in territories if not valid.isempty),
        ((dealer, _grant(pk, valid)) for dealer, pk, valid in addenda if not valid.isempty),
    )


def _grant(pk: int, valid: Any) -> Grant:
    return Grant(pk, valid.lower or date.min, valid.upper)
