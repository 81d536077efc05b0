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
    day: date,
    sold_at: int,
    reported_at: int,
    quantity: int,
    price: int,
    band: Band | None,
    promos: Iterable[PromoPrice],
    in_territory: bool,
    lacks_addendum: bool,
    late_after: int = LATE_AFTER,
) -> tuple[int, int, int | None, int | None]:
    """Verdict, flags, deciding band and promotion of one line.

    ``band`` is the one in force for the line; ``promos`` are those that cover its dealer, place and day (see
    :func:`promo_gaps`); ``lacks_addendum`` is a sale to a business without an addendum in force. A return is not
    judged on price; where and how it was sold, and when it was reported, still show.
    """
    flags = 0 if in_territory else OUT_OF_TERRITORY
    if lacks_addendum:
        flags |= B2B_WITHOUT_ADDENDUM
    if reported_at - sold_at > late_after:
        flags |= LATE_REPORT
    if quantity < 0:
        return RETURN, flags, None, None
    if band is None:
        return NO_BAND, flags, None, None
    if price < band.floor:
        promo = deciding_promo(promos, sold_at, price)
        if promo is not None:
            return PROMO, flags, band.id, promo.id
        if not floor_is_enforced(band, day):
            flags |= NOT_ENFORCED
        return BELOW_FLOOR, flags, band.id, None
    if price > band.ceiling:
        if not band.enforced:
            flags |= NOT_ENFORCED
        return ABOVE_CEILING, flags, band.id, None
    return IN_BAND, flags, band.id, None


def floor_is_enforced(band: Band, day: date) -> bool:
    """Whether a sale below the floor on that day may be held against the dealer: only with a legal basis in force."""
    return band.enforced and band.has_basis and (band.basis_until is None or day < band.basis_until)


def deciding_promo(promos: Iterable[PromoPrice], sold_at: int, price: int) -> PromoPrice | None:
    """The promotion that allows the price, or None.

    When several do, the one with the highest promo price decides: it concedes least and needs no other; among
    equal prices the one recorded first.
    """
    fitting = [promo for promo in promos if not promo_refusals(promo, sold_at, price)]
    return min(fitting, key=lambda promo: (-promo.price, promo.id), default=None)


def promo_refusals(promo: PromoPrice, sold_at: int, price: int) -> tuple[str, ...]:
    """Why a promotion that covers the line does not allow it, as codes; nothing when it does."""
    refusals = []
    if promo.approved_at >= sold_at:
        refusals.append("approved_after_sale")
    if promo.withdrawn_at is not None and promo.withdrawn_at <= sold_at:  # in force up to that instant
        refusals.append("withdrawn_before_sale")
    if price < promo.price:
        refusals.append("below_promo_price")
    return tuple(refusals)


def promo_gaps(
    promo: PromoPrice, dealer_id: int, region_id: int, province_id: int | None, day: date
) -> tuple[str, ...]:
    """What keeps a promotion from covering dealer, place or day, as codes; nothing when it covers them."""
    gaps = []
    if day < promo.starts_on or (promo.ends_on is not None and day >= promo.ends_on):
        gaps.append("outside_window")
    if promo.dealers and dealer_id not in promo.dealers:
        gaps.append("other_dealers")
    if promo.regions and region_id not in promo.regions and province_id not in promo.regions:
        gaps.append("other_regions")
    return tuple(gaps)


def earns(verdict: int, flags: int) -> bool:
    """Whether a line belongs to the base of sales rebates: no excluding flag, and no breach that is enforced."""
    if flags & EXCLUDING:
        return False
    return verdict not in _BREACHES or bool(flags & NOT_ENFORCED)


def is_breach(verdict: int, flags: int) -> bool:
    """Whether a line is a price violation that may be held against the dealer."""
    return verdict in _BREACHES and not flags & NOT_ENFORCED


counts_as_compliant = earns
