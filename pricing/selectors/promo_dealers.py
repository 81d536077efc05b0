"""Dealers to take part in a promotion of headquarters, chosen by where they sell and by their tier."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from dealers.choices import DealerState
from dealers.models import Dealer, DealerTier, Territory
from dealers.selectors.visibility import visible_dealers
from pricing.errors import NoDealerMatches


def dealers_chosen(user: Any, *, regions: Collection[str], tiers: Collection[str], on: date) -> list[Dealer]:
    """The active dealers ``user`` may see that have one of these regions and one of these tiers on that day.

    A region is a dealer's home or territory; a province stands for its cities. An empty choice does not restrict;
    both empty choose nobody. One query.
    """
    if not regions and not tiers:
        return []
    found = visible_dealers(user).filter(state=DealerState.ACTIVE)
    if regions:
        granted = Territory.objects.filter(
            Q(region__code__in=regions) | Q(region__parent__code__in=regions), dealer=OuterRef("pk"), valid__contains=on
        )
        at_home = Q(home_region__code__in=regions) | Q(home_region__parent__code__in=regions)
        found = found.filter(at_home | Exists(granted))
    if tiers:
        held = DealerTier.objects.filter(dealer=OuterRef("pk"), tier__in=tiers, valid__contains=on)
        found = found.filter(Exists(held))
    return list(found.order_by("code"))


def codes_with_chosen(
    user: Any, codes: Collection[str], *, regions: Collection[str], tiers: Collection[str], on: date
) -> tuple[str, ...]:
    """The codes named together with those chosen by region and tier.

    Raises :class:`~pricing.errors.NoDealerMatches` when a choice meets nobody: none named would mean all dealers.
    """
    if not regions and not tiers:
        return tuple(codes)
    chosen = dealers_chosen(user, regions=regions, tiers=tiers, on=on)
    if not chosen:
        raise NoDealerMatches
    return tuple(dict.fromkeys([*codes, *(dealer.code for dealer in chosen)]))
