"""Cases, their evidence, history and consequences in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.choices import BreachKind
from dealers.choices import HoldKind
from pricing.choices import ViolationKind
from settlement.case_words.consequences import followed_title, followed_where, line_words
from settlement.case_words.evidence import (
    breach_words,
    evidence_figures,
    evidence_sentence,
    evidence_title,
    seen_lines,
)
from settlement.case_words.history import Told
from settlement.choices import CaseKind, EvidenceKind
from settlement.models import Case, CaseEvidence
from settlement.proof_words.rows import half_month_words
from settlement.rules.case_consequences import InFull
from settlement.rules.case_fairness import LeftOutFor
from settlement.rules.case_phases import Phase, Stretch
from settlement.selectors.case_consequences import Followed
from settlement.selectors.case_network import TradeNetwork
from settlement.services.signals.handing_over import FAKE_SALES, STOCK_LOSSES

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

PHASES: Mapping[Phase, str | Promise] = {
    Phase.INVESTIGATION: gettext_lazy("Investigation"),
    Phase.REPLY: gettext_lazy("The dealer's reply"),
    Phase.DECISION: gettext_lazy("Judge's decision"),
    Phase.APPEAL_TIME: gettext_lazy("Time to appeal"),
    Phase.APPEAL: gettext_lazy("Decision on the appeal"),
}


def facts_words(case: Case) -> str:
    """What a case is about, from the key of its facts."""
    kind, _colon, rest = case.facts.partition(":")
    if kind in ViolationKind.values:
        return str(ViolationKind(kind).label)
    if kind in (FAKE_SALES, STOCK_LOSSES):
        words = _("Fake sales of %(year)s") if kind == FAKE_SALES else _("Stock losses of %(year)s")
        return words % {"year": rest}
    if kind in BreachKind.values:
        of = rest if kind == BreachKind.SATISFACTION_REPORT else half_month_words(rest)
        return _("%(what)s: %(which)s") % {"what": BreachKind(kind).label, "which": of}
    return str(CaseKind(kind).label) if kind in CaseKind.values else kind.replace("_", " ")


def evidence_row(evidence: CaseEvidence, *, for_dealer: bool = False) -> dict[str, Any]:
    """A piece of evidence as a card: what it is, its figures, and where the thing itself is now."""
    summary = evidence.summary
    row: dict[str, Any] = {
        "evidence": evidence,
        "title": evidence_title(evidence),
        "kind": breach_words(summary.get("kind", "")),
        "sentence": evidence_sentence(evidence, for_dealer=for_dealer),
        "lines": seen_lines(getattr(evidence, "first_lines", None) or (), dealer=evidence.case.dealer.code),
        "summary": {} if for_dealer and evidence.kind == EvidenceKind.SIGNAL else summary,
        "figures": evidence_figures(evidence, for_dealer=for_dealer) if evidence.kind == EvidenceKind.BREACH else [],
        "url": "",
        "opens": evidence.kind in (EvidenceKind.VIOLATION, EvidenceKind.OBSERVATION)
        or (evidence.kind == EvidenceKind.SIGNAL and not for_dealer),
    }
    if evidence.kind == EvidenceKind.VIOLATION:
        row["url"] = reverse("violation", args=[summary["violation"]])
    elif evidence.kind == EvidenceKind.SIGNAL:
        row["url"] = reverse("signal", args=[summary["signal"]]) if "signal" in summary and not for_dealer else ""
    elif evidence.kind == EvidenceKind.OBSERVATION:
        row["url"] = "" if for_dealer else reverse("observation", args=[summary["observation"]])
        row["seen_at"] = datetime.fromisoformat(summary["seen_at"])
    return row


def consequence_row(each: Followed) -> dict[str, Any]:
    """A consequence or its reversal in words, with where it is to be found."""
    return {
        "row": each.row,
        "label": followed_title(each),
        "taken_back": each.undone,
        "amount": each.amount,
        "where": followed_where(each),
        "links": links_of(each),
    }


def links_of(each: Followed) -> tuple[tuple[str, str], ...]:
    """The statement lines and the hold that a consequence made."""
    places = [
        (
            line_words(line),
            reverse("statement-line", args=[line.statement.run.period, each.row.dealer.code, line.line_no]),
        )
        for line in each.lines
    ]
    if each.hold is not None:
        places.append((followed_where(each), f"{reverse('holds')}?{urlencode({'q': each.row.dealer.code})}"))
    return tuple(places)


def timeline_rows(steps: Iterable[Told]) -> list[dict[str, Any]]:
    """Steps for the component that draws them."""
    return [
        {
            "title": step.title,
            "at": step.at,
            "actor": step.by,
            "note": " · ".join(step.notes),
            "quote": step.quote,
            "tone": step.tone,
            "links": step.links,
        }
        for step in steps
    ]


def phase_rows(stretches: Iterable[Stretch], now: datetime) -> list[dict[str, Any]]:
    """Phases for the component that draws them: late ones stand out, kept ones are quiet."""
    return [
        {
            "label": str(PHASES[each.phase]),
            "begun": each.begun,
            "ended": each.ended,
            "due": each.due,
            "tone": "bad" if each.late(now) else "ok" if each.ended is not None else "",
        }
        for each in stretches
    ]


def network_words(found: TradeNetwork | None) -> dict[str, Any] | None:
    """The trades between dealers for the component that draws them."""
    if found is None:
        return None
    return {
        "window": found.window,
        "circle": found.circle,
        "nodes": [
            {
                "key": dealer.code,
                "label": dealer.code,
                "name": dealer.name,
                "url": reverse("dealer-detail", args=[dealer.code]),
            }
            for dealer in found.dealers
        ],
        "edges": [
            {
                "source": trade.seller,
                "target": trade.buyer,
                "amount": trade.amount,
                "quantity": Decimal(trade.quantity),
                "documents": trade.documents,
            }
            for trade in found.trades
        ],
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
