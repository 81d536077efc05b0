"""Cases and evidence in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pricing.choices import ViolationKind
from settlement.choices import EvidenceKind
from settlement.models import Case, CaseEvidence


def facts_words(case: Case) -> str:
    """What a case is about, from the key of its facts."""
    kind, _colon, _rest = case.facts.partition(":")
    return str(ViolationKind(kind).label) if kind in ViolationKind.values else case.facts


def evidence_row(evidence: CaseEvidence) -> dict[str, Any]:
    """A piece of evidence as a card: what it is, its figures, and where the thing itself is now."""
    summary = evidence.summary
    kind = ViolationKind(summary["kind"]).label if summary.get("kind") in ViolationKind.values else ""
    row: dict[str, Any] = {"evidence": evidence, "kind": kind, "summary": summary, "url": ""}
    if evidence.kind == EvidenceKind.VIOLATION:
        row["title"] = _("Violation: %(kind)s") % {"kind": kind}
        row["url"] = reverse("violation", args=[summary["violation"]])
    return row


def lines_as_seen(evidence: CaseEvidence) -> list[dict[str, Any]]:
    """The lines of a violation as they were copied, with their instants as instants."""
    lines: list[dict[str, Any]] = evidence.snapshot.get("exact_lines", [])
    return [{**line, "sold_at": datetime.fromisoformat(line["sold_at"])} for line in lines]
