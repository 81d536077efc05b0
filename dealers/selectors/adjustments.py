"""Declared changes of stock that a person may see, and how transfers between dealers fit together for HQ."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.choices import Role
from dealers.models import StockAdjustment
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers


def visible_adjustments(user: Any) -> QuerySet[StockAdjustment]:
    """The lines as they stand, the newest occurrence first; a dealer sees its own."""
    lines = StockAdjustment.objects.order_by("-occurred_at", "dealer_id", "doc_no", "line_no")
    if not getattr(user, "is_authenticated", False):
        return lines.none()
    if user.dealer_id is not None:
        return lines.filter(dealer_id=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return lines
    if not can(user, "stock.view"):
        return lines.none()
    if user.role == Role.CHANNEL_MANAGER:
        return lines.filter(dealer_id__in=visible_dealers(user).values("pk"))
    return lines
