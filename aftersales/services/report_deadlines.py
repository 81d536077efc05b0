"""Moving the deadlines of satisfaction reports by outages of ours, as the clocks of first responses are moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from aftersales.choices import ReportState
from aftersales.models import SatisfactionReport, ServiceBreach
from aftersales.rules.report_due import report_due_at
from aftersales.services.breaches import OUTAGE, record_overdue_reports, waive_by_clock
from aftersales.terms import aftersales_terms
from dealers.foundation import clock as present
from dealers.selectors.outages import outages_between
from dealers.services.audit import AuditEvent, record_audits

#: For how long deadlines are compared with outages that became known, or were revoked, later.
LOOK_BACK = timedelta(days=100)
_BATCH = 1000


def compare_reports_with_outages(*, at: datetime) -> int:
    """Set the deadlines right of what is owed and of what was overdue lately; returns how many were moved.

    A breach that an outage explains is waived, one that is still a breach at a later instant is recorded anew. Safe
    to run twice and at once; a few statements for a batch of reports.
    """
    known = ServiceBreach.objects.filter(report=OuterRef("pk"), breached_at__gte=at - LOOK_BACK)
    # What an outage excused is looked at again: it may have been revoked.
    breached = Exists(known.filter(Q(waived_at=None) | Q(waived_by="", waive_reason=OUTAGE)))
    owed = Q(state=ReportState.DUE, due_at__gte=at - LOOK_BACK)
    concerned = SatisfactionReport.objects.filter(owed | Q(breached)).select_related("policy", "dealer")
    moved, last = 0, 0
    while True:
        with transaction.atomic():
            rows = concerned.select_for_update(skip_locked=True, of=("self",)).filter(pk__gt=last).order_by("pk")
            batch = list(rows[:_BATCH])
            if not batch:
                return moved
            last = batch[-1].pk
            changed = set_reports_right(batch, at=at)
            record_overdue_reports([one for one in changed if one.is_late], at=at)
            moved += len(changed)


def set_reports_right(reports: Sequence[SatisfactionReport], *, at: datetime) -> list[SatisfactionReport]:
    """Move the deadlines of locked reports by the outages known now; returns those that were moved.

    A breach on record whose instant was another is waived as the system's own mistake; whoever called records it
    again if it still is one.
    """
    if not reports:
        return []
    begun = {one.pk: one.counts_from or one.due_at - timedelta(days=_days(one)) for one in reports}
    known = outages_between(min(begun.values()), max(at, present.now()), now=present.now())
    moved, events = [], []
    for one in reports:
        due_at = report_due_at(begun[one.pk], _days(one), known)
        if due_at == one.due_at:
            continue
        before = {"due_at": one.due_at.isoformat()}
        one.counts_from, one.due_at = begun[one.pk], due_at
        moved.append(one)
        events.append(
            AuditEvent(
                actor=None,
                action="satisfaction_report.move_deadline",
                subject=one,
                at=at,
                reason=OUTAGE,
                before=before,
                after={"quarter": one.quarter, "due_at": due_at.isoformat()},
                dealer_id=one.dealer_id,
            )
        )
    if moved:
        SatisfactionReport.objects.bulk_update(moved, ["counts_from", "due_at"], batch_size=500)
        record_audits(events)
        waive_by_clock(Q(report__in=moved), at=at, reason=OUTAGE)
    return moved


def _days(report: SatisfactionReport) -> int:
    return aftersales_terms(report.policy).satisfaction.due_days
