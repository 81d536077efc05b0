"""Which price bands a promotion meets, place by place.

For a city the most specific band counts: its own, else its province's, else its city tier's, else the national
one. A promotion covers many cities and days, so its price may meet several bands; each is named once with the number
of cities where it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.choices import BandScope

#: Places that meet the same bands: the city and the province where these have bands of their own, and the tier.
_Group = tuple[str | None, str | None, int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A city, or a province that has none on record. Codes are those of the region table."""

    code: str
    province: str | None
    city_tier: int | None


@dataclass(frozen=True, slots=True)
class Band:
    """A band as it was recorded; `until` is exclusive and open when None, like `basis_until`."""

    id: int
    sku: str
    scope: str
    region: str | None
    city_tier: int | None
    floor: Decimal
    ceiling: Decimal
    enforced: bool
    starts_on: date
    until: date | None
    basis: str = ""
    basis_until: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.until is None or day < self.until)

    def has_basis_on(self, day: date) -> bool:
        """Whether a legal basis lets the floor be enforced on that day."""
        return bool(self.basis) and (self.basis_until is None or day < self.basis_until)


@dataclass(frozen=True, slots=True)
class BandMeeting:
    """A promo price against one band it meets in `places` places. `gap` is the distance to the floor as a fraction."""

    sku: str
    price: Decimal
    band: Band
    places: int

    @property
    def gap(self) -> Decimal | None:
        return None if self.band.floor == 0 else (self.price - self.band.floor) / self.band.floor

    @property
    def is_below_floor(self) -> bool:
        return self.price < self.band.floor

    @property
    def is_above_ceiling(self) -> bool:
        return self.price > self.band.ceiling


@dataclass(frozen=True, slots=True)
class BandComparison:
    """One product of a request against all the bands it meets; `bare_places` have none on some day."""

    sku: str
    price: Decimal
    meetings: tuple[BandMeeting, ...]
    bare_places: int

    @property
    def tightest(self) -> BandMeeting | None:
        """The meeting with the highest floor, against which the price looks lowest."""
        return max(self.meetings, key=lambda meeting: (meeting.band.floor, -meeting.band.id), default=None)


def compare_with_bands(
    sku: str, price: Decimal, places: Sequence[Place], bands: Iterable[Band], starts_on: date, ends_on: date
) -> BandComparison:
    """Every band that `price` meets in `places` between `starts_on` and `ends_on` (exclusive), floors descending."""
    own = [band for band in bands if band.sku == sku]
    groups = _alike(places, own)
    counted: dict[int, set[_Group]] = {}
    bare: set[_Group] = set()
    for day in _days_of_change(own, starts_on, ends_on):
        in_force = [band for band in own if band.covers(day)]
        by_region = {band.region: band for band in in_force if band.scope == BandScope.REGION}
        by_tier = {band.city_tier: band for band in in_force if band.scope == BandScope.CITY_TIER}
        national = next((band for band in in_force if band.scope == BandScope.NATIONAL), None)
        for group in groups:
            city, province, tier = group
            band = (
                (by_region.get(city) if city else None)
                or (by_region.get(province) if province else None)
                or (by_tier.get(tier) if tier else None)
                or national
            )
            if band is None:
                bare.add(group)
            else:
                counted.setdefault(band.id, set()).add(group)
    by_id = {band.id: band for band in own}
    meetings = (
        BandMeeting(sku, price, by_id[id_], sum(groups[group] for group in where)) for id_, where in counted.items()
    )
    ordered = sorted(meetings, key=lambda meeting: (-meeting.band.floor, meeting.band.id))
    return BandComparison(sku, price, tuple(ordered), sum(groups[group] for group in bare))


def _alike(places: Iterable[Place], bands: Iterable[Band]) -> Counter[_Group]:
    """The places counted by what tells them apart among these bands: most have none of their own."""
    named = {band.region for band in bands if band.scope == BandScope.REGION}
    if not named:
        return Counter((None, None, place.city_tier) for place in places)
    return Counter(
        (
            place.code if place.code in named else None,
            place.province if place.province in named else None,
            place.city_tier,
        )
        for place in places
    )


def _days_of_change(bands: Iterable[Band], starts_on: date, ends_on: date) -> list[date]:
    """The first day of the window and every day in it on which another band comes into force or one ends."""
    changes = {starts_on}
    for band in bands:
        changes |= {day for day in (band.starts_on, band.until) if day and starts_on < day < ends_on}
    return sorted(changes)
