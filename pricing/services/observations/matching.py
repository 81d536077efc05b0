"""Who the seller is, which product it was, and what the price means: found on recording, found again when learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.models import Dealer
from pricing.choices import ObservationState, SellerMatch
from pricing.models import MarketObservation, SellerAlias
from pricing.rules.observations import Comparison, compare
from pricing.rules.sellers import normal_name
from pricing.rules.verdict import Band, PromoPrice
from pricing.selectors.observations import REPEAT_DAYS
from pricing.selectors.standing_facts import StandingFacts, instant_number, micros, standing_facts

_MICRO = Decimal("0.000001")
#: Stands for a dealer or place nobody knows: promotions for all still cover it, promotions for some do not.
_NOBODY = -1
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class SellerBook:
    """Every name and shop that is known to be a dealer's, read once for many observations."""

    names: dict[str, int]
    aliases: dict[str, list[tuple[date | None, date | None, int]]]

    @classmethod
    def load(cls, keys: Iterable[str] | None = None) -> SellerBook:
        """All of them, or the aliases of some keys only. A name two dealers share is nobody's."""
        names: dict[str, int] = {}
        shared: set[str] = set()
        for pk, name in Dealer.objects.filter(pk__gt=0).values_list("pk", "name").iterator(chunk_size=5_000):
            key = normal_name(name)
            if names.setdefault(key, pk) != pk:
                shared.add(key)
        rows = SellerAlias.objects.all() if keys is None else SellerAlias.objects.filter(key__in=list(keys))
        aliases: dict[str, list[tuple[date | None, date | None, int]]] = {}
        for key, valid, dealer_id in rows.values_list("key", "valid", "dealer_id"):
            aliases.setdefault(key, []).append((valid.lower, valid.upper, dealer_id))
        return cls({key: pk for key, pk in names.items() if key not in shared}, aliases)

    def find(self, observation: MarketObservation) -> tuple[int | None, str]:
        """The dealer and how it was found: a confirmed name or shop goes before the dealer's own name."""
        for key in (observation.shop_key, observation.seller_key):
            for lower, upper, dealer_id in self.aliases.get(key, ()) if key else ():
                day = observation.seen_on
                if (lower is None or lower <= day) and (upper is None or day < upper):
                    return dealer_id, SellerMatch.ALIAS
        own = self.names.get(normal_name(observation.seller))
        return (own, SellerMatch.NAME) if own is not None else (None, "")


def match(observation: MarketObservation, sellers: SellerBook, facts: StandingFacts, at: datetime) -> None:
    """Set dealer and comparison of an observation, unsaved, by what is known now."""
    observation.dealer_id, observation.matched_by = sellers.find(observation)
    put_comparison(observation, facts, at)


def put_comparison(observation: MarketObservation, facts: StandingFacts, at: datetime) -> None:
    """Compare by the facts as they stand; without a product there is nothing to compare."""
    found = comparison_of(observation, facts)
    observation.verdict = found.verdict if found else None
    observation.band_id = found.band_id if found else None
    observation.promo_item_id = found.promo_item_id if found else None
    observation.gap = found.gap * _MICRO if found else None
    observation.holds = bool(found and found.holds)
    observation.compared_at = at


def comparison_of(observation: MarketObservation, facts: StandingFacts) -> Comparison | None:
    """What the rule says about a seen price; None while it is not known of which product it is."""
    product_id, region_id, day = observation.product_id, observation.region_id, observation.seen_on
    if product_id is None:
        return None
    band: Band | None
    promos: Sequence[PromoPrice]
    dealer_id = observation.dealer_id or _NOBODY
    if region_id is None:
        band = facts.index.bands.nationwide_on(product_id, day)
        promos = [promo for promo in facts.index.promos.of(product_id) if _covers(promo, dealer_id, day)]
    else:
        band = facts.index.bands.on(product_id, region_id, day)
        promos = facts.index.promos.covering(product_id, dealer_id, region_id, day)
    return compare(micros(observation.price), day, instant_number(observation.seen_at), band, promos)


def _covers(promo: PromoPrice, dealer_id: int, day: date) -> bool:
    in_window = promo.starts_on <= day and (promo.ends_on is None or day < promo.ends_on)
    return in_window and not promo.regions and (not promo.dealers or dealer_id in promo.dealers)


def match_again(observations: Iterable[MarketObservation], *, at: datetime) -> int:
    """Match stored observations anew after something was learned; how many have another dealer or verdict now."""
    facts = standing_facts()
    rows = list(observations)
    sellers = SellerBook.load({key for row in rows for key in (row.seller_key, row.shop_key) if key})
    changed = []
    for row in rows:
        before = (row.dealer_id, row.matched_by, row.verdict, row.gap, row.holds, row.band_id, row.promo_item_id)
        match(row, sellers, facts, at)
        if before != (row.dealer_id, row.matched_by, row.verdict, row.gap, row.holds, row.band_id, row.promo_item_id):
            changed.append(row)
    MarketObservation.objects.bulk_update(
        changed, ["dealer", "matched_by", "verdict", "band", "promo_item", "gap", "holds", "compared_at"], 500
    )
    return len(changed)


def match_recent_observations(*, at: datetime) -> int:
    """Match anew what was seen lately and nobody has decided about: bands, promotions and dealers' names may have
    changed since. Returns how many came out otherwise.
    """
    since = business_day(at) - timedelta(days=REPEAT_DAYS)
    undecided = MarketObservation.objects.filter(state=ObservationState.RECORDED, seen_on__gte=since)
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            rows = list(undecided.filter(pk__gt=last).order_by("pk").select_for_update()[:_AT_ONCE])
            if not rows:
                return changed
            changed += match_again(rows, at=at)
            last = rows[-1].pk
