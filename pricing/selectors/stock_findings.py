"""Findings of the stock check that a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.choices import Role
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers
from pricing.models import StockFinding


def visible_stock_findings(user: Any) -> QuerySet[StockFinding]:
    """The newest first. They are for HQ to look into; a dealer sees its own roll-forward with the same figures."""
    found = StockFinding.objects.order_by("-id")
    if not getattr(user, "is_authenticated", False) or user.dealer_id is not None:
        return found.none()
    if getattr(user, "is_hq_system", False):
        return found
    if not can(user, "stock.view"):
        return found.none()
    if user.role == Role.CHANNEL_MANAGER:
        return found.filter(dealer_id__in=visible_dealers(user).values("pk"))
    return found
