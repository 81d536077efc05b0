"""Refused lines a person may see, and how many wait to be corrected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from dealers.choices import QuarantineState, Role
from dealers.models import QuarantinedLine
from dealers.permissions import can
from dealers.rules.ageing import AGE_STEPS, AgeStep
from dealers.selectors.visibility import visible_dealers


def visible_quarantine(user: Any) -> QuerySet[QuarantinedLine]:
    """Newest first, with their deliveries. A dealer sees its own, also when HQ delivered them."""
    lines = QuarantinedLine.objects.select_related("delivery", "dealer", "resolved_by_delivery").order_by("-id")
    return lines.filter(_seen_by(user))


def open_lines_by_feed(user: Any) -> dict[str, int]:
    """How many lines wait to be corrected, by feed; feeds without any are absent."""
    waiting = visible_quarantine(user).filter(state=QuarantineState.OPEN).order_by()
    return dict(waiting.values_list("feed").annotate(count=Count("id")))


def waiting_by_age(lines: QuerySet[QuarantinedLine], at: datetime) -> dict[str, int]:
    """How many of these lines wait, by the steps of their age; one query."""
    counts = {step.key: Count("id", filter=refused_within(step, at)) for step in AGE_STEPS}
    found: dict[str, int] = lines.filter(state=QuarantineState.OPEN).order_by().aggregate(**counts)
    return found


def refused_within(step: AgeStep, at: datetime) -> Q:
    """Lines whose age falls into a step."""
    within = Q(refused_at__gt=at - timedelta(days=step.until)) if step.until is not None else Q()
    return within & Q(refused_at__lte=at - timedelta(days=step.days)) if step.days else within


def waiting_by_reason(lines: QuerySet[QuarantinedLine], most: int) -> list[dict[str, Any]]:
    """Feeds and reasons of open lines with their counts, the oldest instant and an example's id, the most first."""
    counted = lines.select_related(None).filter(state=QuarantineState.OPEN).order_by().values("feed", "code")
    found = counted.annotate(lines=Count("id"), oldest=Min("refused_at"), example=Max("id"))
    return [{**row} for row in found.order_by("-lines", "code")[:most]]


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
