"""The satisfaction report of each quarter: asked for, written, handed in with its figures, read; or overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from aftersales.choices import ReportState
from aftersales.errors import (
    ReportHandedIn,
    ReportIncomplete,
    ReportNotDue,
    ReportNotFound,
    ReportNotHandedIn,
)
from aftersales.models import SatisfactionReport, ServiceBreach
from aftersales.permissions import can, require
from aftersales.rules.report_due import owes_report, report_counts_from, report_due_at
from aftersales.selectors.breaches import ON_RECORD
from aftersales.selectors.reports import owed_reports, visible_reports
from aftersales.selectors.service_figures import figures_of
from aftersales.services.breaches import record_overdue_reports
from aftersales.services.report_deadlines import compare_reports_with_outages, set_reports_right
from aftersales.services.tickets.acting import Actor, audit_actor, label_of, supervisors
from aftersales.terms import aftersales_terms
from dealers.choices import DealerState, NoticeKind
from dealers.errors import NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, Notice, User
from dealers.selectors.policies import policy_in_force
from dealers.services.audit import record_audit
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all


@transaction.atomic
def save_report(*, quarter: str, statement: str, plan: str, actor: Actor, at: datetime) -> SatisfactionReport:
    """Keep what has been written of a report so far."""
    report = _own_report(actor, quarter)
    report.statement, report.plan = statement.strip()[:8000], plan.strip()[:8000]
    report.save(update_fields=["statement", "plan"])
    return report


@transaction.atomic
def submit_report(*, quarter: str, statement: str, plan: str, actor: Actor, at: datetime) -> SatisfactionReport:
    """Hand a report in: the figures of this instant are frozen into it. Too late is still handed in, and shown as late.

    Raises :class:`ReportNotDue`, :class:`ReportHandedIn` or :class:`ReportIncomplete`.
    """
    report = _own_report(actor, quarter)
    if not statement.strip() or not plan.strip():
        raise ReportIncomplete
    set_reports_right([report], at=at)
    if at >= report.due_at:
        record_overdue_reports([report], at=at)
    figures = figures_of(report.dealer_id, Quarter.parse(report.quarter), as_of=at)
    report.statement, report.plan = statement.strip()[:8000], plan.strip()[:8000]
    report.figures = figures.as_kept()
    report.state, report.submitted_at, report.submitted_by = ReportState.SUBMITTED, at, label_of(actor)
    report.save()
    record_audit(
        actor=audit_actor(actor),
        action="satisfaction_report.submit",
        subject=report,
        at=at,
        before={"state": ReportState.DUE},
        after={"state": report.state, "quarter": report.quarter, "figures": report.figures, "late": report.is_late},
        dealer_id=report.dealer_id,
    )
    _tell([report], {report.dealer_id: supervisors()}, "report_submitted", at)
    return report


@transaction.atomic
def acknowledge_report(*, key: int, remark: str, actor: User, at: datetime) -> SatisfactionReport:
    """Note that headquarters has read a report, with what it thinks of it; the dealer reads that."""
    require(actor, "reports.acknowledge")
    report = visible_reports(actor).select_for_update(of=("self",)).select_related("dealer").filter(pk=key).first()
    if report is None:
        raise ReportNotFound(key=key)
    if report.state == ReportState.DUE:
        raise ReportNotHandedIn(quarter=report.quarter)
    if report.state == ReportState.ACKNOWLEDGED:
        return report
    report.state, report.acknowledged_at, report.acknowledged_by = ReportState.ACKNOWLEDGED, at, actor
    report.remark = remark.strip()[:4000]
    report.save()
    record_audit(
        actor=actor,
        action="satisfaction_report.acknowledge",
        subject=report,
        at=at,
        reason=report.remark,
        before={"state": ReportState.SUBMITTED},
        after={"state": report.state, "quarter": report.quarter},
        dealer_id=report.dealer_id,
    )
    _tell([report], people_of_dealers([report.dealer_id]), "report_read", at)
    return report


@dataclass(frozen=True)
class ReportsSwept:
    """What a sweep did."""

    asked: int
    reminded: int
    overdue: int


def sweep_reports(*, at: datetime) -> ReportsSwept:
    """Ask for the reports of the quarter that has ended, remind of them, record those overdue at their instant.

    Outages of ours move deadlines first. Safe to run twice and at once; a few statements for any number of dealers.
    """
    compare_reports_with_outages(at=at)
    return ReportsSwept(asked=_ask(at), reminded=_remind(at), overdue=_record_overdue(at))


@transaction.atomic
def _ask(at: datetime) -> int:
    quarter = Quarter.containing(business_day(at)).previous()
    policy = policy_in_force(quarter.end) or policy_in_force(quarter.last_period.start)
    if policy is None:
        return 0
    days = aftersales_terms(policy).satisfaction.due_days
    counts_from = report_counts_from(quarter, days, at)
    due_at = report_due_at(counts_from, days)
    known = SatisfactionReport.objects.filter(quarter=str(quarter)).values("dealer")
    dealers = Dealer.objects.filter(pk__gt=0, state=DealerState.ACTIVE, activated_on__lt=quarter.end)
    asked = [
        SatisfactionReport(dealer=dealer, quarter=str(quarter), policy=policy, counts_from=counts_from, due_at=due_at)
        for dealer in dealers.exclude(pk__in=known)
        if owes_report(activated_on=dealer.activated_on, known_since=dealer.created_at, quarter=quarter)
    ]
    SatisfactionReport.objects.bulk_create(asked, ignore_conflicts=True, batch_size=2000)
    if asked:
        _tell(asked, people_of_dealers({one.dealer_id for one in asked}), "report_asked", at)
    return len(asked)


@transaction.atomic
def _remind(at: datetime) -> int:
    missing = SatisfactionReport.objects.filter(state=ReportState.DUE, reminded_at=None, due_at__gt=at)
    rows = missing.select_for_update(skip_locked=True, of=("self",)).select_related("policy", "dealer").order_by("pk")
    soon = [
        one
        for one in rows
        if one.due_at - timedelta(days=aftersales_terms(one.policy).satisfaction.reminder_days) <= at
    ]
    if soon:
        SatisfactionReport.objects.filter(pk__in=[one.pk for one in soon]).update(reminded_at=at)
        _tell(soon, people_of_dealers({one.dealer_id for one in soon}), "report_due_soon", at)
    return len(soon)


@transaction.atomic
def _record_overdue(at: datetime) -> int:
    known = Exists(ServiceBreach.objects.filter(ON_RECORD, report=OuterRef("pk")))
    missing = SatisfactionReport.objects.filter(~known, state=ReportState.DUE, due_at__lte=at)
    locked = missing.select_for_update(skip_locked=True, of=("self",)).select_related("dealer")
    overdue = record_overdue_reports(list(locked), at=at)
    if overdue:
        keys = {one.dealer_id for one in overdue}
        people, managers, watching = people_of_dealers(keys), managers_of_dealers(keys), supervisors()
        told = {key: [*people.get(key, []), *managers.get(key, []), *watching] for key in keys}
        _tell(overdue, told, "report_overdue", at)
    return len(overdue)


def _tell(reports: Iterable[SatisfactionReport], people: dict[int, list[User]], reason: str, at: datetime) -> int:
    return tell_all(
        Notice(
            recipient=person,
            kind=NoticeKind.AFTERSALES,
            key=f"{reason}-{report.dealer_id}-{report.quarter}",
            params={
                "reason": reason,
                "dealer": report.dealer.name,
                "quarter": report.quarter,
                "due_at": report.due_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"),
                "remark": report.remark,
            },
            url=f"{reverse('satisfaction-reports')}?quarter={report.quarter}",
            created_at=at,
        )
        for report in reports
        for person in people.get(report.dealer_id, [])
    )


def _own_report(actor: Actor, quarter: str) -> SatisfactionReport:
    """The actor's own report of a quarter, locked, while it is not handed in."""
    if actor.dealer_id is None or (isinstance(actor, User) and not can(actor, "reports.write")):
        raise NotPermitted
    mine = SatisfactionReport.objects.select_for_update(of=("self",)).select_related("dealer", "policy")
    found = mine.filter(dealer=actor.dealer_id, quarter=quarter).first()
    if found is None:
        waiting = ", ".join(owed_reports(actor.dealer_id).values_list("quarter", flat=True)) or "—"
        raise ReportNotDue(quarter=quarter, open=waiting)
    if found.state != ReportState.DUE:
        raise ReportHandedIn(quarter=quarter)
    return found
