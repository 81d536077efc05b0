"""Adjustments of settled amounts: which a person may see, and one of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from settlement.choices import AdjustmentState
from settlement.errors import AdjustmentNotFound
from settlement.models import Adjustment, AdjustmentFile
from settlement.permissions import can


def visible_adjustments(user: Any) -> QuerySet[Adjustment]:
    """The adjustments a person may see; a dealer sees them as lines of its statements, with their proof."""
    if not can(user, "adjustments.view"):
        return Adjustment.objects.none()
    return Adjustment.objects.select_related("dealer", "proposed_by", "decided_by", "line__statement__run").order_by(
        "-pk"
    )


def listed_adjustments(user: Any, *, state: str, words: str) -> QuerySet[Adjustment]:
    """The adjustments in sight that fit, the newest first."""
    found = visible_adjustments(user)
    if state in AdjustmentState.values:
        found = found.filter(state=state)
    if words:
        named = Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words)
        found = found.filter(named | Q(number__iexact=words))
    return found


def adjustment_of(user: Any, number: str) -> Adjustment:
    """One adjustment. Raises :class:`AdjustmentNotFound` also for one not to be seen."""
    found = visible_adjustments(user).select_related("credit__settlement").filter(number=number).first()
    if found is None:
        raise AdjustmentNotFound(key=number)
    return found


def adjustment_file(user: Any, number: str, pk: int) -> AdjustmentFile:
    """A file of an adjustment in sight. Raises :class:`AdjustmentNotFound`."""
    files = AdjustmentFile.objects.select_related("file").filter(adjustment=adjustment_of(user, number))
    found = files.filter(pk=pk).first()
    if found is None:
        raise AdjustmentNotFound(key=number)
    return found


def waiting_adjustments(user: Any) -> int:
    """How many adjustments this person can decide on now."""
    if not can(user, "adjustments.approve"):
        return 0
    return Adjustment.objects.filter(state=AdjustmentState.PROPOSED).exclude(proposed_by=user).count()
