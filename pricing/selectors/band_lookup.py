"""Which price band counts for a product somewhere on a day, and why that one: the rule of the verdict, asked alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dealers.choices import RegionKind
from dealers.models import Product, Region
from pricing.choices import BandScope, Enforcement
from pricing.models import PriceBand
from pricing.rules.index import NATIONAL, BandIndex, Place, tier_place
from pricing.rules.verdict import Band, floor_is_enforced
from pricing.selectors.standing_facts import micros


@dataclass(frozen=True, slots=True)
class Candidate:
    """A band the region could fall under.

    ``level`` is ``city``, ``province``, ``city_tier`` or ``national``; ``outcome`` is ``decides``,
    ``less_specific`` or ``not_in_force``.
    """

    row: PriceBand
    level: str
    outcome: str
    floor_enforced: bool


@dataclass(frozen=True, slots=True)
class BandAnswer:
    """All candidates, most specific first; ``deciding`` is one of them, or None where HQ has left a gap."""

    product: Product
    region: Region
    on: date
    deciding: Candidate | None
    candidates: tuple[Candidate, ...]


def band_for(*, product: Product, region: Region, on: date) -> BandAnswer:
    """The band in force and every other of the product that the region could fall under; one query."""
    rows = {row.pk: row for row in _rows(product, region)}
    places = {region.pk: Place(region.pk, region.parent_id, region.city_tier)}
    if region.parent_id is not None:
        places[region.parent_id] = Place(region.parent_id, None, None)
    index = BandIndex(
        places,
        ((product.pk, place_of_band(row), facts_of_band(row)) for row in rows.values()),
    )
    decided = index.on(product.pk, region.pk, on)
    candidates = []
    for place, series in index.candidates(product.pk, region.pk):
        for band in series:
            outcome = "not_in_force"
            if decided is not None and band.id == decided.id:
                outcome = "decides"
            elif band.valid_from <= on and (band.valid_to is None or on < band.valid_to):
                outcome = "less_specific"
            level = _level(place, region)
            candidates.append(Candidate(rows[band.id], level, outcome, floor_is_enforced(band, on)))
    deciding = next((candidate for candidate in candidates if candidate.outcome == "decides"), None)
    return BandAnswer(product, region, on, deciding, tuple(candidates))


def _rows(product: Product, region: Region) -> list[PriceBand]:
    places = [place for place in (region.pk, region.parent_id) if place is not None]
    here = Q(scope=BandScope.REGION, region__in=places) | Q(scope=BandScope.NATIONAL)
    if region.city_tier is not None:
        here |= Q(scope=BandScope.CITY_TIER, city_tier=region.city_tier)
    rows = PriceBand.objects.filter(here, product=product, superseded_at__isnull=True)
    return list(rows.select_related("legal_basis", "region"))


def place_of_band(row: PriceBand) -> int:
    """The place of a band as the compiled index names it."""
    if row.scope == BandScope.NATIONAL or row.region_id is None:
        return NATIONAL if row.city_tier is None else tier_place(row.city_tier)
    return row.region_id


def facts_of_band(row: PriceBand) -> Band:
    """A band as the rule of the verdict sees it."""
    basis = row.legal_basis
    return Band(
        id=row.pk,
        floor=micros(row.floor),
        ceiling=micros(row.ceiling),
        enforced=row.enforcement == Enforcement.ENFORCED,
        has_basis=basis is not None,
        basis_until=None if basis is None else basis.valid_until,
        valid_from=row.valid.lower or date.min,
        valid_to=row.valid.upper,
    )


def _level(place: int, region: Region) -> str:
    if place == NATIONAL:
        return "national"
    if place < 0:
        return "city_tier"
    return "city" if place == region.pk and region.kind == RegionKind.CITY else "province"
