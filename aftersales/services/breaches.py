"""Recording what was missed, at the instant it was due, and waiving what turned out to be none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from aftersales.choices import BreachKind
from aftersales.errors import BreachNotFound, BreachWaived, ReasonMissing
from aftersales.models import ResponseClock, SatisfactionReport, ServiceBreach
from aftersales.permissions import require
from aftersales.selectors.breaches import ON_RECORD, visible_breaches
from dealers.models import User
from dealers.services.audit import AuditEvent, record_audit, record_audits

#: Why a breach is waived that an outage of ours explains.
OUTAGE = "outage"
#: Why one is waived that a sweep recorded while an answer in time was on its way.
IN_TIME = "in_time"


def record_missed_responses(clocks: Sequence[ResponseClock], *, at: datetime) -> list[ResponseClock]:
    """Record the breach of locked clocks at the instant each was due; returns those that were not on record yet.

    Three statements however many there are; safe to run twice.
    """
    known = set(ServiceBreach.objects.filter(ON_RECORD, clock__in=clocks).values_list("clock_id", flat=True))
    fresh = [clock for clock in clocks if clock.pk not in known]
    ServiceBreach.objects.bulk_create(
        [
            ServiceBreach(
                kind=BreachKind.FIRST_RESPONSE,
                dealer_id=clock.dealer_id,
                clock=clock,
                policy_id=clock.ticket.policy_id,
                breached_at=clock.due_at,
                recorded_at=at,
            )
            for clock in fresh
        ],
        ignore_conflicts=True,
    )
    record_audits(
        AuditEvent(
            actor=None,
            action="ticket.breach",
            subject=clock.ticket,
            at=clock.due_at,
            after={"due_at": clock.due_at.isoformat()},
            dealer_id=clock.dealer_id,
        )
        for clock in fresh
    )
    return fresh


def record_overdue_reports(reports: Sequence[SatisfactionReport], *, at: datetime) -> list[SatisfactionReport]:
    """Record locked reports that were not handed in, at the instant each was due; returns the new ones."""
    known = set(ServiceBreach.objects.filter(ON_RECORD, report__in=reports).values_list("report_id", flat=True))
    fresh = [report for report in reports if report.pk not in known]
    ServiceBreach.objects.bulk_create(
        [
            ServiceBreach(
                kind=BreachKind.SATISFACTION_REPORT,
                dealer_id=report.dealer_id,
                report=report,
                policy_id=report.policy_id,
                breached_at=report.due_at,
                recorded_at=at,
            )
            for report in fresh
        ],
        ignore_conflicts=True,
    )
    record_audits(
        AuditEvent(
            actor=None,
            action="satisfaction_report.breach",
            subject=report,
            at=report.due_at,
            after={"quarter": report.quarter, "due_at": report.due_at.isoformat()},
            dealer_id=report.dealer_id,
        )
        for report in fresh
    )
    return fresh


def waive_by_clock(wrong: Q, *, at: datetime, reason: str) -> None:
    """Waive standing breaches as the system's own mistake; they may be recorded again at another instant."""
    breaches = ServiceBreach.objects.select_for_update().filter(wrong, waived_at=None)
    record_audits(
        AuditEvent(
            actor=None,
            action="breach.waive",
            subject=breach,
            at=at,
            reason=reason,
            before={"breached_at": breach.breached_at.isoformat()},
            dealer_id=breach.dealer_id,
        )
        for breach in list(breaches)
    )
    breaches.update(waived_at=at, waive_reason=reason)


def locked_breach(key: int) -> ServiceBreach:
    """A breach, locked until the transaction ends. Raises :class:`BreachNotFound`."""
    rows = ServiceBreach.objects.select_for_update(of=("self",)).select_related("dealer", "clock__ticket", "report")
    found = rows.filter(pk=key).first()
    if found is None:
        raise BreachNotFound(key=key)
    return found


def record_taken_up(*, breach: ServiceBreach, case_number: str, actor: User | None, at: datetime) -> None:
    """Note on a locked breach which case took it up."""
    breach.case_number = case_number
    breach.save(update_fields=["case_number"])
    record_audit(
        actor=actor,
        action="breach.take_up",
        subject=breach,
        at=at,
        after={"case": case_number, "kind": breach.kind, "breached_at": breach.breached_at.isoformat()},
        dealer_id=breach.dealer_id,
    )


@transaction.atomic
def waive_breach(*, key: int, reason: str, actor: User, at: datetime) -> ServiceBreach:
    """Say that a breach shall not count, and why; it stays on record and leaves the dealer's figures."""
    require(actor, "breaches.waive")
    if not visible_breaches(actor).filter(pk=key).exists():
        raise BreachNotFound(key=key)
    if not reason.strip():
        raise ReasonMissing
    breach = ServiceBreach.objects.select_for_update(of=("self",)).get(pk=key)
    if breach.waived_at is not None:
        raise BreachWaived
    breach.waived_at, breach.waived_by, breach.waive_reason = at, actor.get_username(), reason.strip()[:2000]
    breach.save(update_fields=["waived_at", "waived_by", "waive_reason"])
    record_audit(
        actor=actor,
        action="breach.waive",
        subject=breach,
        at=at,
        reason=breach.waive_reason,
        after={"kind": breach.kind, "breached_at": breach.breached_at.isoformat()},
        dealer_id=breach.dealer_id,
    )
    return breach
