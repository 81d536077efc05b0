"""Large exports: asked for here, written by a job, fetched here."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.models import JobRun
from dealers.services.jobs import request_job
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import page_of
from settlement.choices import ExportKind, RunState
from settlement.models import PreparedExport
from settlement.permissions import can
from settlement.selectors.visible import half_month_of, visible_runs
from settlement.services.exports import FORMATS, KEPT, request_export
from settlement.tasks import EXPORT

_CHOICES = 96


@require_GET
@capability_required("statements.export", can=can)
def finance_exports(request: HttpRequest) -> HttpResponse:
    """The form, and the person's own exports with how far each is."""
    user = person(request)
    page = page_of(request, PreparedExport.objects.filter(requested_by=user).defer("content"))
    jobs = {job.key: job for job in JobRun.objects.filter(task=EXPORT, key__in=[str(one.pk) for one in page])}
    rows = [_shown(one, jobs.get(str(one.pk))) for one in page]
    context: dict[str, Any] = {
        "page": page,
        "rows": rows,
        "kinds": ExportKind.choices,
        "formats": FORMATS,
        "periods": [run.period for run in visible_runs(user).exclude(state=RunState.OPEN)[:_CHOICES]],
        "busy": next((row["job"] for row in rows if row["busy"]), None),
        "days": KEPT.days,
    }
    return render(request, "settlement/exports.html", context)


@require_POST
@capability_required("statements.export", can=can)
def ask(request: HttpRequest) -> HttpResponse:
    """Have a file written in the background."""
    user = person(request)
    at = clock.now()
    kind = request.POST.get("kind", "")
    if kind not in ExportKind:
        raise Http404
    with refusals_shown(request), transaction.atomic():
        asked = request_export(
            kind=ExportKind(kind),
            written=request.POST.get("written", ""),
            first=half_month_of(request.POST.get("first", "")),
            last=half_month_of(request.POST.get("last", "")),
            actor=user,
            at=at,
        )
        request_job(task=EXPORT, key=str(asked.pk), params={"export": asked.pk}, actor=user, at=at)
    return redirect("finance-exports")


@require_GET
@capability_required("statements.export", can=can)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, for the person who asked for it."""
    found = get_object_or_404(PreparedExport, pk=pk, requested_by=person(request), content__isnull=False)
    assert found.content is not None
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(asked: PreparedExport, job: JobRun | None) -> dict[str, Any]:
    busy = asked.finished_at is None and job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    gone = asked.finished_at is not None and clock.now() - asked.requested_at > KEPT
    return {
        "export": asked,
        "job": job,
        "busy": busy,
        "failed": asked.finished_at is None and not busy,
        "gone": gone,
    }
