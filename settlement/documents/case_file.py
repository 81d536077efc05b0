"""Everything a complete case file says, before it is written; the dealer's version leaves out what is HQ's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.models import StoredFile
from settlement.case_words.evidence import evidence_sentence
from settlement.case_words.history import HQ_DETAILS
from settlement.choices import EvidenceKind
from settlement.documents.paper import LANGUAGES
from settlement.models import (
    Case,
    CaseAppeal,
    CaseDecision,
    CaseDelivery,
    CaseEntry,
    CaseEvidence,
    CaseNote,
)
from settlement.selectors.case_consequences import Followed

#: What a person at headquarters wrote about itself in a sighting is not for the dealer.
_HQ_KEYS = frozenset({"recorded_by", "note", "matched_by"})


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file in the case: where it came in, and the name it has in the archive."""

    file: StoredFile
    place: str
    by: str

    @property
    def path(self) -> str:
        return f"files/{self.file.sha256[:12]}-{self.file.name}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with everything in it as of now. The same facts give the same number, the same record, the same bytes."""

    case: Case
    evidence: Sequence[CaseEvidence]
    entries: Sequence[CaseEntry]
    notes: Sequence[CaseNote]
    deliveries: Sequence[CaseDelivery]
    decision: CaseDecision | None
    appeal: CaseAppeal | None
    followed: Sequence[Followed]
    files: Sequence[FiledFile]
    for_dealer: bool
    #: Sign-in names and what these people are called, for the readable part; the record keeps the names as they are.
    called: Mapping[str, str]

    @property
    def number(self) -> str:
        """``CASE-2026-000012-17``: it grows with everything that joins the case; the dealer's ends in ``D``."""
        parts = (self.evidence, self.entries, self.notes, self.deliveries, self.followed, self.files)
        return f"{self.case.number}-{sum(map(len, parts))}{'D' if self.for_dealer else ''}"

    @property
    def as_of(self) -> datetime:
        """When the latest of it happened: the file says nothing of when it was asked for."""
        instants = [self.case.opened_at, *(piece.added_at for piece in self.evidence)]
        instants += [entry.made_at for entry in self.entries] + [note.made_at for note in self.notes]
        instants += [delivery.at for delivery in self.deliveries] + [each.row.applied_at for each in self.followed]
        return max(instants)


def file_name(dossier: Dossier, ending: str, language: str = "") -> str:
    """``CASE-2026-000012-17-zh.pdf``."""
    return f"{dossier.number}{'-' + language[:2] if language else ''}.{ending}"


def record_of(dossier: Dossier) -> bytes:
    """The case file as JSON: names and numbers, evidence down to its lines; the same in every language."""
    return json.dumps(as_object(dossier), ensure_ascii=False, indent=1).encode() + b"\n"


def digest_of(dossier: Dossier) -> str:
    """The fingerprint of the record, printed on every page of the file."""
    return sha256_hex(record_of(dossier))


def as_object(dossier: Dossier) -> dict[str, Any]:
    """Everything the files say, as plain values."""
    case = dossier.case
    value = {
        "document": dossier.number,
        "as_of": dossier.as_of,
        "case": case.number,
        "kind": case.kind,
        "state": case.state,
        "priority": case.priority,
        "dealer": {"code": case.dealer.code, "name": case.dealer.name, "uscc": case.dealer.uscc},
        "facts": case.facts,
        "period": case.period,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "charge": case.charge,
        "alleged_loss": case.alleged_loss,
        "heard_at": case.heard_at,
        "evidence": [evidence_object(piece, for_dealer=dossier.for_dealer) for piece in dossier.evidence],
        "history": [_entry(entry, for_dealer=dossier.for_dealer) for entry in dossier.entries],
        "deliveries": [
            {"paper": each.paper, "proof": each.proof, "to": each.to, "at": each.at} for each in dossier.deliveries
        ],
        "decision": _decision(dossier),
        "consequences": [_followed(each) for each in dossier.followed],
        "appeal": _appeal(dossier),
        "files": [
            {"name": each.file.name, "path": each.path, "sha256": each.file.sha256, "size": each.file.size}
            for each in dossier.files
        ],
    }
    if not dossier.for_dealer:
        value["opened_by"] = case.opened_by.get_username() if case.opened_by else None
        value["opened_because"] = case.reason
        value["owner"] = case.owner.get_username() if case.owner else None
        value["notes"] = [
            {"at": note.made_at, "by": note.made_by.get_username(), "text": note.text} for note in dossier.notes
        ]
    plain: dict[str, Any] = json.loads(canonical_json(value))
    return {name: plain[name] for name in value}


def evidence_object(piece: CaseEvidence, *, for_dealer: bool) -> dict[str, Any]:
    """A piece of evidence as it was kept. Of a signal the dealer is given the sentence that names nobody else."""
    found: dict[str, Any] = {
        "kind": piece.kind,
        "reference": piece.reference,
        "added_at": piece.added_at,
        "digest": piece.digest,
    }
    if not for_dealer:
        return {
            **found,
            "added_by": piece.added_by.get_username() if piece.added_by else None,
            "reason": piece.reason,
            "summary": piece.summary,
            "snapshot": piece.snapshot,
        }
    if piece.kind == EvidenceKind.SIGNAL:
        return {**found, "told": {language: _told(piece, language) for language in LANGUAGES}}
    return {**found, "snapshot": {name: value for name, value in piece.snapshot.items() if name not in _HQ_KEYS}}


def _told(piece: CaseEvidence, language: str) -> str:
    with override(language):
        return evidence_sentence(piece, for_dealer=True)


def _entry(entry: CaseEntry, *, for_dealer: bool) -> Mapping[str, Any]:
    by = "headquarters" if for_dealer and not entry.by_dealer else entry.made_by
    details = {name: value for name, value in entry.details.items() if not (for_dealer and name in HQ_DETAILS)}
    return {"act": entry.act, "at": entry.made_at, "by": by, "text": entry.text, "details": details}


def _decision(dossier: Dossier) -> Mapping[str, Any] | None:
    made = dossier.decision
    if made is None:
        return None
    names = (
        "outcome",
        "reasons",
        "proven_loss",
        "full_penalty",
        "penalty",
        "full_forfeit_year",
        "forfeit_year",
        "full_hold",
        "hold",
        "warning",
        "standing",
        "override_reason",
        "forfeited_so_far",
        "findings",
        "reckoning",
        "decided_at",
    )
    value = {name: getattr(made, name) for name in names}
    if dossier.for_dealer:
        return {**value, "decided_by": "headquarters"}
    own = {"acknowledgement": made.acknowledgement, "disproportionate": made.disproportionate}
    return {**value, **own, "decided_by": made.decided_by.get_username()}


def _followed(each: Followed) -> Mapping[str, Any]:
    row = each.row
    return {
        "kind": row.kind,
        "reference": row.reference,
        "reverses": row.reverses.reference if row.reverses else None,
        "amount": each.amount,
        "reason": row.reason,
        "applied_at": row.applied_at,
        "statement_lines": [f"{line.statement.run.period}/{line.line_no}" for line in each.lines],
    }


def _appeal(dossier: Dossier) -> Mapping[str, Any] | None:
    filed = dossier.appeal
    if filed is None:
        return None
    decided_by = filed.decided_by.get_username() if filed.decided_by else None
    return {
        "grounds": filed.grounds,
        "filed_at": filed.filed_at,
        "filed_by": filed.filed_by,
        "outcome": filed.outcome,
        "reasons": filed.reasons,
        "decided_at": filed.decided_at,
        "decided_by": "headquarters" if dossier.for_dealer and decided_by else decided_by,
    }
