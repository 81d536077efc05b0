"""What a seen price means beside the band in force at its place and day, and when two sightings are one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dealers.foundation.digest import sha256_hex
from dealers.foundation.money import round_rate
from pricing.rules.sellers import seller_key, shop_key
from pricing.rules.verdict import ABOVE_CEILING, BELOW_FLOOR, NOT_ENFORCED, Band, PromoPrice, judge


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on a seen price; ``gap`` in micro-yuan is how far it lies outside the band, 0 within.

    ``holds`` is whether the edge could be held against a dealer that day: a recommended band, or a floor without a
    legal basis in force, is information only.
    """

    verdict: int
    gap: int
    holds: bool
    band_id: int | None
    promo_item_id: int | None


def compare(price: int, day: date, seen_at: int, band: Band | None, promos: Iterable[PromoPrice]) -> Comparison:
    """Compare a seen price with the band and the promotions that cover its place and day.

    The same rule that judges reported lines; what else it would flag (territory, addendum, lateness) cannot be seen
    from outside.
    """
    found, flags, band_id, promo_id = judge(day, seen_at, seen_at, 1, price, band, promos, True, False)
    gap = 0
    if band is not None and found == BELOW_FLOOR:
        gap = band.floor - price
    elif band is not None and found == ABOVE_CEILING:
        gap = price - band.ceiling
    return Comparison(found, gap, bool(gap) and not flags & NOT_ENFORCED, band_id, promo_id)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What tells one sighting from another: the same seller, page, product, place, day and price are one."""

    platform: str
    seller: str
    shop_link: str
    link: str
    region: str
    product: str
    day: date
    price: Decimal


def fingerprint(seen: Sighting) -> str:
    """The same for two sightings that are one, whoever recorded them and by whichever door.

    ``product`` is the SKU when it is known, so that a barcode and a name for the same thing agree.
    """
    return sha256_hex(
        [
            seller_key(seen.platform, seen.seller),
            shop_key(seen.shop_link),
            seen.link.strip().rstrip("/"),
            seen.region,
            seen.product.strip().casefold(),
            seen.day,
            round_rate(seen.price),
        ]
    )
