"""What waits in cases and for whom, what similar cases came to, and where judges took less than in full.

The work queue of investigators, the docket of judges and the list of dealers are groups of one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Abs

from settlement.choices import CasePriority, CaseState
from settlement.models import Case, CaseDecision
from settlement.selectors.cases import visible_cases

_SIMILAR = 8

#: Since when a judge may decide is either on record, or the dealer's time is over and the clock has not come by yet.
_READY = Q(state=CaseState.DEALER_REPLY, ready_at__isnull=False)
#: Groups a list offers, by name: who is to move.
GROUPS: Mapping[str, Q] = {
    "new": Q(state=CaseState.OPENED),
    "investigation": Q(state__in=(CaseState.OPENED, CaseState.INVESTIGATING)),
    "dealer": Q(state=CaseState.DEALER_REPLY, ready_at__isnull=True),
    "judge": _READY
    | Q(state=CaseState.DISMISSAL_PROPOSED)
    | Q(held_back_at__isnull=False)
    | Q(review_since__isnull=False),
    "appeal": Q(state=CaseState.APPEALED),
    "over": Q(
        state__in=(
            CaseState.DECIDED,
            CaseState.APPLIED,
            CaseState.UPHELD,
            CaseState.OVERTURNED,
            CaseState.DISMISSED,
            CaseState.MERGED,
        )
    ),
}


@dataclass(frozen=True, slots=True)
class CaseWish:
    """What a list is narrowed to; ``mine`` are the cases the person owns."""

    group: str = ""
    kind: str = ""
    priority: str = ""
    words: str = ""
    mine: bool = False


def listed_cases(user: Any, wish: CaseWish) -> QuerySet[Case]:
    """The cases in sight that fit: urgent ones first, then by deadline, those without any last."""
    found = visible_cases(user)
    if wish.group in GROUPS:
        found = found.filter(GROUPS[wish.group])
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.priority:
        found = found.filter(priority=wish.priority)
    if wish.mine:
        found = found.filter(owner=user)
    if wish.words:
        named = Q(dealer__code__iexact=wish.words) | Q(dealer__name__icontains=wish.words)
        found = found.filter(named | Q(number__iexact=wish.words))
    urgent = Choice(When(priority=CasePriority.HIGH, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(urgent, F("due_at").asc(nulls_last=True), "-pk")


@dataclass(frozen=True, slots=True)
class CasesWaiting:
    """How many cases wait for whom, and how many of them are late."""

    by_group: Mapping[str, int]
    late: int
    mine: int


def waiting_cases(user: Any, *, at: datetime) -> CasesWaiting:
    """The cases in sight, counted by one query."""
    cases = visible_cases(user).order_by()
    groups = {name: Count("pk", filter=fits) for name, fits in GROUPS.items() if name != "over"}
    late = Q(due_at__lte=at) & ~Q(state__in=(CaseState.DECIDED, CaseState.APPLIED))
    found = cases.aggregate(
        late=Count("pk", filter=late), mine=Count("pk", filter=Q(owner=user.pk, outcome="")), **groups
    )
    return CasesWaiting({name: found[name] for name in groups}, found["late"], found["mine"])


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
