"""The dealers as lists show them: with today's tier and whether supply is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from dealers.models import Contract, Dealer, DealerTier, Region, SupplyHold
from dealers.selectors.visibility import visible_dealers


@dataclass(frozen=True, slots=True)
class DealerWish:
    """What a list of dealers is narrowed to; empty means all. ``region`` is a code, a province covers its cities."""

    words: str = ""
    tier: str = ""
    industry: str = ""
    state: str = ""
    held: str = ""
    region: str = ""


def listed_dealers(user: Any, wish: DealerWish, *, on: date) -> QuerySet[Dealer]:
    """The dealers in sight that fit, with ``tier_now``, ``open_kinds`` (of holds) and ``contracted``."""
    tier = DealerTier.objects.filter(dealer=OuterRef("pk"), valid__contains=on).values("tier")[:1]
    open_holds = SupplyHold.objects.filter(dealer=OuterRef("pk"), lifted_at__isnull=True)
    kinds = open_holds.order_by().values("dealer").annotate(kinds=ArrayAgg("kind", distinct=True)).values("kinds")
    dealers = (
        visible_dealers(user)
        .select_related("home_region")
        .annotate(
            tier_now=Subquery(tier),
            open_kinds=Subquery(kinds),
            contracted=Exists(Contract.objects.filter(dealer=OuterRef("pk"), valid__contains=on)),
        )
        .order_by("code")
    )
    if wish.words:
        dealers = dealers.filter(
            Q(code__icontains=wish.words) | Q(name__icontains=wish.words) | Q(uscc__icontains=wish.words)
        )
    if wish.tier:
        dealers = dealers.filter(tier_now=wish.tier)
    if wish.industry:
        dealers = dealers.filter(industry=wish.industry)
    if wish.state:
        dealers = dealers.filter(state=wish.state)
    if wish.region:
        dealers = dealers.filter(Q(home_region__code=wish.region) | Q(home_region__parent__code=wish.region))
    if wish.held == "yes":
        dealers = dealers.filter(Exists(open_holds))
    elif wish.held == "no":
        dealers = dealers.filter(~Exists(open_holds))
    return dealers


def provinces() -> QuerySet[Region]:
    """Every province, by code."""
    return Region.objects.filter(parent__isnull=True, kind="province").order_by("code")
