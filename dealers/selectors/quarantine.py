"""Refused lines a person may see, and how many wait to be corrected."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from dealers.choices import QuarantineState, Role
from dealers.models import QuarantinedLine
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers


def visible_quarantine(user: Any) -> QuerySet[QuarantinedLine]:
    """Newest first, with their deliveries. A dealer sees its own, also when HQ delivered them."""
    lines = QuarantinedLine.objects.select_related("delivery", "dealer", "resolved_by_delivery").order_by("-id")
    return lines.filter(_seen_by(user))


def open_lines_by_feed(user: Any) -> dict[str, int]:
    """How many lines wait to be corrected, by feed; feeds without any are absent."""
    waiting = visible_quarantine(user).filter(state=QuarantineState.OPEN).order_by()
    return dict(waiting.values_list("feed").annotate(count=Count("id")))


def _seen_by(user: Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    if user.dealer_id is not None:
        return Q(dealer_id=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return Q(delivery__dealer=None, delivery__delivered_by=user.label)
    if not can(user, "deliveries.view"):
        return Q(pk__in=[])
    if user.role == Role.CHANNEL_MANAGER:
        own = Q(delivery__dealer=None, delivery__delivered_by=user.get_username())
        return Q(dealer__in=visible_dealers(user).values("pk")) | own
    return Q()
