"""A piece of evidence in words: what it is, its figures, and its lines; the dealer's version names nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aftersales.choices import BreachKind
from dealers.foundation.clock import BUSINESS_ZONE
from pricing.choices import ViolationKind
from settlement.choices import EvidenceKind, SignalRule
from settlement.models import CaseEvidence
from settlement.proof_words.rows import half_month_words, money
from settlement.signal_words import sentence_of

_NOTHING = "—"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of evidence as it is printed; amounts with their digits, nothing rounded."""

    sold_at: str
    line: str
    sku: str
    quantity: str
    price: str
    edge: str
    shortfall: str


def evidence_title(evidence: CaseEvidence) -> str:
    """What a piece of evidence is."""
    kind = breach_words(evidence.summary.get("kind", ""))
    match evidence.kind:
        case EvidenceKind.VIOLATION:
            return _("Violation: %(kind)s") % {"kind": kind}
        case EvidenceKind.OBSERVATION:
            return _("Seen in the market: %(kind)s") % {"kind": kind}
        case EvidenceKind.SIGNAL:
            rule = evidence.summary.get("rule")
            return _("Fraud signal: %(rule)s") % {"rule": SignalRule(rule).label} if rule else _("Fraud signal")
        case EvidenceKind.BREACH:
            return breach_title(evidence.summary)
        case EvidenceKind.FILE:
            return _("File: %(name)s") % {"name": evidence.summary["name"]}
    return _("Reference: %(reference)s") % {"reference": evidence.reference}


def breach_title(seen: Mapping[str, Any]) -> str:
    """What was owed and missed: ``First response missed: T-2026-000012``."""
    which = seen.get("ticket") or seen.get("quarter", "")
    return _("%(what)s: %(which)s") % {"what": BreachKind(seen["kind"]).label, "which": which}


def breach_words(kind: str) -> str:
    """The name of a kind of breach; empty for none."""
    return str(ViolationKind(kind).label) if kind in ViolationKind.values else ""


def evidence_sentence(evidence: CaseEvidence, *, for_dealer: bool) -> str:
    """The sentence of a signal with its numbers; empty for other evidence. The dealer's names no other dealer."""
    if evidence.kind != EvidenceKind.SIGNAL:
        return ""
    if for_dealer:
        return _sentence(evidence.told or evidence.summary.get("told"))
    return _sentence(evidence.summary.get("said") or evidence.summary.get("sentence"))


def _sentence(said: Any) -> str:
    """A finding in the reader's language, or a text as it is; some are kept by language."""
    if isinstance(said, Mapping) and "message" in said:
        return sentence_of(said)
    if isinstance(said, Mapping):
        texts = said.get("text", {})
        return str(texts.get(get_language()) or texts.get("en") or "")
    return str(said or "")


def evidence_figures(evidence: CaseEvidence, *, for_dealer: bool) -> list[Pair]:
    """Its figures as pairs of label and value."""
    seen: Mapping[str, Any] = evidence.summary
    figures: list[Pair] = []
    if seen.get("period"):
        figures.append((_("Half-month"), half_month_words(seen["period"])))
    if seen.get("lines"):
        figures.append((_("Lines"), f"{seen['lines']:,}"))
    if seen.get("quantity"):
        figures.append((_("Quantity"), f"{seen['quantity']:,}"))
    if seen.get("amount") and (evidence.kind != EvidenceKind.SIGNAL or not for_dealer):
        figures.append((_("Amount"), f"¥{money(str(seen['amount']))}"))
    if seen.get("shortfall"):
        figures.append((_("Total shortfall"), f"¥{money(str(seen['shortfall']))}"))
    if evidence.kind == EvidenceKind.OBSERVATION:
        figures += _sighting(evidence, for_dealer=for_dealer)
    if evidence.kind == EvidenceKind.BREACH:
        figures += _missed(seen)
    if evidence.kind == EvidenceKind.FILE:
        figures.append((_("Size in bytes"), f"{seen['size']:,}"))
    return figures


def _missed(seen: Mapping[str, Any]) -> list[Pair]:
    done = seen.get("responded_at") or seen.get("submitted_at")
    pairs = [(_("Was due"), instant_of(seen["breached_at"])), (_("Made good"), instant_of(done) if done else _NOTHING)]
    return [(_("Received"), instant_of(seen["received_at"])), *pairs] if seen.get("received_at") else pairs


def _sighting(evidence: CaseEvidence, *, for_dealer: bool) -> list[Pair]:
    seen = evidence.snapshot
    picture = seen.get("picture") or {}
    pairs = [
        (_("Seller"), seen["seller"]),
        (_("Platform"), seen["platform"] or _NOTHING),
        (_("Shop"), seen["shop"] or _NOTHING),
        (_("Link"), seen["link"] or _NOTHING),
        ("SKU", seen["sku"]),
        (_("Region"), seen["region"] or _NOTHING),
        (_("Seen"), instant_of(seen["seen_at"])),
        (_("Seen price"), f"¥{money(str(seen['price']))}"),
        (_("Outside the band by"), f"¥{money(str(seen['gap']))}"),
        (_("Picture"), f"{picture['name']} · {picture['sha256']}" if picture else _NOTHING),
    ]
    return pairs if for_dealer else [*pairs, (_("Who recorded it"), seen["recorded_by"])]


def seen_lines(lines: Iterable[Mapping[str, Any]], *, dealer: str) -> list[SeenLine]:
    """The dealer's own sale lines as they were copied into a snapshot; those of a signal have no band edge."""
    return [_line(line) for line in lines if "unit_price" in line and line.get("dealer", dealer) == dealer]


def _line(line: Mapping[str, Any]) -> SeenLine:
    return SeenLine(
        sold_at=instant_of(line["sold_at"]),
        line=f"{line['doc_no']}/{line['line_no']}",
        sku=line["sku"],
        quantity=f"{line['quantity']:,}",
        price=money(str(line["unit_price"])),
        edge=money(str(line["edge"])) if line.get("edge") is not None else _NOTHING,
        shortfall=money(str(line["shortfall"])) if line.get("shortfall") is not None else _NOTHING,
    )


def instant_of(text: str) -> str:
    """An instant of a snapshot in Beijing time, to the minute."""
    return f"{datetime.fromisoformat(text).astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
