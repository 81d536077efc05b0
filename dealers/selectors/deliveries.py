"""Deliveries a person may see: the receipts of their own dealer, or of the dealers they look after."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from dealers.choices import Role
from dealers.models import FeedDelivery
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers


def visible_deliveries(user: Any) -> QuerySet[FeedDelivery]:
    """Newest first. HQ's own deliveries for many dealers are HQ's; channel managers and systems see those they made."""
    deliveries = FeedDelivery.objects.select_related("dealer", "intake").order_by("-received_at", "-id")
    return deliveries.filter(_seen_by(user))


def delivery_by_receipt(user: Any, receipt: str) -> FeedDelivery | None:
    """One receipt by its number, or None when there is none or it is not theirs."""
    return visible_deliveries(user).filter(receipt=receipt).first()


def _seen_by(user: Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    if user.dealer_id is not None:
        return Q(dealer_id=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return Q(dealer=None, delivered_by=user.label)
    if not can(user, "deliveries.view"):
        return Q(pk__in=[])
    if user.role == Role.CHANNEL_MANAGER:
        return Q(dealer__in=visible_dealers(user).values("pk")) | Q(dealer=None, delivered_by=user.get_username())
    return Q()
