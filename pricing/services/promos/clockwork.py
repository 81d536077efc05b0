"""What time does to promotions: they start, they end, and late reviews are called out. Nothing approves itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dealers.foundation.clock import business_day
from dealers.foundation.working_days import deadline
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import AuditEvent, record_audit, record_audits
from pricing.choices import PromoState
from pricing.models import PromoEscalation, PromoRequest, PromoStep
from pricing.rules.promo_escalation import Level, levels_reached
from pricing.rules.promo_flow import IN_REVIEW, acts_of_the_clock
from pricing.services.promos.accounts import keep_accounts
from pricing.services.promos.acting import move
from pricing.services.promos.notices import tell_late
from pricing.services.promos.steps import deadline_record

_BATCH = 500


@dataclass(frozen=True)
class Advanced:
    """How much moved: promotions started and ended, late reviews called out, deadlines reckoned again."""

    moved: int
    late: int
    reckoned: int


def advance_promotions(*, at: datetime) -> Advanced:
    """Bring every promotion to where the clock says it is. Safe to run twice and at once."""
    reckoned = _reckon_provisional_deadlines(at)
    moved = 0
    while batch := _move_batch(at):
        moved += batch
    keep_accounts(at=at)
    return Advanced(moved, _call_out_late_steps(at), reckoned)


@transaction.atomic
def _move_batch(at: datetime) -> int:
    today = business_day(at)
    due = Q(state=PromoState.APPROVED, window__startswith__lte=today) | Q(
        state=PromoState.RUNNING, window__endswith__lte=today
    )
    requests = list(PromoRequest.objects.select_for_update(skip_locked=True).filter(due).order_by("pk")[:_BATCH])
    events = []
    for request in requests:
        before = request.state
        for act in acts_of_the_clock(request.state, request.starts_on, request.ends_on, today):
            move(request, act)
        events.append(
            AuditEvent(
                actor=None,
                action=f"promo.{request.state}",
                subject=request,
                at=at,
                before={"state": before},
                after={"state": request.state},
                dealer_id=request.applicant_id,
            )
        )
    PromoRequest.objects.bulk_update(requests, ["state"])
    record_audits(events)
    return len(requests)


def _call_out_late_steps(at: datetime) -> int:
    late = PromoStep.objects.filter(decision="", due_at__lte=at, submission__request__state__in=IN_REVIEW)
    late = late.select_related("submission__request__applicant").prefetch_related("escalations").order_by("pk")
    calendar = current_calendar()
    told = 0
    for step in late:
        known = {escalation.level for escalation in step.escalations.all()}
        working_days = max(step.deadline.get("working_days", 1), 1)
        for level in levels_reached(step.authority, step.due_at, working_days, at, calendar):
            if level.number not in known:
                told += _escalate(step, level, at)
    return told


@transaction.atomic
def _escalate(step: PromoStep, level: Level, at: datetime) -> int:
    """Call the step out at this level, once: whoever comes second finds it done."""
    request = step.submission.request
    PromoRequest.objects.select_for_update().get(pk=request.pk)
    fresh = PromoStep.objects.filter(pk=step.pk, decision="").first()
    if fresh is None or fresh.escalations.filter(level=level.number).exists():
        return 0
    told = tell_late(request, step, level, at=at)
    PromoEscalation.objects.create(step=step, level=level.number, office=level.office, told=told, at=at)
    record_audit(
        actor=None,
        action="promo.escalate",
        subject=request,
        at=at,
        after={"step": step.kind, "level": level.number, "office": level.office, "told": told},
        dealer_id=request.applicant_id,
    )
    return told


@transaction.atomic
def _reckon_provisional_deadlines(at: datetime) -> int:
    """Count again what was counted past the calendar's coverage, once another calendar has come."""
    calendar = current_calendar()
    open_steps = PromoStep.objects.select_for_update(skip_locked=True).filter(decision="", deadline__provisional=True)
    changed = []
    for step in open_steps.exclude(deadline__calendar=calendar.version).order_by("pk"):
        due = deadline(step.started_at, step.deadline["working_days"], calendar)
        step.due_at, step.deadline = due.expires_at, deadline_record(due)
        changed.append(step)
    PromoStep.objects.bulk_update(changed, ["due_at", "deadline"])
    record_audits(
        AuditEvent(
            actor=None,
            action="promo.deadline_reckoned",
            subject=step,
            at=at,
            after={"due_at": step.due_at.isoformat(), "calendar": calendar.version},
        )
        for step in changed
    )
    return len(changed)
