"""Price bands for people: all of them for HQ, for a dealer those of the places it may sell in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dealers.models import Region, Territory
from pricing.choices import BandScope, Enforcement
from pricing.models import PriceBand
from pricing.permissions import can


@dataclass(frozen=True, slots=True)
class BandWish:
    """What a list of bands is narrowed to. ``on`` None is any day; ``region`` a code, with what covers the region."""

    words: str = ""
    category: str = ""
    region: str = ""
    scope: str = ""
    enforcement: str = ""
    #: One of :data:`BASIS_STATES`.
    basis: str = ""
    on: date | None = None


#: What may be asked of the legal basis of an enforced floor, beside how many days it still holds.
EXPIRING = {"15": 15, "60": 60}
BASIS_STATES = (*EXPIRING, "ended", "none")


def visible_bands(user: Any, *, today: date) -> QuerySet[PriceBand]:
    """Bands a person may see, by product and from the most specific place on; corrected ones are left out."""
    bands = PriceBand.objects.filter(superseded_at__isnull=True).select_related("product", "region", "legal_basis")
    bands = bands.order_by("product__sku", "-scope", "region__code", "city_tier", "-valid")
    if not can(user, "bands.view"):
        return bands.none()
    if user.dealer_id is None:
        return bands
    return bands.filter(_of_places(selling_regions(user.dealer_id, today)))


def narrowed_bands(user: Any, wish: BandWish, *, today: date) -> QuerySet[PriceBand]:
    """The bands in sight that fit."""
    bands = visible_bands(user, today=today)
    if wish.words:
        bands = bands.filter(
            Q(product__sku__icontains=wish.words)
            | Q(product__name_zh__icontains=wish.words)
            | Q(product__name_en__icontains=wish.words)
        )
    if wish.region:
        bands = bands.filter(_of_places(Region.objects.filter(code=wish.region)))
    if wish.scope:
        bands = bands.filter(scope=wish.scope)
    if wish.enforcement:
        bands = bands.filter(enforcement=wish.enforcement)
    if wish.category:
        bands = bands.filter(product__category=wish.category)
    if wish.basis:
        bands = bands.filter(enforcement=Enforcement.ENFORCED).filter(_of_basis(wish.basis, today))
    if wish.on is not None:
        bands = bands.filter(valid__contains=wish.on)
    return bands


def _of_basis(state: str, today: date) -> Q:
    """Bands whose legal basis ends within some days, has ended, or was never recorded."""
    if state == "none":
        return Q(legal_basis__isnull=True)
    if state == "ended":
        return Q(legal_basis__valid_until__lte=today)
    within = today + timedelta(days=EXPIRING[state])
    return Q(legal_basis__valid_until__gt=today, legal_basis__valid_until__lte=within)


def selling_regions(dealer_id: int, on: date) -> QuerySet[Region]:
    """The places a dealer may sell in on a day; a province brings its cities."""
    granted = Territory.objects.filter(dealer=dealer_id, valid__contains=on).values("region")
    return Region.objects.filter(Q(pk__in=granted) | Q(parent__in=granted))


def floor_holds(band: PriceBand, on: date) -> bool:
    """Whether a sale below the floor on that day may be held against a dealer."""
    basis = band.legal_basis
    if band.enforcement != Enforcement.ENFORCED or basis is None:
        return False
    return basis.valid_until is None or on < basis.valid_until


def _of_places(regions: QuerySet[Region]) -> Q:
    own = regions.order_by().values("pk")
    provinces = regions.order_by().filter(parent__isnull=False).values("parent")
    tiers = regions.order_by().filter(city_tier__isnull=False).values("city_tier")
    return (
        Q(scope=BandScope.NATIONAL)
        | Q(scope=BandScope.REGION, region__in=own)
        | Q(scope=BandScope.REGION, region__in=provinces)
        | Q(scope=BandScope.CITY_TIER, city_tier__in=tiers)
    )
