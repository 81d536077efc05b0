"""Opening a case, and adding evidence to the one that is open about the same facts already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from dealers.foundation.clock import business_day
from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.models import Dealer, StoredFile, User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import CaseKind, CasePaper, CasePriority, CaseState, EvidenceKind
from settlement.models import Case, CaseEvidence
from settlement.rules.case_life import OPEN_STATES, CaseStep
from settlement.selectors.case_reckoning import deadlines_of, investigation_days
from settlement.services.case_path.acting import deliver, refused, set_deadline, spread, write_down


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something seen: its reference, the figures for lists, and the whole of it as it was."""

    kind: EvidenceKind
    reference: str
    summary: Mapping[str, Any]
    snapshot: Mapping[str, Any]
    #: What the dealer is shown of it, where the whole may name other dealers: ``title`` and ``text`` by language
    #: (``{"text": {"en": …, "zh-hans": …}}``). Nothing more of a signal is ever shown to a dealer.
    told: Mapping[str, Any] = field(default_factory=dict)
    file: StoredFile | None = None


def open_case(
    *,
    kind: CaseKind,
    dealer: Dealer,
    facts: str,
    period: str,
    priority: CasePriority,
    evidence: Evidence,
    reason: str,
    actor: User | None,
    at: datetime,
) -> Case:
    """The open case about these facts, with the evidence in it; a new one if there is none. ``actor`` None: the clock.

    Runs in the caller's transaction. Two at once end in one case, and the same evidence joins it once. Raises
    :class:`~dealers.errors.NotPermitted`.
    """
    if actor is not None:
        permissions.require(actor, "cases.open")
    case = _open_one(kind, dealer, facts)
    if case is None:
        try:
            with transaction.atomic():
                case = _make(kind, dealer, facts, period, priority, reason, actor, at)
        except IntegrityError:  # somebody else was quicker; theirs is committed now
            case = _open_one(kind, dealer, facts)
            if case is None:
                raise
    if priority == CasePriority.HIGH and case.priority != priority:
        case.priority = priority
        case.save(update_fields=["priority"])
    join_evidence(case=case, evidence=evidence, reason=reason, actor=actor, at=at)
    return case


def join_evidence(*, case: Case, evidence: Evidence, reason: str, actor: User | None, at: datetime) -> bool:
    """Attach evidence to an undecided case locked by the caller; False when the very same is there already.

    A dealer that is being heard is told, and its time to reply begins anew: nobody is judged on what it could not
    answer. Raises :class:`~settlement.case_errors.CaseStateRefused` for a decided case.
    """
    if case.state not in OPEN_STATES:
        raise refused(case)
    if not add_evidence(case=case, evidence=evidence, reason=reason, actor=actor, at=at):
        return False
    if case.state == CaseState.DEALER_REPLY:
        case.ready_at = None
        set_deadline(case, deadlines_of(case.kind, at=at).reply, at)
        case.save()
        write_down(case, CaseStep.JOIN, reason, actor=actor, at=at, reference=evidence.reference)
        deliver(case, CasePaper.CHARGE, "case_evidence_joined", at=at)
        spread(case, at=at)
    return True


def add_evidence(*, case: Case, evidence: Evidence, reason: str, actor: User | None, at: datetime) -> bool:
    """Attach evidence to a case locked by the caller; False when the very same is there already."""
    digest = sha256_hex(canonical_json(evidence.snapshot))
    if case.evidence.filter(digest=digest).exists():
        return False
    CaseEvidence.objects.create(
        case=case,
        dealer_id=case.dealer_id,
        kind=evidence.kind,
        reference=evidence.reference,
        summary=dict(evidence.summary),
        snapshot=dict(evidence.snapshot),
        told=dict(evidence.told),
        file=evidence.file,
        digest=digest,
        reason=reason,
        added_at=at,
        added_by=actor,
    )
    record_audit(
        actor=actor,
        action="case.add_evidence",
        subject=case,
        at=at,
        reason=reason,
        after={"kind": evidence.kind, "reference": evidence.reference, "digest": digest},
        dealer_id=case.dealer_id,
    )
    return True


def _open_one(kind: CaseKind, dealer: Dealer, facts: str) -> Case | None:
    cases = Case.objects.select_for_update(of=("self",)).select_related("dealer").filter(state__in=OPEN_STATES)
    return cases.filter(kind=kind, dealer=dealer, facts=facts).first()


def _make(
    kind: CaseKind,
    dealer: Dealer,
    facts: str,
    period: str,
    priority: CasePriority,
    reason: str,
    actor: User | None,
    at: datetime,
) -> Case:
    case = Case(
        number=_next_number(at),
        kind=kind,
        dealer=dealer,
        facts=facts,
        period=period,
        priority=priority,
        opened_at=at,
        opened_by=actor,
        reason=reason,
    )
    set_deadline(case, investigation_days(at=at), at)
    case.save(force_insert=True)
    record_audit(
        actor=actor,
        action="case.open",
        subject=case,
        at=at,
        reason=reason,
        after={"number": case.number, "kind": kind, "facts": facts, "priority": priority},
        dealer_id=dealer.pk,
    )
    return case


def _next_number(at: datetime) -> str:
    """``CASE-2026-000012``; numbers are never given twice, and one may stay unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('settlement_case_number')")
        return f"CASE-{business_day(at).year}-{cursor.fetchone()[0]:06d}"
