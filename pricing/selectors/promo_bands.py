"""The price bands that promotion requests meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pricing.choices import Enforcement
from pricing.models import PriceBand, PromoRequest
from pricing.rules.promo_bands import Band, BandComparison, Place, compare_with_bands
from pricing.selectors.promo_places import RegionTree


def bands_of(skus: Iterable[str], first: date, last: date) -> dict[str, list[Band]]:
    """The bands of these products in force on some day from ``first`` up to ``last``, by SKU. One query."""
    rows = PriceBand.objects.filter(
        product__sku__in=set(skus), valid__overlap=(first, last), superseded_at__isnull=True
    ).values_list(
        "pk",
        "product__sku",
        "scope",
        "region__code",
        "city_tier",
        "floor",
        "ceiling",
        "enforcement",
        "valid",
        "legal_basis__reference",
        "legal_basis__valid_until",
    )
    found: dict[str, list[Band]] = {}
    for pk, sku, scope, region, city_tier, floor, ceiling, enforcement, valid, basis, basis_until in rows:
        found.setdefault(sku, []).append(
            Band(
                id=pk,
                sku=sku,
                scope=scope,
                region=region,
                city_tier=city_tier,
                floor=floor,
                ceiling=ceiling,
                enforced=enforcement == Enforcement.ENFORCED,
                starts_on=valid.lower or date.min,
                until=valid.upper,
                basis=basis or "",
                basis_until=basis_until,
            )
        )
    return found


def comparisons_of(requests: Sequence[PromoRequest], tree: RegionTree) -> dict[int, tuple[BandComparison, ...]]:
    """For each request its items against the bands they meet. One query for any number of requests."""
    if not requests:
        return {}
    skus = {item.product.sku for request in requests for item in request.items.all()}
    bands = bands_of(skus, min(request.starts_on for request in requests), max(request.ends_on for request in requests))
    places: dict[frozenset[str], tuple[Place, ...]] = {}
    compared: dict[int, tuple[BandComparison, ...]] = {}
    for request in requests:
        named = frozenset(region.code for region in request.regions.all())
        if named not in places:
            places[named] = tree.places_in(named)
        compared[request.pk] = tuple(
            compare_with_bands(
                item.product.sku,
                item.promo_price,
                places[named],
                bands.get(item.product.sku, ()),
                request.starts_on,
                request.ends_on,
            )
            for item in request.items.all()
        )
    return compared


def band_hint(
    sku: str, price: Decimal, regions: Sequence[str], starts_on: date, ends_on: date, tree: RegionTree
) -> BandComparison:
    """One product at one price against its bands, while the request is still being written."""
    bands = bands_of([sku], starts_on, ends_on)
    return compare_with_bands(sku, price, tree.places_in(regions), bands.get(sku, ()), starts_on, ends_on)
