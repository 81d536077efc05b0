"""The documents of a half-month: how far they are made, all in one file, and whether a paper somebody holds is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.digest import sha256_hex
from dealers.services.files import LARGEST_FILE
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.archives import Entry, streamed_zip
from dealers.web.downloads import in_scope_of
from settlement.choices import DocumentFormat, RunState
from settlement.models import SettlementRun
from settlement.permissions import can
from settlement.selectors.documents import KINDS, documents_made, files_of, genuine_documents
from settlement.selectors.visible import run_of, visible_statements
from settlement.services.document_jobs import request_documents


@require_GET
@capability_required("documents.view", can=can)
def run_documents(request: HttpRequest, period: str) -> HttpResponse:
    """How many of a closed half-month's statements were issued as which file, and what may be done about it."""
    run = _run(request, period)
    made = documents_made(run) if run.state == RunState.CLOSED else []
    context = {
        "run": run,
        "made": made,
        "busy": any(one.busy for one in made),
        "may_issue": can(request.user, "documents.issue"),
    }
    return render(request, "settlement/documents.html", context)


@require_POST
@capability_required("documents.issue", can=can)
def issue(request: HttpRequest, period: str) -> HttpResponse:
    """Have one kind of file made of every statement, in the background."""
    run = _run(request, period)
    kind = _kind(request.POST.get("written", ""), request.POST.get("language", ""))
    with refusals_shown(request):
        request_documents(run=run, kinds=[kind], actor=person(request), at=clock.now())
        messages.success(request, _("They are being made in the background; this page shows how far they are."))
    return redirect("run-documents", run.period)


@require_GET
@capability_required("documents.view", can=can)
def all_in_one(request: HttpRequest, period: str, written: str) -> HttpResponseBase:
    """Every issued file of one kind in one archive, with a list of numbers and digests; streamed as it is read."""
    run = _run(request, period)
    kind, language = _kind(written, request.GET.get("language", ""))
    response = StreamingHttpResponse(
        in_scope_of(request, streamed_zip(_archive(run, kind, language))), content_type="application/zip"
    )
    name = f"HM-{run.period}-{kind}{'-' + language[:2] if language else ''}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
@capability_required("documents.check", can=can)
def check(request: HttpRequest) -> HttpResponse:
    """Whether a number, a digest or a file is that of an issued document; a dealer learns of its own only."""
    user = person(request)
    asked = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    file = request.FILES.get("file") if request.method == "POST" else None
    too_large = file is not None and (file.size or 0) > LARGEST_FILE
    if file is not None and not too_large:
        asked = sha256_hex(file.read())
    found = genuine_documents(user, asked)
    seen = visible_statements(user).filter(pk__in=[document.statement_id for document in found])
    context = {
        "asked": asked,
        "file": file.name if file is not None else "",
        "too_large": too_large,
        "documents": found,
        "document": found[0] if found else None,
        "statement": seen.first(),
        "by_number": bool(found) and asked == found[0].number,
    }
    return render(request, "settlement/document_check.html", context)


def _run(request: HttpRequest, period: str) -> SettlementRun:
    try:
        return run_of(person(request), period)
    except NotFound as error:
        raise Http404(str(error)) from error


def _kind(written: str, language: str) -> tuple[DocumentFormat, str]:
    kind = next((kind for kind in KINDS if kind == (written, language)), None)
    if kind is None:
        raise Http404
    return kind


def _archive(run: SettlementRun, written: DocumentFormat, language: str) -> Iterator[Entry]:
    listed = io.StringIO()
    rows = csv.writer(listed)
    rows.writerow(("number", "dealer", "file", "sha256"))
    for document, file in files_of(run, written, language):
        rows.writerow((document.number, document.dealer.code, file.name, document.sha256))
        yield Entry(file.name, bytes(file.content), document.issued_at)
    yield Entry("documents.csv", listed.getvalue().encode())
