"""Everything a verdict depends on, compiled so that finding it costs a dictionary and a bisect.

The index is built once from plain facts and then only read; what it works out for a pair it meets
(a product in a place, a dealer in a place) it remembers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pricing.rules.verdict import LATE_AFTER, Band, Judgement, PromoPrice, judge, promo_gaps

#: The place of a national band. Region ids are above it, city tiers are kept as negative numbers below it.
NATIONAL = 0


def tier_place(city_tier: int) -> int:
    """The place of a band for all cities of a tier."""
    return -city_tier


@dataclass(frozen=True, slots=True)
class Place:
    """A city or province as the rule sees it."""

    id: int
    province_id: int | None
    city_tier: int | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A right over a range of days: a territory, or a B2B addendum."""

    id: int
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Timeline:
    """Which band counts from which day on, for one product in one place."""

    __slots__ = ("bands", "starts")

    def __init__(self, starts: list[date], bands: list[Band | None]) -> None:
        self.starts = starts
        self.bands = bands

    def on(self, day: date) -> Band | None:
        return self.bands[bisect_right(self.starts, day)]


class BandIndex:
    """Bands per product and place; the most specific one in force counts: city, province, city tier, national.

    A product is compiled when it is first met: a timeline for each region that has bands of its own or of its
    province, and one for each city tier, which all other regions share.
    """

    def __init__(self, places: Mapping[int, Place], bands: Iterable[tuple[int, int, Band]]) -> None:
        """``bands`` gives product, place (a region's id, :func:`tier_place` or NATIONAL) and band."""
        self._places = places
        self._cities: dict[int, list[int]] = defaultdict(list)
        for place in places.values():
            if place.province_id is not None:
                self._cities[place.province_id].append(place.id)
        self._series: dict[int, dict[int, list[Band]]] = {}
        for product_id, place_id, band in bands:
            self._series.setdefault(product_id, {}).setdefault(place_id, []).append(band)
        for by_place in self._series.values():
            for series in by_place.values():
                series.sort(key=lambda band: band.valid_from)
        #: The city tier of each region.
        self.tiers: dict[int, int | None] = {place.id: place.city_tier for place in places.values()}
        #: By product, filled by :meth:`compile`: timelines by region where they differ, and by city tier elsewhere.
        self.compiled: dict[int, tuple[dict[int, Timeline], dict[int | None, Timeline]]] = {}

    def on(self, product_id: int, region_id: int, day: date) -> Band | None:
        """The band that counts for a product sold in a region on a day."""
        by_region, by_tier = self.compiled.get(product_id) or self.compile(product_id)
        return (by_region.get(region_id) or by_tier[self.tiers[region_id]]).on(day)

    def nationwide_on(self, product_id: int, day: date) -> Band | None:
        """The band that counts for a product on a day when the place is not known: only one for the whole country."""
        _by_region, by_tier = self.compiled.get(product_id) or self.compile(product_id)
        return by_tier[None].on(day)

    def compile(self, product_id: int) -> tuple[dict[int, Timeline], dict[int | None, Timeline]]:
        """Work out a product's timelines and remember them."""
        series = self._series.get(product_id, {})
        own = {
            region_id
            for place_id in series
            if place_id > NATIONAL
            for region_id in (place_id, *self._cities.get(place_id, ()))
        }
        by_region = {
            region_id: _merged([found for _place, found in self.candidates(product_id, region_id)]) for region_id in own
        }
        by_tier = {
            tier: _merged([series[place] for place in _places_of_tier(tier) if place in series])
            for tier in {None, *self.tiers.values()}
        }
        self.compiled[product_id] = by_region, by_tier
        return by_region, by_tier

    def candidates(self, product_id: int, region_id: int) -> list[tuple[int, list[Band]]]:
        """The series that could decide, with their places, most specific first."""
        series = self._series.get(product_id, {})
        return [(place, series[place]) for place in self.places_of(region_id) if place in series]

    def places_of(self, region_id: int) -> list[int]:
        """The places a region belongs to, most specific first."""
        place = self._places[region_id]
        provinces = [] if place.province_id is None else [place.province_id]
        return [region_id, *provinces, *_places_of_tier(place.city_tier)]


class PromoIndex:
    """Promo prices per product, place and day."""

    def __init__(self, places: Mapping[int, Place], promos: Iterable[tuple[int, PromoPrice]]) -> None:
        """``promos`` gives product and promo price."""
        self._places = places
        self._by_product: dict[int, list[PromoPrice]] = defaultdict(list)
        for product_id, promo in promos:
            self._by_product[product_id].append(promo)
        self._by_day: dict[tuple[int, date], tuple[PromoPrice, ...]] = {}

    def of(self, product_id: int) -> tuple[PromoPrice, ...]:
        """Every promo price of a product, whenever and for whomever."""
        return tuple(self._by_product.get(product_id, ()))

    def covering(self, product_id: int, dealer_id: int, region_id: int, day: date) -> list[PromoPrice]:
        """The promo prices of a product that cover a dealer in a region on a day."""
        running = self._by_day.get((product_id, day))
        if running is None:
            running = self._by_day[product_id, day] = tuple(
                promo
                for promo in self._by_product.get(product_id, ())
                if promo.starts_on <= day and (promo.ends_on is None or day < promo.ends_on)
            )
        province_id = self._places[region_id].province_id
        return [promo for promo in running if not promo_gaps(promo, dealer_id, region_id, province_id, day)]


class RightsIndex:
    """Where each dealer may sell, and whether to businesses."""

    def __init__(
        self,
        places: Mapping[int, Place],
        territories: Iterable[tuple[int, int, Grant]],
        addenda: Iterable[tuple[int, Grant]],
    ) -> None:
        """``territories`` gives dealer, region and grant; ``addenda`` dealer and grant."""
        self._places = places
        self._granted: dict[int, dict[int, list[Grant]]] = {}
        for dealer_id, region_id, grant in territories:
            self._granted.setdefault(dealer_id, {}).setdefault(region_id, []).append(grant)
        self._addenda: dict[int, list[Grant]] = defaultdict(list)
        for dealer_id, grant in addenda:
            self._addenda[dealer_id].append(grant)
        self._in_region: dict[int, dict[int, tuple[Grant, ...]]] = {}

    def territory_on(self, dealer_id: int, region_id: int, day: date) -> int | None:
        """The grant that covers the region that day: the region's own before its province's, else None."""
        regions = self._in_region.get(dealer_id)
        if regions is None:
            regions = self._in_region[dealer_id] = {}
        grants = regions.get(region_id)
        if grants is None:
            grants = regions[region_id] = self.grants(dealer_id, region_id)
        for grant in grants:
            if grant.valid_from <= day and (grant.valid_to is None or day < grant.valid_to):
                return grant.id
        return None

    def grants(self, dealer_id: int, region_id: int) -> tuple[Grant, ...]:
        """Every grant that covers the region, whenever; the region's own first, then its province's, by age."""
        granted = self._granted.get(dealer_id, {})
        if not granted:
            return ()
        own = sorted(granted.get(region_id, ()), key=lambda grant: grant.id)
        province_id = self._places[region_id].province_id
        province = sorted(granted.get(province_id, ()), key=lambda grant: grant.id) if province_id is not None else []
        return (*own, *province)

    def addenda(self, dealer_id: int) -> tuple[Grant, ...]:
        """Every B2B addendum of a dealer, whenever."""
        return tuple(self._addenda.get(dealer_id, ()))

    def has_addendum_on(self, dealer_id: int, day: date) -> bool:
        """Whether a signed B2B addendum is in force that day."""
        return any(grant.holds_on(day) for grant in self._addenda.get(dealer_id, ()))


@dataclass(frozen=True, slots=True)
class VerdictIndex:
    """The parts together; :meth:`judge` is the rule with its facts found."""

    places: Mapping[int, Place]
    bands: BandIndex
    promos: PromoIndex
    rights: RightsIndex

    def judge(
        self,
        dealer_id: int,
        product_id: int,
        region_id: int,
        day: date,
        sold_at: int,
        reported_at: int,
        quantity: int,
        price: int,
        is_b2b: bool,
        late_after: int = LATE_AFTER,
    ) -> Judgement:
        """Find what the rule needs to know about a line sold on ``day``, and judge it."""
        rights = self.rights
        band = self.bands.on(product_id, region_id, day)
        promos = self.promos.covering(product_id, dealer_id, region_id, day)
        territory_id = rights.territory_on(dealer_id, region_id, day)
        lacks_addendum = is_b2b and not rights.has_addendum_on(dealer_id, day)
        found = judge(
            day,
            sold_at,
            reported_at,
            quantity,
            price,
            band,
            promos,
            territory_id is not None,
            lacks_addendum,
            late_after,
        )
        return Judgement(*found, territory_id)


def _places_of_tier(city_tier: int | None) -> list[int]:
    return [NATIONAL] if city_tier is None else [tier_place(city_tier), NATIONAL]


def _merged(series: list[list[Band]]) -> Timeline:
    """One timeline from series of bands, the most specific first. Bands of one series do not overlap."""
    edges = {band.valid_from for bands in series for band in bands}
    edges |= {band.valid_to for bands in series for band in bands if band.valid_to is not None}
    starts: list[date] = []
    deciding: list[Band | None] = [None]
    for edge in sorted(edges):
        band = next((found for bands in series if (found := _in_force(bands, edge)) is not None), None)
        if band is not deciding[-1]:
            starts.append(edge)
            deciding.append(band)
    return Timeline(starts, deciding)


def _in_force(bands: list[Band], day: date) -> Band | None:
    place = bisect_right(bands, day, key=lambda band: band.valid_from) - 1
    if place < 0:
        return None
    band = bands[place]
    return band if band.valid_to is None or day < band.valid_to else None
