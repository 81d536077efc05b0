"""The investigator's work: own a case, prioritise it, note, add evidence, propose that it be dismissed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.choices import Role
from dealers.models import User
from dealers.services.files import keep_file
from settlement import permissions
from settlement.case_errors import CaseFactsMissing, NotAnInvestigator
from settlement.choices import CasePriority, CaseState, EvidenceKind
from settlement.models import Case, CaseNote
from settlement.rules.case_life import OPEN_STATES, CaseAct, CaseStep
from settlement.selectors.case_reckoning import deadlines_of
from settlement.services.case_path.acting import (
    GivenFile,
    locked_case,
    move,
    refused,
    set_deadline,
    tell_investigator,
    tell_judges,
    words_given,
    write_down,
)
from settlement.services.cases import Evidence, join_evidence


@transaction.atomic
def take_case(*, number: str, actor: User, at: datetime) -> Case:
    """Begin to investigate a case as its owner. Repeated by the owner it changes nothing."""
    permissions.require(actor, "cases.investigate")
    case = locked_case(number)
    if case.owner_id == actor.pk and case.state == CaseState.INVESTIGATING:
        return case
    move(case, CaseAct.INVESTIGATE)
    case.owner = actor
    set_deadline(case, deadlines_of(case.kind, at=at).investigate, case.opened_at)
    case.save()
    write_down(case, CaseAct.INVESTIGATE, actor=actor, at=at, owner=actor.get_username())
    return case


@transaction.atomic
def assign_case(*, number: str, owner: User, reason: str, actor: User, at: datetime) -> Case:
    """Give an undecided case to another investigator. Raises :class:`NotAnInvestigator`."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    if not owner.is_active or owner.role != Role.RISK_INVESTIGATOR:
        raise NotAnInvestigator(person=owner.get_username())
    case = locked_case(number)
    if case.state not in OPEN_STATES:
        raise refused(case)
    if case.owner_id == owner.pk:
        return case
    before = case.owner.get_username() if case.owner else None
    case.owner = owner
    case.save()
    write_down(case, CaseStep.ASSIGN, why, actor=actor, at=at, before={"owner": before}, owner=owner.get_username())
    if owner.pk != actor.pk:
        tell_investigator(case, "case_assigned", at=at, why=why)
    return case


@transaction.atomic
def set_priority(*, number: str, priority: CasePriority, reason: str, actor: User, at: datetime) -> Case:
    """Say how urgent an undecided case is."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    case = locked_case(number)
    if case.state not in OPEN_STATES:
        raise refused(case)
    if case.priority == priority:
        return case
    before, case.priority = case.priority, priority
    case.save()
    write_down(case, CaseStep.SET_PRIORITY, why, actor=actor, at=at, before={"priority": before}, priority=priority)
    return case


@transaction.atomic
def add_note(*, number: str, text: str, actor: User, at: datetime, file: GivenFile | None = None) -> CaseNote:
    """Note something for headquarters; the dealer never sees it. In any state."""
    permissions.require(actor, "cases.note")
    said = words_given(text)
    case = locked_case(number)
    kept = None
    if file is not None:
        kept = keep_file(actor=actor, name=file.name, content=file.content, dealer_id=None, at=at)
    note = CaseNote.objects.create(case=case, dealer_id=case.dealer_id, text=said, file=kept, made_at=at, made_by=actor)
    write_down(case, CaseStep.NOTE, actor=actor, at=at, note=note.pk, file=kept.sha256 if kept else None)
    return note


@transaction.atomic
def add_file(*, number: str, file: GivenFile, reason: str, actor: User, at: datetime) -> Case:
    """Add a file as evidence to an undecided case; the dealer will see it. The same file joins once."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    case = locked_case(number)
    join_evidence(case=case, evidence=file_evidence(case.dealer_id, file, actor, at), reason=why, actor=actor, at=at)
    return case


@transaction.atomic
def add_reference(*, number: str, reference: str, reason: str, actor: User, at: datetime) -> Case:
    """Add a reference as evidence, for example the number of a delivery or a letter; ``reason`` says what it shows."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    case = locked_case(number)
    join_evidence(case=case, evidence=reference_evidence(reference, why), reason=why, actor=actor, at=at)
    return case


@transaction.atomic
def propose_dismissal(*, number: str, reason: str, actor: User, at: datetime) -> Case:
    """Propose that a case be dismissed before the dealer is bothered; a judge decides."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    case = locked_case(number)
    if case.state == CaseState.DISMISSAL_PROPOSED:
        return case
    move(case, CaseAct.PROPOSE_DISMISSAL)
    set_deadline(case, deadlines_of(case.kind, at=at).decide, at)
    case.save()
    write_down(case, CaseAct.PROPOSE_DISMISSAL, why, actor=actor, at=at)
    tell_judges(case, "case_dismissal_proposed", at=at, why=why)
    return case


def file_evidence(dealer_id: int, file: GivenFile, actor: User, at: datetime) -> Evidence:
    """A file as evidence, kept in the caller's transaction; the dealer is shown its name and may open it."""
    kept = keep_file(actor=actor, name=file.name, content=file.content, dealer_id=dealer_id, at=at)
    seen = {"name": kept.name, "size": kept.size, "sha256": kept.sha256, "media_type": kept.media_type}
    return Evidence(EvidenceKind.FILE, f"file:{kept.pk}", seen, {"sha256": kept.sha256, "name": kept.name}, file=kept)


def reference_evidence(reference: str, shows: str) -> Evidence:
    """A reference as evidence. Raises :class:`CaseFactsMissing` for an empty one."""
    named = reference.strip()[:64]
    if not named:
        raise CaseFactsMissing
    return Evidence(EvidenceKind.REFERENCE, named, {"reference": named}, {"reference": named, "shows": shows})
