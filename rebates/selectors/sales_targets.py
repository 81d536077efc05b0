"""The sales HQ expects of dealers, quarter by quarter."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dealers.foundation.periods import Quarter
from dealers.selectors.visibility import visible_dealers
from rebates.models import SalesTarget


def sales_targets(quarter: Quarter, *, dealer_ids: Collection[int] | None = None) -> dict[int, Decimal]:
    """By dealer the target that counts: the last one set. One query."""
    found = SalesTarget.objects.filter(quarter=str(quarter)).order_by("dealer_id", "-pk").distinct("dealer_id")
    if dealer_ids is not None:
        found = found.filter(dealer_id__in=dealer_ids)
    return dict(found.values_list("dealer_id", "amount"))


def visible_targets(user: Any) -> QuerySet[SalesTarget]:
    """Every target ever set for the dealers a person may see."""
    return SalesTarget.objects.filter(dealer__in=visible_dealers(user)).select_related("dealer")
