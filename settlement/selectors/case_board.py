"""What similar cases came to, and where judges took less than in full."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Abs

from settlement.models import Case, CaseDecision
from settlement.selectors.cases import visible_cases

_SIMILAR = 8


def similar_cases(case: Case, *, near: Decimal) -> list[CaseDecision]:
    """How the nearest decided cases of the same kind came out, the one with the nearest proven loss first.

    For headquarters only: other dealers are named.
    """
    decided = CaseDecision.objects.filter(kind=case.kind).exclude(case=case.pk)
    decided = decided.select_related("case__dealer", "decided_by")
    nearest = decided.annotate(distance=Abs(F("proven_loss") - Value(near))).order_by("distance", "-decided_at")
    return list(nearest[:_SIMILAR])


def overrides(user: Any) -> QuerySet[CaseDecision]:
    """The decisions in sight that took less than in full, or were taken though out of proportion, the newest first."""
    found = CaseDecision.objects.filter(case__in=visible_cases(user).order_by())
    found = found.exclude(override_reason="") | found.filter(disproportionate=True)
    return found.select_related("case__dealer", "decided_by").order_by("-decided_at", "-pk")
