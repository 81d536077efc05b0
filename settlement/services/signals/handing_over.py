"""Opening a case with signals: what was seen is copied into it, and nothing else follows yet."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.foundation.digest import canonical_json
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Window
from dealers.models import User
from dealers.services.audit import record_audit
from pricing.errors import UnexplainedDecision
from settlement import permissions
from settlement.choices import CaseKind, CasePriority, EvidenceKind, SignalRule
from settlement.errors import NoSignalChosen, SignalNotFound, SignalsOfSeveralDealers
from settlement.models import Case, SignalFinding
from settlement.services.cases import Evidence, open_case
from settlement.signal_words import told_in_both_languages

FAKE_SALES, STOCK_LOSSES = "fake_sales", "stock_losses"


def open_case_with_signals(*, findings: Collection[int], reason: str, actor: User, at: datetime) -> Case:
    """The case about these signals of one dealer; they join the one that is open about the same year already.

    Raises :class:`NoSignalChosen`, :class:`SignalNotFound` and :class:`SignalsOfSeveralDealers`. The same signals
    again, seen as before, change nothing.
    """
    permissions.require(actor, "signals.view")
    permissions.require(actor, "cases.open")
    if not reason.strip():
        raise UnexplainedDecision
    if not findings:
        raise NoSignalChosen
    with transaction.atomic():
        chosen = list(
            SignalFinding.objects.select_for_update(of=("self",))
            .filter(pk__in=findings)
            .select_related("dealer", "latest", "latest__run__policy")
            .order_by("pk")
        )
        missing = set(findings) - {one.pk for one in chosen}
        if missing:
            raise SignalNotFound(key=str(min(missing)))
        if len({one.dealer_id for one in chosen}) > 1:
            raise SignalsOfSeveralDealers
        for one in chosen:
            case = open_case(
                kind=CaseKind.FRAUD,
                dealer=one.dealer,
                facts=facts_of(chosen),
                period=_period(one, at),
                priority=CasePriority.HIGH,
                evidence=_evidence(one),
                reason=reason.strip(),
                actor=actor,
                at=at,
            )
            if one.case_id != case.pk:
                one.case = case
                one.save(update_fields=["case"])
                record_audit(
                    actor=actor,
                    action="signals.hand_over",
                    subject=one,
                    at=at,
                    reason=reason.strip(),
                    after={"case": case.number, "rule": one.rule, "facts": one.facts},
                    dealer_id=one.dealer_id,
                )
    return case


def facts_of(findings: Collection[SignalFinding]) -> str:
    """What the case is about: the latest calendar year the signals speak of, for that is what a fraud forfeits."""
    year = max(Window.parse(one.window).last.year for one in findings)
    losses = all(one.rule == SignalRule.ADJUSTMENTS for one in findings)
    return f"{STOCK_LOSSES if losses else FAKE_SALES}:{year}"


def _period(finding: SignalFinding, at: datetime) -> str:
    """The last half-month of the window that has begun."""
    window = Window.parse(finding.window)
    return str(HalfMonth.containing(min(business_day(at), window.ends_on - timedelta(days=1))))


def _evidence(finding: SignalFinding) -> Evidence:
    seen = finding.latest
    summary = {
        "signal": finding.pk,
        "rule": finding.rule,
        "version": finding.version,
        "window": finding.window,
        "amount": seen.amount,
        "said": seen.said,
    }
    policy = seen.run.policy
    snapshot = {
        **summary,
        "dealer": finding.dealer.code,
        "facts": finding.facts,
        "found_at": finding.found_at,
        "known_at": seen.at,
        "run": seen.run_id,
        "policy": "" if policy is None else f"{policy.code} v{policy.version}",
        "evidence": seen.evidence,
        # Held against the lines of now when the case is decided: what was revised or withdrawn does not count.
        "exact_lines": [piece for piece in seen.evidence if piece["kind"] == "sale_line"],
        "evidence_total": seen.evidence_total,
        "sighting": seen.digest,
    }
    told = told_in_both_languages(finding.rule, seen.told)
    return Evidence(EvidenceKind.SIGNAL, f"signal:{finding.pk}@{seen.pk}", _json(summary), _json(snapshot), told)


def _json(value: dict[str, Any]) -> dict[str, Any]:
    """The value in the form in which it is stored and fingerprinted."""
    found: dict[str, Any] = json.loads(canonical_json(value))
    return found
