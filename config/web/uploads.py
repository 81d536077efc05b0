"""A dealer's own uploads: taken at once, tried first, or in the background with a bar to watch."""

from __future__ import annotations

from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.imports import is_trade_messages
from config.trade_uploads import TRADE
from config.uploads import finish_upload, is_small, request_upload, run_upload, take_file, try_file
from config.web.refused_sheets import refused_sheet, row_of_problem
from config.web.report_sheets import COLUMNS
from config.web.sheets import workbook_response
from config.web.trade_uploads import messages_handled
from dealers.choices import OWN_FEEDS, Feed
from dealers.foundation import clock
from dealers.foundation.findings import Finding
from dealers.foundation.tabular import UnusableFile
from dealers.models import FeedDelivery, Upload
from dealers.problems import render_problem
from dealers.services.uploads import is_kept, keep_upload
from dealers.web.access import capability_required, own_dealer, person
from dealers.web.status import my_status

LARGEST_UPLOAD = 64 * 1024 * 1024
#: A kept file up to this size, however packed, is taken while the person waits.
LARGEST_AT_ONCE = 1 << 18
ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xls", ".ods", ".edi", ".edi.gz", ".x12", ".xml")
_PROBLEMS_SHOWN = 100


class UploadForm(forms.Form):
    """A report as a file."""

    feed = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[(feed.value, feed.label) for feed in OWN_FEEDS],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        help_text=gettext_lazy(
            "CSV, a spreadsheet (XLSX, XLS, ODS), or trade messages (X12, EDIFACT, UBL), at most 64 MB; packed as "
            ".csv.gz that is millions of lines."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join((*ENDINGS, ".gz"))}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 64 MB; pack it as .csv.gz or split it by days."))
        if not str(file.name).lower().endswith(ENDINGS):
            raise forms.ValidationError(_("This kind of file cannot be read; save it as CSV or XLSX."))
        return file


@require_http_methods(["GET", "POST"])
@capability_required("reports.submit")
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a report of the own dealer, or try it: the answer is its receipt, or where to watch it."""
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, initial={"feed": Feed.SALES})
    if sent and form.is_valid():
        answer = _handled(request, form, rehearsal="try" in request.POST)
        if answer is not None:
            return answer
    at = clock.now()
    context = {
        "form": form,
        "status": my_status(person(request), at=at),
        "yesterday": clock.business_day(at) - timedelta(days=1),
        "sheets": [(Feed(feed), columns) for feed, columns in COLUMNS.items()],
    }
    return render(request, "dealers/upload.html", context, status=422 if sent else 200)


def _handled(request: HttpRequest, form: UploadForm, *, rehearsal: bool) -> HttpResponse | None:
    """Take or try the file, now when it is small; None when it is no table of its kind, which the form then says."""
    file: UploadedFile = form.cleaned_data["file"]
    content: IO[bytes] = file.file  # type: ignore[assignment]
    feed, filename, user, at = form.cleaned_data["feed"], str(file.name), person(request), clock.now()
    if is_trade_messages(content):
        return messages_handled(request, form, own_dealer(request), rehearsal=rehearsal)
    small = is_small(content, file.size or 0)
    outcome: dict[str, Any] = {}
    if small:
        try:
            if not rehearsal:
                taken = take_file(feed=feed, content=content, filename=filename, upload_of=user)
                return redirect("receipt", taken.receipt)
            outcome = try_file(feed=feed, content=content, filename=filename, upload_of=user)
        except UnusableFile as error:
            said = _("%(file)s %(reason)s. Nothing was stored.")
            form.add_error("file", said % {"file": filename, "reason": error.render()})
            return None
    kept = keep_upload(
        dealer=own_dealer(request),
        feed=feed,
        filename=filename,
        content=content,
        rehearsal=rehearsal,
        actor=user,
        at=at,
    )
    if small:
        kept.outcome = outcome
        finish_upload(kept, at=at)
    else:
        request_upload(kept, actor=user, at=at)
    return redirect("upload-course", kept.number)


@require_GET
@capability_required("trade.deliver")
def upload_course(request: HttpRequest, number: UUID) -> HttpResponse:
    """Where an uploaded file stands: on its way, tried, taken, or of no use."""
    kept = _own_upload(request, number)
    outcome = kept.outcome
    problems = outcome.get("problems", [])
    unusable = outcome.get("unusable")
    context = {
        "upload": kept,
        "feed": _("Trade messages") if kept.feed == TRADE else Feed(kept.feed).label,
        "outcome": outcome,
        "reason": Finding.from_record(unusable).render() if unusable else "",
        "problems": [_shown(problem) for problem in problems[:_PROBLEMS_SHOWN]],
        "more": max(0, outcome.get("quarantined", 0) - _PROBLEMS_SHOWN),
        "remarks": [Finding.from_record(remark).render() for remark in outcome.get("remarks", [])],
        "may_hand_in": bool(kept.rehearsal and kept.finished_at and not unusable and is_kept(kept)),
        "broken_off": _broken_off(kept.delivery),
    }
    return render(request, "dealers/upload_course.html", context)


@require_POST
@capability_required("trade.deliver")
def upload_hand_in(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a file in that was tried: the kept one, so that it need not be chosen again."""
    kept = _own_upload(request, number)
    if not kept.rehearsal or not is_kept(kept):
        messages.info(request, _("This file was handed in already, or has been removed; upload it again."))
        return redirect("upload-course", number)
    # As handed over now: until now nobody had handed it in.
    at = clock.now()
    kept.rehearsal, kept.uploaded_at, kept.finished_at, kept.outcome = False, at, None, {}
    kept.save(update_fields=["rehearsal", "uploaded_at", "finished_at", "outcome"])
    if kept.size <= LARGEST_AT_ONCE:
        run_upload(kept, on_progress=lambda percent: None)
    else:
        request_upload(kept, actor=person(request), at=at)
    if kept.delivery is not None:
        return redirect("receipt", kept.delivery.receipt)
    if "file" in kept.outcome:
        return redirect("trade-file", kept.outcome["file"])
    return redirect("upload-course", number)


@require_GET
@capability_required("reports.submit")
def upload_refused(request: HttpRequest, number: UUID) -> HttpResponse:
    """The lines that a trial refused, as a workbook."""
    kept = _own_upload(request, number)
    problems = kept.outcome.get("problems", [])
    if not problems:
        raise Http404
    content = refused_sheet(kept.feed, map(row_of_problem, problems))
    return workbook_response(content, f"refused-{kept.feed}")


def _own_upload(request: HttpRequest, number: UUID) -> Upload:
    uploads = Upload.objects.select_related("job", "delivery", "dealer", "uploaded_by__dealer")
    user = person(request)
    whose = {"dealer": user.dealer} if user.dealer_id else {"uploaded_by": user}  # HQ hands in for many
    return get_object_or_404(uploads, number=number, **whose)


def _shown(problem: dict[str, Any]) -> dict[str, Any]:
    told = {**problem["params"], "field": problem["field"], "value": problem["value"]}
    return {**problem, "detail": render_problem(problem["code"], told)}


def _broken_off(delivery: FeedDelivery | None) -> bool:
    intake = getattr(delivery, "intake", None)
    return intake is not None and intake.finished_at is None
