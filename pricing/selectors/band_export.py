"""Bands as rows of the import's own table, so that what is exported can be imported again."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from dealers.foundation.money import with_cents
from pricing.models import PriceBand
from pricing.services.imports.bands import LAYOUT

COLUMNS = LAYOUT.columns


def exported_bands(bands: QuerySet[PriceBand]) -> Iterator[tuple[object, ...]]:
    """One row per band in the order of :data:`COLUMNS`; memory stays bounded for any number."""
    for band in bands.iterator(2_000):
        basis = band.legal_basis
        code = band.region.code if band.region else "" if band.city_tier is None else str(band.city_tier)
        yield (
            band.product.sku,
            band.scope,
            code,
            with_cents(band.floor),
            with_cents(band.ceiling),
            band.enforcement,
            band.valid.lower,
            band.valid.upper,
            "" if basis is None else basis.reference,
            None if basis is None else basis.valid_until,
        )
