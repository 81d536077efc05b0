"""Joining two cases that turn out to be about the same: the evidence of one goes over, and it ends there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.models import User
from settlement import permissions
from settlement.case_errors import CannotMerge
from settlement.choices import CasePriority, CaseState, EvidenceKind
from settlement.models import Case
from settlement.rules.case_life import CaseAct, CaseStep
from settlement.services.case_path.acting import clear_deadline, locked_case, move, words_given, write_down
from settlement.services.cases import Evidence, add_evidence


@transaction.atomic
def merge_cases(*, number: str, into: str, reason: str, actor: User, at: datetime) -> Case:
    """Let case ``number`` join case ``into``, with the reason; the case that goes on. Repeating it changes nothing.

    Both are of one dealer and kind, and the dealer has been asked about neither. Raises :class:`CannotMerge`.
    """
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    first, second = (locked_case(each) for each in sorted((number, into)))
    case, other = (first, second) if first.number == number else (second, first)
    if case.state == CaseState.MERGED and case.merged_into_id == other.pk:
        return other
    unheard = all(each.state in (CaseState.OPENED, CaseState.INVESTIGATING) for each in (case, other))
    same = (case.dealer_id, case.kind) == (other.dealer_id, other.kind)
    if case.pk == other.pk or not unheard or not same:
        raise CannotMerge(number=number, other=into)
    move(case, CaseAct.MERGE)
    case.merged_into = other
    clear_deadline(case)
    case.save()
    for piece in case.evidence.order_by("pk"):
        kind = EvidenceKind(piece.kind)
        copy = Evidence(kind, piece.reference, piece.summary, piece.snapshot, piece.told, piece.file)
        add_evidence(case=other, evidence=copy, reason=piece.reason, actor=piece.added_by, at=at)
    if case.priority == CasePriority.HIGH:
        other.priority = CasePriority.HIGH
        other.save()
    write_down(case, CaseAct.MERGE, why, actor=actor, at=at, into=other.number)
    write_down(other, CaseStep.JOIN, why, actor=actor, at=at, joined=case.number)
    return other
