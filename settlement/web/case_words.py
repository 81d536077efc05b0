"""Cases, their evidence, history and consequences in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.choices import HoldKind
from pricing.choices import ViolationKind
from settlement.choices import CaseKind, ConsequenceKind, EvidenceKind, SignalRule
from settlement.models import Case, CaseConsequence, CaseEntry, CaseEvidence
from settlement.rules.case_consequences import InFull
from settlement.rules.case_fairness import LeftOutFor
from settlement.rules.case_life import CaseAct, CaseStep
from settlement.services.signals.handing_over import FAKE_SALES, STOCK_LOSSES
from settlement.signal_words import sentence_of

#: What was done, as a history calls it.
STEPS: Mapping[str, str | Promise] = {
    CaseStep.OPEN: gettext_lazy("Case opened"),
    CaseStep.JOIN: gettext_lazy("More evidence joined"),
    CaseStep.ASSIGN: gettext_lazy("Given to another investigator"),
    CaseStep.SET_PRIORITY: gettext_lazy("Priority changed"),
    CaseStep.NOTE: gettext_lazy("Note made"),
    CaseStep.EXTEND: gettext_lazy("More time to reply"),
    CaseStep.REPLY: gettext_lazy("The dealer replied"),
    CaseStep.HAND_IN: gettext_lazy("The dealer handed in files"),
    CaseStep.REPLY_TIME_OVER: gettext_lazy("The time to reply is over"),
    CaseStep.HOLD_BACK: gettext_lazy("Held back: the facts changed since the decision"),
    CaseStep.SEE_CHANGES: gettext_lazy("A judge has seen the differences"),
    CaseStep.LADDER_FELL: gettext_lazy("An earlier case on the ladder was overturned"),
    CaseStep.RECKON_AGAIN: gettext_lazy("What follows was reckoned again"),
    CaseStep.APPEAL_TIME_OVER: gettext_lazy("The time to appeal is over"),
    CaseAct.INVESTIGATE: gettext_lazy("Investigation begun"),
    CaseAct.PROPOSE_DISMISSAL: gettext_lazy("Dismissal proposed"),
    CaseAct.REFUSE_DISMISSAL: gettext_lazy("Sent back to be investigated further"),
    CaseAct.DISMISS: gettext_lazy("Dismissed"),
    CaseAct.MERGE: gettext_lazy("Joined to another case"),
    CaseAct.HEAR_DEALER: gettext_lazy("The dealer was asked to reply"),
    CaseAct.DECIDE: gettext_lazy("Decided"),
    CaseAct.APPLY: gettext_lazy("The decision took effect"),
    CaseAct.APPEAL: gettext_lazy("The dealer appealed"),
    CaseAct.UPHOLD: gettext_lazy("The decision stands"),
    CaseAct.OVERTURN: gettext_lazy("The decision is overturned"),
}
_TONES: Mapping[str, str] = {
    CaseAct.DECIDE: "bad",
    CaseAct.DISMISS: "ok",
    CaseAct.OVERTURN: "ok",
    CaseAct.UPHOLD: "bad",
    CaseStep.HOLD_BACK: "warn",
    CaseStep.LADDER_FELL: "warn",
    CaseAct.HEAR_DEALER: "wait",
    CaseAct.APPEAL: "wait",
}
#: Why something in the evidence no longer counts, as a sentence.
WHY_LEFT_OUT: Mapping[str, str | Promise] = {
    LeftOutFor.ALREADY_DECIDED: gettext_lazy("another case has decided it already"),
    LeftOutFor.WITHDRAWN: gettext_lazy("the report was withdrawn"),
    LeftOutFor.OUR_OUTAGE: gettext_lazy("we could not take deliveries at that time"),
    LeftOutFor.RECOMMENDED_BAND: gettext_lazy("the band only recommends"),
    LeftOutFor.NO_LEGAL_BASIS: gettext_lazy("the floor had no legal basis in force on the day of the sale"),
    LeftOutFor.NOT_IN_BREACH: gettext_lazy("by the facts of now it is no breach"),
    LeftOutFor.REVISED: gettext_lazy("the report was revised since"),
}


def facts_words(case: Case) -> str:
    """What a case is about, from the key of its facts."""
    kind, _colon, rest = case.facts.partition(":")
    if kind in ViolationKind.values:
        return str(ViolationKind(kind).label)
    if kind in (FAKE_SALES, STOCK_LOSSES):
        words = _("Fake sales of %(year)s") if kind == FAKE_SALES else _("Stock losses of %(year)s")
        return words % {"year": rest}
    return str(CaseKind(kind).label) if kind in CaseKind.values else kind.replace("_", " ")


def evidence_row(evidence: CaseEvidence, *, for_dealer: bool = False) -> dict[str, Any]:
    """A piece of evidence as a card: what it is, its figures, and where the thing itself is now."""
    summary = evidence.summary
    kind = str(ViolationKind(summary["kind"]).label) if summary.get("kind") in ViolationKind.values else ""
    row: dict[str, Any] = {"evidence": evidence, "kind": kind, "summary": summary, "url": "", "opens": True}
    if evidence.kind == EvidenceKind.VIOLATION:
        row["title"] = _("Violation: %(kind)s") % {"kind": kind}
        row["url"] = reverse("violation", args=[summary["violation"]])
    elif evidence.kind == EvidenceKind.SIGNAL:
        row["title"] = _("Fraud signal")
        row["opens"] = not for_dealer
        row["sentence"] = "" if for_dealer else summary.get("sentence", "")
        if "rule" in summary:
            row["title"] = _("Fraud signal: %(rule)s") % {"rule": SignalRule(summary["rule"]).label}
        if "said" in summary and not for_dealer:  # it may name other dealers
            row["sentence"] = sentence_of(summary["said"])
            row["url"] = reverse("signal", args=[summary["signal"]])
    elif evidence.kind == EvidenceKind.FILE:
        row["title"] = _("File: %(name)s") % {"name": summary["name"]}
        row["opens"] = False
    elif evidence.kind == EvidenceKind.REFERENCE:
        row["title"] = _("Reference: %(reference)s") % {"reference": evidence.reference}
        row["opens"] = False
    else:
        row["title"] = _("Seen in the market: %(kind)s") % {"kind": kind}
        row["url"] = "" if for_dealer else reverse("observation", args=[summary["observation"]])
        row["seen_at"] = datetime.fromisoformat(summary["seen_at"])
    return row


def entry_row(entry: CaseEntry, *, for_dealer: bool) -> dict[str, Any]:
    """An entry of the history; who exactly at headquarters did it is not the dealer's to know."""
    files = [each.file.name for each in entry.files.all()]
    return {
        "title": STEPS.get(entry.act, entry.act.replace("_", " ")),
        "at": entry.made_at,
        "actor": entry.made_by if entry.by_dealer or not for_dealer else _("Headquarters"),
        "quote": entry.text,
        "note": ", ".join(files),
        "tone": _TONES.get(entry.act, ""),
    }


def consequence_row(row: CaseConsequence) -> dict[str, Any]:
    """A consequence or its reversal in words."""
    label = str(ConsequenceKind(row.kind).label)
    reversal = row.reverses_id is not None
    return {
        "row": row,
        "label": _("Taken back: %(consequence)s") % {"consequence": label} if reversal else label,
        "taken_back": not reversal and hasattr(row, "reversal"),
    }


def left_out_row(found: Mapping[str, str]) -> dict[str, Any]:
    """A line of an examination: what was left out and why, or what counts for less."""
    return {
        "line": found["line"],
        "why": WHY_LEFT_OUT.get(found.get("why", ""), ""),
        "seen": Decimal(found.get("seen", "0")),
        "amount": Decimal(found.get("amount", "0")),
    }


def full_words(full: InFull) -> list[str]:
    """What the policy says follows, one thing to a line."""
    words = []
    if full.warning:
        words.append(_("A written warning"))
    if full.penalty:
        words.append(_("A penalty of ¥%(penalty)s") % {"penalty": f"{full.penalty:,.2f}"})
    if full.forfeit_year:
        words.append(_("All rebates of %(year)s are forfeited") % {"year": full.forfeit_year})
    if full.hold:
        words.append(_("Supply hold: %(kind)s") % {"kind": HoldKind(full.hold).label})
    if full.may_hold:
        words.append(_("Supply may be held"))
    if full.standing:
        words.append(_("Half-month no. %(number)s in the window") % {"number": full.standing})
    return words


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
    if evidence.kind != EvidenceKind.VIOLATION:
        return []
    lines: list[dict[str, Any]] = evidence.snapshot.get("exact_lines", [])
    return [{**line, "sold_at": datetime.fromisoformat(line["sold_at"])} for line in lines]
