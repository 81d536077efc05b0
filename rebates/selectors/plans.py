"""The corrective plans a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.selectors.visibility import visible_dealers
from rebates.models import CorrectivePlan
from rebates.permissions import can


def visible_plans(user: Any) -> QuerySet[CorrectivePlan]:
    """Plans of the dealers in sight, with dealer and card; a dealer sees its own."""
    if not can(user, "scorecards.view"):
        return CorrectivePlan.objects.none()
    return CorrectivePlan.objects.filter(dealer__in=visible_dealers(user)).select_related("dealer", "card__card")
