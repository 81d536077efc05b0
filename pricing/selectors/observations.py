"""Market observations for people: those in sight, narrowed, sellers seen again and again, and suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Max, Min, Q, QuerySet

from dealers.choices import Role
from dealers.models import Dealer, Product
from dealers.selectors.visibility import visible_dealers
from pricing.choices import ObservationState, Verdict
from pricing.errors import ObservationNotFound
from pricing.models import MarketObservation, SellerAlias
from pricing.permissions import can
from pricing.rules.sellers import most_alike

#: How far back a seller's sightings are counted together.
REPEAT_DAYS = 90
MATCHED, UNMATCHED = "matched", "unmatched"


@dataclass(frozen=True, slots=True)
class ObservationWish:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    verdict: int | None = None
    matched: str = ""
    dealer: str = ""
    seller_key: str = ""
    words: str = ""


def visible_observations(user: Any) -> QuerySet[MarketObservation]:
    """The observations ``user`` may see. Dealers see none: most are about others.

    A channel manager sees those of its dealers and regions, those nobody has placed yet, and its own.
    """
    found = MarketObservation.objects.select_related("dealer", "product", "region", "recorded_by").order_by("-id")
    if not getattr(user, "is_authenticated", False) or getattr(user, "dealer_id", None) is not None:
        return found.none()
    if getattr(user, "is_hq_system", False):
        return found
    if not can(user, "observations.view"):
        return found.none()
    if user.role == Role.CHANNEL_MANAGER:
        own = user.regions.values("pk")
        placed_here = Q(region__in=own) | Q(region__parent__in=own) | Q(region__isnull=True)
        return found.filter(
            Q(dealer__in=visible_dealers(user).values("pk"))
            | Q(dealer__isnull=True) & placed_here
            | Q(recorded_by=user)
        )
    return found


def narrowed_observations(user: Any, wish: ObservationWish) -> QuerySet[MarketObservation]:
    """The observations in sight that fit, the newest first."""
    found = visible_observations(user)
    if wish.state:
        found = found.filter(state=wish.state)
    if wish.verdict is not None:
        found = found.filter(verdict=wish.verdict)
    if wish.matched:
        found = found.filter(dealer__isnull=wish.matched == UNMATCHED)
    if wish.dealer:
        found = found.filter(dealer__code=wish.dealer)
    if wish.seller_key:
        found = found.filter(seller_key=wish.seller_key)
    if wish.words:
        found = found.filter(
            Q(seller__icontains=wish.words) | Q(shop__icontains=wish.words) | Q(product__sku=wish.words)
        )
    return found


def observation_of(user: Any, key: int) -> MarketObservation:
    """One observation. Raises :class:`ObservationNotFound` also for one not to be seen."""
    found = visible_observations(user).select_related("picture", "band__region", "band__legal_basis", "decided_by")
    observation = found.select_related("promo_item__request", "region__parent").filter(pk=key).first()
    if observation is None:
        raise ObservationNotFound(key=key)
    return observation


def below_floor_since(user: Any, day: date) -> QuerySet[MarketObservation]:
    """What was seen below the floor from a day on and not dismissed."""
    return (
        visible_observations(user)
        .filter(verdict=Verdict.BELOW_FLOOR, seen_on__gte=day)
        .exclude(state=ObservationState.DISMISSED)
        .select_related(None)
        .order_by()
    )


@dataclass(frozen=True, slots=True)
class RepeatSeller:
    """A seller seen below the floor: how often, on how many days, how low, and whose it is if that is known."""

    seller_key: str
    seller: str
    platform: str
    dealer_id: int | None
    count: int
    days: int
    products: int
    lowest: Decimal
    deepest: Decimal
    latest: date


_PERCENT = DecimalField(max_digits=20, decimal_places=6)


def repeat_sellers(user: Any, today: date, *, most: int = 50) -> list[RepeatSeller]:
    """Who was seen below the floor most often in the last days, in one query; ``deepest`` is a share of the floor."""
    share = ExpressionWrapper(F("gap") / (F("price") + F("gap")), output_field=_PERCENT)
    rows = (
        below_floor_since(user, today - timedelta(days=REPEAT_DAYS))
        .values("seller_key", "dealer_id")
        .annotate(
            seller=Max("seller"),
            platform=Max("platform"),
            count=Count("pk"),
            days=Count("seen_on", distinct=True),
            products=Count("product", distinct=True),
            lowest=Min("price"),
            deepest=Max(share),
            latest=Max("seen_on"),
        )
        .order_by("-count", "-days", "seller_key")[:most]
    )
    return [RepeatSeller(**row) for row in rows]


def sightings_of_seller(user: Any, observation: MarketObservation, today: date) -> QuerySet[MarketObservation]:
    """The other sightings of the same seller (or dealer) in the last days, the newest first."""
    same = Q(seller_key=observation.seller_key)
    if observation.dealer_id:
        same |= Q(dealer_id=observation.dealer_id)
    since = today - timedelta(days=REPEAT_DAYS)
    found = visible_observations(user).filter(same, seen_on__gte=since).exclude(pk=observation.pk)
    return found.order_by("-seen_on", "-id")


def suggested_dealers(user: Any, observation: MarketObservation) -> list[Dealer]:
    """Dealers in sight whose name, or a confirmed name of whom, is most like the seller's. For a person to confirm."""
    dealers = visible_dealers(user).filter(pk__gt=0)
    known = list(dealers.values_list("pk", "name"))
    in_sight = {pk for pk, _name in known}
    aliases = SellerAlias.objects.exclude(key__startswith="shop:").values_list("dealer_id", "shown")
    known += [(dealer_id, shown) for dealer_id, shown in aliases if dealer_id in in_sight]
    wanted = [
        *most_alike(observation.seller, known),
        *(most_alike(observation.shop, known) if observation.shop else []),
    ]
    found = Dealer.objects.in_bulk(wanted)
    return [found[pk] for pk in dict.fromkeys(wanted)][:5]


def suggested_products(observation: MarketObservation) -> list[Product]:
    """Products whose name is most like what was shown."""
    if not observation.product_given:
        return []
    names = Product.objects.values_list("pk", "name_zh", "name_en")
    known = [(pk, name) for pk, name_zh, name_en in names for name in (name_zh, name_en)]
    wanted = most_alike(observation.product_given, known, least=0.3)
    found = Product.objects.in_bulk(wanted)
    return [found[pk] for pk in wanted]
