"""Which promotion came nearest to allowing a price below the floor, and what it lacked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pricing.rules.verdict import PromoPrice, promo_gaps, promo_refusals


@dataclass(frozen=True, slots=True)
class NearPromo:
    """A promotion and the codes of what kept it from allowing the price."""

    id: int
    gaps: tuple[str, ...]


def nearest_promo(
    promos: Iterable[PromoPrice],
    dealer_id: int,
    region_id: int,
    province_id: int | None,
    day: date,
    sold_at: int,
    price: int,
) -> NearPromo | None:
    """The promotion of the product that lacked exactly one thing; None when every one lacked more.

    Of several the one with the lowest price, then the one recorded first. One that lacked two things covered the
    sale in no sense a dealer could have relied on.
    """
    near = []
    for promo in promos:
        gaps = promo_gaps(promo, dealer_id, region_id, province_id, day) + promo_refusals(promo, sold_at, price)
        if len(gaps) == 1:
            near.append((promo.price, promo.id, gaps))
    if not near:
        return None
    _price, id, gaps = min(near)
    return NearPromo(id, gaps)
