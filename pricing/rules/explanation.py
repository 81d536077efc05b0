"""Why a line got its verdict: every band, promotion and right that was considered, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pricing.rules.index import VerdictIndex
from pricing.rules.verdict import LATE_AFTER, Judgement, floor_is_enforced, promo_gaps, promo_refusals


@dataclass(frozen=True, slots=True)
class Considered:
    """One candidate. ``outcome`` is ``decided`` or ``lost``; ``reasons`` are codes.

    Kinds: ``band``, ``promo``, ``territory``, ``addendum``. A band loses for ``not_in_force`` or
    ``less_specific``; a promotion for the obstacles of the rule, ``not_needed`` when the price is not below the
    floor, or ``other_promo_preferred``; a right for ``not_in_force`` or ``other_grant_preferred``. A deciding
    band may carry ``recommended`` or ``no_legal_basis``.
    """

    kind: str
    id: int
    outcome: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with everything that was considered for it; ``late_by`` is in microseconds, 0 when in time."""

    judgement: Judgement
    considered: tuple[Considered, ...]
    late_by: int


def explain(
    index: VerdictIndex,
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
) -> Explanation:
    """Judge a line as :meth:`VerdictIndex.judge` does, and say how it came about."""
    judgement = index.judge(
        dealer_id, product_id, region_id, day, sold_at, reported_at, quantity, price, is_b2b, late_after
    )
    considered: list[Considered] = []
    if quantity > 0:
        considered += _bands(index, judgement, product_id, region_id, day)
        considered += _promos(index, judgement, dealer_id, product_id, region_id, day, sold_at, price)
    for grant in index.rights.grants(dealer_id, region_id):
        reason = "other_grant_preferred" if grant.holds_on(day) else "not_in_force"
        considered.append(_one("territory", grant.id, grant.id == judgement.territory_id, reason))
    if is_b2b:
        for grant in index.rights.addenda(dealer_id):
            considered.append(_one("addendum", grant.id, grant.holds_on(day), "not_in_force"))
    late_by = max(0, reported_at - sold_at - late_after)
    return Explanation(judgement, tuple(considered), late_by)


def _bands(index: VerdictIndex, judgement: Judgement, product_id: int, region_id: int, day: date) -> list[Considered]:
    found = []
    for _place, series in index.bands.candidates(product_id, region_id):
        for band in series:
            if band.id == judgement.band_id:
                remarks = []
                if not band.enforced:
                    remarks.append("recommended")
                elif not floor_is_enforced(band, day):
                    remarks.append("no_legal_basis")
                found.append(Considered("band", band.id, "decided", tuple(remarks)))
            else:
                in_force = band.valid_from <= day and (band.valid_to is None or day < band.valid_to)
                found.append(Considered("band", band.id, "lost", ("less_specific" if in_force else "not_in_force",)))
    return found


def _promos(
    index: VerdictIndex,
    judgement: Judgement,
    dealer_id: int,
    product_id: int,
    region_id: int,
    day: date,
    sold_at: int,
    price: int,
) -> list[Considered]:
    found = []
    province_id = index.places[region_id].province_id
    band = index.bands.on(product_id, region_id, day)
    for promo in index.promos.of(product_id):
        obstacles = promo_gaps(promo, dealer_id, region_id, province_id, day) + promo_refusals(promo, sold_at, price)
        if promo.id == judgement.promo_item_id:
            found.append(Considered("promo", promo.id, "decided"))
        elif obstacles:
            found.append(Considered("promo", promo.id, "lost", obstacles))
        else:
            needed = band is not None and price < band.floor
            found.append(Considered("promo", promo.id, "lost", ("other_promo_preferred" if needed else "not_needed",)))
    return found


def _one(kind: str, id: int, decided: bool, reason: str) -> Considered:
    return Considered(kind, id, "decided") if decided else Considered(kind, id, "lost", (reason,))
