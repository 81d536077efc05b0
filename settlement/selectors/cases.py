"""Cases: which a person may see, narrowed for the queue, and one with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet

from settlement.errors import CaseNotFound
from settlement.models import Case, CaseEvidence
from settlement.permissions import can


def visible_cases(user: Any) -> QuerySet[Case]:
    """The cases a person may see: those who investigate, judge and audit see all; nobody else any for now.

    A dealer hears of a case when it is asked to reply, which is a step of its own.
    """
    if not can(user, "cases.view"):
        return Case.objects.none()
    return Case.objects.select_related("dealer", "opened_by").order_by("-id")


def narrowed_cases(user: Any, *, kind: str, state: str, priority: str, words: str) -> QuerySet[Case]:
    """The cases in sight that fit, the newest first; ``words`` is a number, or a dealer's code or name."""
    found = visible_cases(user)
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    if priority:
        found = found.filter(priority=priority)
    if words:
        named = found.filter(dealer__code__iexact=words) | found.filter(dealer__name__icontains=words)
        found = named | found.filter(number__iexact=words)
    return found


@dataclass(frozen=True, slots=True)
class Pieces:
    """How much evidence a case has, and when the latest came."""

    count: int
    latest: datetime


def pieces_of(cases: list[Case]) -> dict[int, Pieces]:
    """The evidence of some cases counted, in one query."""
    rows = CaseEvidence.objects.filter(case__in=cases).order_by().values("case")
    found = rows.annotate(pieces=Count("pk"), latest=Max("added_at")).values_list("case", "pieces", "latest")
    return {case: Pieces(pieces, latest) for case, pieces, latest in found}


def case_of(user: Any, number: str) -> Case:
    """One case. Raises :class:`CaseNotFound` also for one not to be seen."""
    found = visible_cases(user).filter(number=number).first()
    if found is None:
        raise CaseNotFound(key=number)
    return found


def evidence_in(case: Case) -> QuerySet[CaseEvidence]:
    """The evidence of a case, the latest first; the copies themselves are left unread."""
    return case.evidence.select_related("added_by").defer("snapshot").order_by("-id")
