"""The verdict on one reported sale line (rulebook section 3).

Prices are whole micro-yuan, instants whole microseconds since 1970, days are days of the business zone; every
range is half-open. :mod:`pricing.rules.index` finds the band, the promotions and the territory that these
functions decide about; live intake, judging again and backtests all come through here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# The stored numbers of pricing.choices.Verdict and Flag; a test keeps them equal.
IN_BAND, PROMO, BELOW_FLOOR, ABOVE_CEILING, NO_BAND, RETURN = 1, 2, 3, 4, 5, 6
OUT_OF_TERRITORY, B2B_WITHOUT_ADDENDUM, LATE_REPORT, NOT_ENFORCED = 1, 2, 4, 8

#: Flags that keep a line out of every rebate base.
EXCLUDING = OUT_OF_TERRITORY | B2B_WITHOUT_ADDENDUM
_BREACHES = (BELOW_FLOOR, ABOVE_CEILING)

#: A line reported later than this after the sale is flagged; in microseconds.
LATE_AFTER = 7 * 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Band:
    """Floor and ceiling of a product somewhere; both ends are allowed prices."""

    id: int
    floor: int
    ceiling: int
    enforced: bool
    #: Whether a legal basis for enforcing the floor is recorded, and the first day it no longer holds.
    has_basis: bool
    basis_until: date | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PromoPrice:
    """A promo price of one product. No dealers or no regions means all of them."""

    id: int
    price: int
    starts_on: date
    ends_on: date | None
    approved_at: int
    withdrawn_at: int | None
    dealers: frozenset[int]
    regions: frozenset[int]


class Judgement(NamedTuple):
    """What was found about a line, and by which band, promotion and territory."""

    verdict: int
    flags: int
    band_id: int | None
    promo_item_id: int | None
    territory_id: int | None


def judge(
    dealer_id: int,
    region_id: int,
    province_id: int | None,
    day: date,
    sold_at: int,
    reported_at: int,
    quantity: int,
    price: int,
    is_b2b: bool,
    band: Band | None,
    promos: Iterable[PromoPrice],
    territory_id: int | None,
    has_addendum: bool,
    late_after: int = LATE_AFTER,
) -> Judgement:
    """Judge one line by the band in force for it, the product's promotions and the dealer's rights that day.

    A return is not judged on price; where and how it was sold, and when it was reported, still show.
    """
    flags = 0 if territory_id is not None else OUT_OF_TERRITORY
    if is_b2b and not has_addendum:
        flags |= B2B_WITHOUT_ADDENDUM
    if reported_at - sold_at > late_after:
        flags |= LATE_REPORT
    if quantity < 0:
        return Judgement(RETURN, flags, None, None, territory_id)
    if band is None:
        return Judgement(NO_BAND, flags, None, None, territory_id)
    if price < band.floor:
        promo = deciding_promo(promos, dealer_id, region_id, province_id, day, sold_at, price)
        if promo is not None:
            return Judgement(PROMO, flags, band.id, promo.id, territory_id)
        if not floor_is_enforced(band, day):
            flags |= NOT_ENFORCED
        return Judgement(BELOW_FLOOR, flags, band.id, None, territory_id)
    if price > band.ceiling:
        if not band.enforced:
            flags |= NOT_ENFORCED
        return Judgement(ABOVE_CEILING, flags, band.id, None, territory_id)
    return Judgement(IN_BAND, flags, band.id, None, territory_id)


def floor_is_enforced(band: Band, day: date) -> bool:
    """Whether a sale below the floor on that day may be held against the dealer: only with a legal basis in force."""
    return band.enforced and band.has_basis and (band.basis_until is None or day < band.basis_until)


def deciding_promo(
    promos: Iterable[PromoPrice],
    dealer_id: int,
    region_id: int,
    province_id: int | None,
    day: date,
    sold_at: int,
    price: int,
) -> PromoPrice | None:
    """The promotion that allows the price, or None.

    When several do, the one with the highest promo price decides: it concedes least and needs no other; among
    equal prices the one recorded first.
    """
    best: PromoPrice | None = None
    for promo in promos:
        if promo_obstacles(promo, dealer_id, region_id, province_id, day, sold_at, price):
            continue
        if best is None or (-promo.price, promo.id) < (-best.price, best.id):
            best = promo
    return best


def promo_obstacles(
    promo: PromoPrice,
    dealer_id: int,
    region_id: int,
    province_id: int | None,
    day: date,
    sold_at: int,
    price: int,
) -> tuple[str, ...]:
    """Why a promotion does not allow this sale, as codes; nothing when it does."""
    obstacles = []
    if day < promo.starts_on or (promo.ends_on is not None and day >= promo.ends_on):
        obstacles.append("outside_window")
    if promo.approved_at >= sold_at:
        obstacles.append("approved_after_sale")
    if promo.withdrawn_at is not None and promo.withdrawn_at < sold_at:
        obstacles.append("withdrawn_before_sale")
    if promo.dealers and dealer_id not in promo.dealers:
        obstacles.append("other_dealers")
    if promo.regions and region_id not in promo.regions and province_id not in promo.regions:
        obstacles.append("other_regions")
    if price < promo.price:
        obstacles.append("below_promo_price")
    return tuple(obstacles)


def earns(verdict: int, flags: int) -> bool:
    """Whether a line belongs to the base of sales rebates: no excluding flag, and no breach that is enforced."""
    if flags & EXCLUDING:
        return False
    return verdict not in _BREACHES or bool(flags & NOT_ENFORCED)


def is_breach(verdict: int, flags: int) -> bool:
    """Whether a line is a price violation that may be held against the dealer."""
    return verdict in _BREACHES and not flags & NOT_ENFORCED


counts_as_compliant = earns
