"""Suppressions: which are in force, and which a person may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from settlement.choices import SignalRule
from settlement.models import SignalSuppression
from settlement.permissions import can


def in_force(at: datetime) -> Q:
    """The condition that a suppression is in force at an instant."""
    return Q(span__contains=at) & (Q(lifted_at__isnull=True) | Q(lifted_at__gt=at))


def suppressions_at(at: datetime, rule: SignalRule) -> dict[int, int]:
    """The suppressions of a rule in force at an instant: by dealer, its key."""
    return dict(SignalSuppression.objects.filter(in_force(at), rule=rule).values_list("dealer_id", "pk"))


def visible_suppressions(user: Any) -> QuerySet[SignalSuppression]:
    """Every suppression there ever was, the newest first, for those who see signals."""
    if not can(user, "signals.view"):
        return SignalSuppression.objects.none()
    return SignalSuppression.objects.select_related("dealer", "created_by", "lifted_by").order_by("-id")
