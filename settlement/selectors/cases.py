"""Cases: which a person may see, narrowed for the queue, and one with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Func, JSONField, Max, Q, QuerySet

from dealers.models import StoredFile
from dealers.principals import MachineClient
from settlement.choices import DeliveryProof
from settlement.errors import CaseNotFound
from settlement.models import Case, CaseDelivery, CaseEntry, CaseEvidence, CaseFile, CaseNote
from settlement.permissions import can
from settlement.rules.case_life import INTERNAL_STEPS, CaseAct


def visible_cases(user: Any) -> QuerySet[Case]:
    """The cases a person may see: those who investigate, judge, hear appeals and audit see all.

    A dealer sees its own from the moment it is asked to reply, and never one that ended before.
    """
    cases = Case.objects.select_related("dealer", "opened_by", "owner").order_by("-id")
    if getattr(user, "dealer_id", None) is not None:
        own = cases.filter(dealer=user.dealer_id, heard_at__isnull=False)
        return own if isinstance(user, MachineClient) or can(user, "cases.own") else cases.none()
    if isinstance(user, MachineClient) or not can(user, "cases.view"):
        return cases.none()
    return cases


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


#: So many lines of a piece of evidence are read with it; its own page shows the others.
FIRST_LINES = 10


def evidence_in(case: Case) -> QuerySet[CaseEvidence]:
    """The evidence of a case, the latest first; of the copies only the first lines are read, as ``first_lines``."""
    first = Func(
        F("snapshot"),
        template=f"jsonb_path_query_array(%(expressions)s, '$.exact_lines[0 to {FIRST_LINES - 1}]')",
        output_field=JSONField(),
    )
    evidence = case.evidence.select_related("added_by").defer("snapshot").annotate(first_lines=first)
    return evidence.order_by("-id")


def entries_in(case: Case, *, for_dealer: bool) -> QuerySet[CaseEntry]:
    """What was done, the oldest first; a dealer sees what it took part in and what was decided, not how."""
    entries = case.entries.prefetch_related("files__file").order_by("pk")
    if not for_dealer:
        return entries
    heard = case.entries.filter(act=CaseAct.HEAR_DEALER).order_by("pk").values_list("pk", flat=True).first()
    return entries.exclude(act__in=INTERNAL_STEPS).filter(pk__gte=heard or 0)


def notes_on(user: Any, case: Case) -> QuerySet[CaseNote]:
    """Headquarters' notes on a case; none for a dealer."""
    if getattr(user, "dealer_id", None) is not None or not can(user, "cases.view"):
        return CaseNote.objects.none()
    return case.notes.select_related("made_by", "file").order_by("pk")


def files_in(case: Case) -> QuerySet[CaseFile]:
    """What the dealer handed in, the oldest first."""
    return case.files.select_related("file", "entry").order_by("pk")


def file_in(user: Any, number: str, key: str) -> StoredFile:
    """A file of a case in sight, by its id: handed in, in evidence or, for headquarters, on a note.

    Raises :class:`CaseNotFound`.
    """
    case = case_of(user, number)
    handed_in = CaseFile.objects.filter(case=case).values("file")
    evidence = CaseEvidence.objects.filter(case=case, file__isnull=False).values("file")
    notes = notes_on(user, case).values("file")
    try:
        return StoredFile.objects.filter(Q(pk__in=handed_in) | Q(pk__in=evidence) | Q(pk__in=notes)).get(pk=key)
    except (StoredFile.DoesNotExist, ValidationError) as error:
        raise CaseNotFound(key=number) from error


def deliveries_in(case: Case) -> QuerySet[CaseDelivery]:
    """The proof of what the dealer was handed, the oldest first."""
    return case.deliveries.order_by("pk")


def is_opened(case: Case) -> bool:
    """Whether any person of the dealer has opened the case."""
    return case.deliveries.filter(proof=DeliveryProof.OPENED).exists()
