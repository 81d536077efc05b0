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
    kind = str(ViolationKind(summary["kind"]).label) if summary.get("kind") in ViolationKind.values else ""
    row: dict[str, Any] = {"evidence": evidence, "kind": kind, "summary": summary, "url": ""}
    if evidence.kind == EvidenceKind.VIOLATION:
        row["title"] = _("Violation: %(kind)s") % {"kind": kind}
        row["url"] = reverse("violation", args=[summary["violation"]])
    elif evidence.kind == EvidenceKind.SIGNAL:
        row["title"] = _("Fraud signal")
    elif evidence.kind == EvidenceKind.FILE:
        row["title"] = _("File: %(name)s") % {"name": summary["name"]}
    elif evidence.kind == EvidenceKind.REFERENCE:
        row["title"] = _("Reference: %(reference)s") % {"reference": evidence.reference}
    else:
        row["title"] = _("Seen in the market: %(kind)s") % {"kind": kind}
        row["url"] = reverse("observation", args=[summary["observation"]])
        row["seen_at"] = datetime.fromisoformat(summary["seen_at"])
    return row


def seen_facts(evidence: CaseEvidence) -> list[tuple[str, str]]:
    """An observation as it was copied, as pairs of label and value; nothing for other evidence."""
    if evidence.kind != EvidenceKind.OBSERVATION:
        return []
    seen = evidence.snapshot
    picture = seen["picture"] or {}
    return [
        (_("Seller"), seen["seller"]),
        (_("Platform"), seen["platform"] or "—"),
        (_("Shop"), seen["shop"] or "—"),
        (_("Link"), seen["link"] or "—"),
        ("SKU", seen["sku"]),
        (_("Region"), seen["region"] or "—"),
        (_("Who recorded it"), seen["recorded_by"]),
        (_("Picture"), f"{picture['name']} · {picture['sha256']}" if picture else "—"),
    ]


def lines_as_seen(evidence: CaseEvidence) -> list[dict[str, Any]]:
    """The lines of a violation as they were copied, with their instants as instants."""
    lines: list[dict[str, Any]] = evidence.snapshot.get("exact_lines", [])
    return [{**line, "sold_at": datetime.fromisoformat(line["sold_at"])} for line in lines]
