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
    ).select_related("product", "region", "legal_basis")
    found: dict[str, list[Band]] = {}
    for row in rows:
        found.setdefault(row.product.sku, []).append(
            Band(
                id=row.pk,
                sku=row.product.sku,
                scope=row.scope,
                region=row.region.code if row.region else None,
                city_tier=row.city_tier,
                floor=row.floor,
                ceiling=row.ceiling,
                enforced=row.enforcement == Enforcement.ENFORCED,
                starts_on=row.valid.lower or date.min,
                until=row.valid.upper,
                basis=row.legal_basis.reference if row.legal_basis else "",
                basis_until=row.legal_basis.valid_until if row.legal_basis else None,
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
