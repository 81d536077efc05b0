"""Reading scorecards: the newest editions, those that stand, and what a person may see of them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from dealers.foundation.periods import Quarter
from dealers.selectors.visibility import visible_dealers
from rebates.models import PublishedScorecard, Scorecard
from rebates.permissions import can


def latest_editions(quarter: Quarter) -> QuerySet[Scorecard]:
    """The newest edition of every card of a quarter."""
    newest = Scorecard.objects.filter(quarter=OuterRef("quarter"), dealer=OuterRef("dealer")).order_by("-edition")
    of_quarter = Scorecard.objects.filter(quarter=str(quarter)).annotate(newest=Subquery(newest.values("edition")[:1]))
    return of_quarter.filter(edition=F("newest"))


def visible_cards(user: Any) -> QuerySet[PublishedScorecard]:
    """The published cards of the dealers a person, or a system by its scope, may see; a dealer sees its own."""
    if user.role is not None and not can(user, "scorecards.view"):
        return PublishedScorecard.objects.none()
    return PublishedScorecard.objects.filter(dealer__in=visible_dealers(user)).select_related("dealer", "card")
