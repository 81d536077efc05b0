"""A dealer's archive: what it holds, asked for here, written by a job, fetched here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import DealerState, JobState
from dealers.foundation import clock
from dealers.models import Dealer, JobRun, User
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.downloads import in_scope_of
from dealers.web.listing import window_of, words_of
from settlement.models import DealerArchive
from settlement.permissions import can
from settlement.services.archives import WRITE_ARCHIVE, fetch_archive, request_archive
from settlement.services.exports import KEPT

_LATEST = 10


@require_GET
@capability_required("archives.view", can=can)
def own_archive(request: HttpRequest) -> HttpResponse:
    """The archives of the owner's company, and the button that has one written."""
    return _page(request, own_dealer(request))


@require_GET
@capability_required("archives.view", can=can)
def archive_of(request: HttpRequest, code: str) -> HttpResponse:
    """The same for headquarters."""
    return _page(request, get_object_or_404(visible_dealers(person(request)), code=code))


@require_GET
@capability_required("archives.view", can=can)
def archives(request: HttpRequest) -> HttpResponse:
    """Dealers that have left or have an archive, or those that fit the words; each leads to its archive."""
    user = person(request)
    if user.dealer_id is not None:
        return redirect("own-archive")
    words = words_of(request)
    kept = DealerArchive.objects.filter(dealer=OuterRef("pk"))
    found = visible_dealers(user).annotate(prepared_at=Subquery(kept.values("finished_at")[:1]))
    if words:
        found = found.filter(Q(code__icontains=words) | Q(name__icontains=words))
    else:
        found = found.filter(Q(state=DealerState.TERMINATED) | Exists(kept))
    return render(
        request, "settlement/archives.html", {"window": window_of(request, found.order_by("-pk")), "q": words}
    )


def _page(request: HttpRequest, dealer: Dealer) -> HttpResponse:
    user = person(request)
    found = list(DealerArchive.objects.filter(dealer=dealer).select_related("requested_by")[:_LATEST])
    jobs = {job.key: job for job in JobRun.objects.filter(task=WRITE_ARCHIVE, key__in=[str(one.pk) for one in found])}
    rows = [_shown(one, jobs.get(str(one.pk)), user) for one in found]
    context: dict[str, Any] = {
        "dealer": dealer,
        "mine": user.dealer_id is not None,
        "rows": rows,
        "busy": next((row["job"] for row in rows if row["busy"]), None),
        "days": KEPT.days,
        "may_ask": can(user, "archives.ask"),
    }
    return render(request, "settlement/archive.html", context)


def _shown(asked: DealerArchive, job: JobRun | None, reader: User) -> dict[str, Any]:
    busy = asked.finished_at is None and job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    by_us = asked.requested_by.dealer_id is None
    return {
        "archive": asked,
        "job": job,
        "busy": busy,
        "failed": asked.finished_at is None and not busy,
        "until": asked.finished_at + KEPT if asked.finished_at else None,
        # A dealer is not told who at headquarters it was.
        "who": _("headquarters") if by_us and reader.dealer_id is not None else str(asked.requested_by),
    }


@require_POST
@capability_required("archives.ask", can=can)
def ask_own(request: HttpRequest) -> HttpResponse:
    """Have the archive of the owner's company written."""
    _ask(request, own_dealer(request))
    return redirect("own-archive")


@require_POST
@capability_required("archives.ask", can=can)
def ask_of(request: HttpRequest, code: str) -> HttpResponse:
    """Have the archive of a dealer written."""
    dealer = get_object_or_404(visible_dealers(person(request)), code=code)
    _ask(request, dealer)
    return redirect("dealer-archive", dealer.code)


def _ask(request: HttpRequest, dealer: Dealer) -> None:
    with refusals_shown(request):
        request_archive(dealer=dealer, actor=person(request), at=clock.now())
        messages.success(request, _("The archive is being written."))


@require_GET
@capability_required("archives.view", can=can)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, as long as it is kept."""
    user = person(request)
    seen = DealerArchive.objects.filter(dealer__in=visible_dealers(user), finished_at__isnull=False, forgotten_at=None)
    found = get_object_or_404(seen, pk=pk)
    pieces = fetch_archive(archive=found, actor=user, at=clock.now())
    response = StreamingHttpResponse(in_scope_of(request, pieces), content_type="application/zip")
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
