"""A whole case for its file: read with a fixed number of queries, the dealer's version without what is HQ's own."""

from __future__ import annotations

from typing import Any

from dealers.selectors.people import people_called
from settlement.choices import EvidenceKind
from settlement.documents.case_file import Dossier, FiledFile
from settlement.models import Case, CaseAppeal, CaseDecision, CaseEvidence, CaseNote
from settlement.selectors.case_consequences import followed_from
from settlement.selectors.cases import case_of, deliveries_in, entries_in, files_in, notes_on

EVIDENCE, REPLY, NOTE = "evidence", "reply", "note"


def dossier_of(user: Any, number: str) -> Dossier:
    """The file of a case in sight of the person. Raises :class:`~settlement.errors.CaseNotFound`."""
    case = case_of(user, number)
    for_dealer = getattr(user, "dealer_id", None) is not None
    evidence = list(case.evidence.select_related("added_by", "file").order_by("pk"))
    entries = list(entries_in(case, for_dealer=for_dealer))
    notes = list(notes_on(user, case))
    deliveries = list(deliveries_in(case))
    appeal = CaseAppeal.objects.filter(case=case).select_related("decided_by").first()
    decision = CaseDecision.objects.filter(case=case).select_related("decided_by").first()
    return Dossier(
        case=case,
        evidence=evidence,
        entries=entries,
        notes=notes,
        deliveries=deliveries,
        decision=decision,
        appeal=appeal,
        followed=followed_from(case, decision),
        files=_files(case, evidence, notes, for_dealer=for_dealer),
        for_dealer=for_dealer,
        called=people_called(
            [*(each.made_by for each in entries), *(each.to for each in deliveries), appeal.filed_by if appeal else ""]
        ),
    )


def _files(
    case: Case, evidence: list[CaseEvidence], notes: list[CaseNote], *, for_dealer: bool
) -> tuple[FiledFile, ...]:
    found = [
        FiledFile(piece.file, EVIDENCE, "" if for_dealer or piece.added_by is None else piece.added_by.get_username())
        for piece in evidence
        if piece.kind == EvidenceKind.FILE and piece.file is not None
    ]
    found += [FiledFile(each.file, REPLY, each.entry.made_by) for each in files_in(case)]
    found += [FiledFile(note.file, NOTE, note.made_by.get_username()) for note in notes if note.file is not None]
    return tuple(found)
