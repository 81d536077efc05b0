"""The half-month runs: the list, one run with its review queue, and the steps to approval."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, JobRun, User
from dealers.services.jobs import request_job
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.audit_words import told
from dealers.web.listing import page_of
from settlement.choices import LineKind, RunState
from settlement.errors import RunNotFound
from settlement.models import SettlementRun
from settlement.permissions import can, require
from settlement.selectors.breakdown import breakdown_by_kind, like_half_before, totals
from settlement.selectors.review_queue import review_queues
from settlement.selectors.visible import half_month_of, sees_company, visible_runs
from settlement.services.approval import approve_run, put_up_for_review
from settlement.tasks import CALCULATE
from settlement.web.run_review import review_context

_STEPS = (RunState.OPEN, RunState.CALCULATED, RunState.UNDER_REVIEW, RunState.APPROVED, RunState.CLOSED)
_MOST_EVENTS = 30
#: How many half-months that have begun are offered to be settled first.
_CHOICES = 24

QUEUE_WORDS = {
    "largest": (gettext_lazy("Largest amounts"), gettext_lazy("What weighs most is looked at first.")),
    "changed": (
        gettext_lazy("Largest change against the like half before"),
        gettext_lazy("A first half is compared with a first half."),
    ),
    "negative": (gettext_lazy("Negative balances"), gettext_lazy("Carried forward, not paid.")),
    "no_tier": (gettext_lazy("Without a tier"), gettext_lazy("No program applies: nothing was earned.")),
    "idle": (
        gettext_lazy("Trade without any amount"),
        gettext_lazy("Sales or purchases were reported, and every line is zero."),
    ),
}


@require_GET
@capability_required("runs.view", can=can)
def runs(request: HttpRequest) -> HttpResponse:
    """Every half-month in sight, and which one to calculate next."""
    user = person(request)
    context = {
        "page": page_of(request, visible_runs(user)),
        "sees_company": sees_company(user),
        "may_calculate": can(user, "runs.calculate"),
        "choices": _to_calculate() if can(user, "runs.calculate") else [],
        "settled_up_to": _settled_up_to(None),
    }
    return render(request, "settlement/runs.html", context)


@require_GET
@capability_required("runs.view", can=can)
def run_detail(request: HttpRequest, period: str) -> HttpResponse:
    """One half-month: where it stands, what it adds up to, what to look at, and what may be done now."""
    user = person(request)
    half = _half(period)
    run = visible_runs(user).filter(period=str(half)).first()
    job = latest_job(str(half)) if can(user, "runs.calculate") or run else None
    if job is not None and run is not None:
        count_parts(job, run)
    if run is None and (job is None or not can(user, "runs.calculate")):
        raise Http404
    calculated = run is not None and run.state != RunState.OPEN
    before = like_half_before(run) if run is not None and calculated else None
    whole = sees_company(user) and calculated
    context: dict[str, Any] = {
        "half": half,
        "run": run,
        "job": job,
        "steps": _steps(run),
        "calculated": calculated,
        "before": before,
        "whole": totals(run, before) if run and whole else None,
        "kinds": [(LineKind(row.key).label, row) for row in breakdown_by_kind(run, before)] if run and whole else [],
        "sees_documents": can(user, "documents.view"),
        "lengths": _lengths(run, before),
        **review_context(user, run if calculated else None),
        "queues": _queues(run, before) if run and can(user, "statements.view_drafts") and calculated else [],
        "events": _events(run) if run and can(user, "statements.view_drafts") else [],
        "settled_up_to": _settled_up_to(half),
        **_acts(user, run, job),
    }
    return render(request, "settlement/run.html", context)


@require_POST
@capability_required("runs.calculate", can=can)
def calculate(request: HttpRequest, period: str = "") -> HttpResponse:
    """Have a half-month calculated in the background; asking again while it runs starts no second one."""
    half = _half(period or request.POST.get("period", ""))
    cutoff, at = cutoff_of(request), clock.now()
    if cutoff is not None and cutoff > at:
        messages.error(request, _("The cutoff lies in the future; choose an instant that has passed."))
        return redirect("run-detail", str(half)) if _known(half) else redirect("settlement-runs")
    if half.starts_at > at:
        messages.error(request, _("This half-month has not begun yet."))
        return redirect("settlement-runs")
    with refusals_shown(request):
        require(request.user, "runs.calculate")
        params = {"period": str(half), "cutoff": cutoff.isoformat() if cutoff else None}
        request_job(task=CALCULATE, key=str(half), params=params, actor=person(request), at=at)
    return redirect("run-detail", str(half))


@require_POST
@capability_required("runs.put_up", can=can)
def put_up(request: HttpRequest, period: str) -> HttpResponse:
    return _act(request, period, put_up_for_review, _("Put up for review; another person approves it."))


@require_POST
@capability_required("runs.approve", can=can)
def approve(request: HttpRequest, period: str) -> HttpResponse:
    return _act(request, period, approve_run, _("Approved: the ledger is posted and the statements are issued."))


def latest_job(period: str) -> JobRun | None:
    """The latest calculation of a half-month in the background."""
    return JobRun.objects.filter(task=CALCULATE, key=period).first()


def count_parts(job: Any, run: SettlementRun) -> None:
    """Let a running calculation show how many of its parts are written."""
    latest = run.calculations.filter(finished_at=None).annotate(parts=Count("done_shards")).first()
    if job.state == JobState.RUNNING and latest is not None:
        job.done, job.total = latest.parts, latest.shards


def _lengths(run: SettlementRun | None, before: SettlementRun | None) -> dict[str, Any]:
    """How many days the half-month and its like half before have, and whether amounts need that said."""
    now = HalfMonth.from_ordinal(run.ordinal).days if run else 0
    then = HalfMonth.from_ordinal(before.ordinal).days if before else now
    return {"now": now, "then": then, "differ": now != then}


def _settled_up_to(half: HalfMonth | None) -> datetime | None:
    """The cutoff of the last closed half-month before: a cutoff lies after it."""
    closed = SettlementRun.objects.filter(state=RunState.CLOSED).order_by("-ordinal")
    if half is not None:
        closed = closed.filter(ordinal__lt=half.ordinal)
    return closed.values_list("cutoff", flat=True).first()


def _act(request: HttpRequest, period: str, service: Callable[..., SettlementRun], done: str) -> HttpResponse:
    half = _half(period)
    with refusals_shown(request):
        service(period=half, actor=person(request), at=clock.now())
        messages.success(request, done)
    return redirect("run-detail", str(half))


def _acts(user: User, run: SettlementRun | None, job: JobRun | None) -> dict[str, Any]:
    """What this person may do with the run now, and why not."""
    busy = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    state = run.state if run else RunState.OPEN
    may_approve = can(user, "runs.approve") and state == RunState.UNDER_REVIEW
    own = run is not None and run.calculated_by_id is not None and run.calculated_by_id == user.pk
    return {
        "busy": busy,
        "may_calculate": can(user, "runs.calculate")
        and not busy
        and state in (RunState.OPEN, RunState.CALCULATED, RunState.UNDER_REVIEW),
        "may_put_up": can(user, "runs.put_up") and not busy and state == RunState.CALCULATED,
        "may_approve": may_approve and not busy and not own,
        "own_work": may_approve and own,
    }


def _steps(run: SettlementRun | None) -> list[dict[str, Any]]:
    at = _STEPS.index(RunState(run.state)) if run else 0
    closed = at == len(_STEPS) - 1
    return [
        {"label": state.label, "state": "done" if place < at or closed else "current" if place == at else "ahead"}
        for place, state in enumerate(_STEPS)
    ]


def _queues(run: SettlementRun, before: SettlementRun | None) -> list[dict[str, Any]]:
    return [
        {"queue": queue, "title": QUEUE_WORDS[queue.key][0], "why": QUEUE_WORDS[queue.key][1]}
        for queue in review_queues(run, before)
        if queue.rows
    ]


def _events(run: SettlementRun) -> list[Any]:
    records = AuditRecord.objects.filter(subject_type=SettlementRun._meta.label_lower, subject_id=str(run.pk))
    return told(records.order_by("-id")[:_MOST_EVENTS])


def _to_calculate() -> list[HalfMonth]:
    """The half-months that may be calculated next: those that have begun and were not, the earliest first."""
    present = HalfMonth.containing(clock.now())
    latest = SettlementRun.objects.order_by("-ordinal").values_list("ordinal", flat=True).first()
    first = latest + 1 if latest is not None else present.ordinal - _CHOICES + 1
    return [HalfMonth.from_ordinal(ordinal) for ordinal in range(first, present.ordinal + 1)][-_CHOICES:]


def _known(half: HalfMonth) -> bool:
    return SettlementRun.objects.filter(ordinal=half.ordinal).exists() or latest_job(str(half)) is not None


def _half(period: str) -> HalfMonth:
    try:
        return half_month_of(period)
    except RunNotFound as error:
        raise Http404(str(error)) from error


def cutoff_of(request: HttpRequest) -> datetime | None:
    """The instant of the form's ``datetime-local`` field; empty means every fact received so far."""
    with suppress(ValueError):
        return datetime.fromisoformat(request.POST.get("cutoff", "")).replace(tzinfo=clock.BUSINESS_ZONE)
    return None
