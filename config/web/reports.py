"""A dealer's own reporting: uploading a file, empty sheets to fill in, and correcting a refused line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from config.imports import import_file, resubmit
from config.web.report_sheets import COLUMNS, csv_sheet, xlsx_sheet
from dealers.choices import OWN_FEEDS, Door, Feed, QuarantineState
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import FeedDelivery, Product, QuarantinedLine
from dealers.selectors.quarantine import visible_quarantine
from dealers.services.deliveries import detail_of
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.status import my_status
from pricing.selectors.bands import selling_regions

LARGEST_UPLOAD = 64 * 1024 * 1024
ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
_LONGEST_CELL = 500


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
        help_text=gettext_lazy("CSV or a spreadsheet (XLSX, XLS, ODS), at most 64 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join((*ENDINGS, ".gz"))}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 64 MB; split it by days."))
        if not str(file.name).lower().endswith(ENDINGS):
            raise forms.ValidationError(_("This kind of file cannot be read; save it as CSV or XLSX."))
        return file


@require_http_methods(["GET", "POST"])
@capability_required("reports.submit")
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a report of the own dealer; the answer is its receipt."""
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, initial={"feed": Feed.SALES})
    if request.method == "POST" and form.is_valid():
        delivery = _take_in(request, form)
        if delivery is not None:
            return redirect("receipt", delivery.receipt)
    user = person(request)
    at = clock.now()
    context = {
        "form": form,
        "status": my_status(user, at=at),
        "today": clock.business_day(at),
        "sheets": [(Feed(feed), columns) for feed, columns in COLUMNS.items()],
    }
    return render(request, "dealers/upload.html", context, status=422 if request.method == "POST" else 200)


def _take_in(request: HttpRequest, form: UploadForm) -> FeedDelivery | None:
    """The receipt of an uploaded file; None when it is no table of its kind, which the form then says."""
    file: UploadedFile = form.cleaned_data["file"]
    user = person(request)
    try:
        return import_file(
            kind=form.cleaned_data["feed"],
            given=file.file,  # type: ignore[arg-type]
            actor=user,
            door=Door.PORTAL,
            dealer=own_dealer(request),
            filename=file.name,
            delivered_by=user.get_username(),
        )
    except UnusableFile as error:
        said = _("%(file)s %(reason)s. Nothing was stored.")
        form.add_error("file", said % {"file": file.name, "reason": error.render()})
        return None


@require_GET
@capability_required("reports.submit")
def report_sheet(request: HttpRequest, feed: str, ending: str) -> HttpResponse:
    """An empty report of a kind, with the dealer's products and regions to choose from when it is a workbook."""
    dealer = own_dealer(request)
    if feed not in COLUMNS or ending not in ("csv", "xlsx"):
        raise Http404
    if ending == "csv":
        content, kind = csv_sheet(feed), "text/csv; charset=utf-8"
    else:
        products = list(Product.objects.filter(industry=dealer.industry).order_by("sku"))
        regions = list(selling_regions(dealer.pk, clock.business_day(clock.now())).order_by("code"))
        titles = (_("Products"), _("Regions"))
        content = xlsx_sheet(feed, products, regions, sheet=str(Feed(feed).label), titles=titles)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = f'attachment; filename="{feed}-{dealer.code}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@require_http_methods(["GET", "POST"])
@capability_required("quarantine.correct")
def quarantine_line(request: HttpRequest, pk: int) -> HttpResponse:
    """A refused line as a form of its fields; corrected, it is delivered again by itself."""
    user = person(request)
    line = get_object_or_404(visible_quarantine(user).filter(feed__in=OWN_FEEDS), pk=pk)
    if line.state != QuarantineState.OPEN:
        messages.info(request, _("Line %(line)s has been dealt with already.") % {"line": line.line})
        return redirect("quarantine")
    fields = _fields_of(line)
    if request.method == "POST":
        content = {name: request.POST.get(name, "").strip()[:_LONGEST_CELL] for name, _value in fields}
        with refusals_shown(request):
            dealer, at = own_dealer(request), clock.now()
            delivery = resubmit(
                line_id=line.pk,
                content={name: value for name, value in content.items() if value},
                dealer=dealer,
                actor=user,
                at=at,
            )
            return _after_correction(request, delivery)
        fields = list(content.items())
    context = {"line": line, "detail": detail_of(line), "fields": fields, "wrong": line.field}
    return render(request, "dealers/quarantine_line.html", context, status=422 if request.method == "POST" else 200)


def _after_correction(request: HttpRequest, delivery: FeedDelivery) -> HttpResponse:
    """On to the line if it was refused again, to the next one waiting, or to the empty list."""
    waiting = visible_quarantine(person(request)).filter(state=QuarantineState.OPEN, feed__in=OWN_FEEDS)
    again = waiting.filter(delivery=delivery).first()
    if again is not None:
        messages.error(request, _("Still not right: %(detail)s") % {"detail": detail_of(again)})
        return redirect("quarantine-line", again.pk)
    left = waiting.count()
    said = ngettext("The line is taken in. %(left)d more waits.", "The line is taken in. %(left)d more wait.", left)
    messages.success(request, said % {"left": left})
    return redirect("quarantine")


def _fields_of(line: QuarantinedLine) -> list[tuple[str, str]]:
    """The fields of the kind in their order, then any others the line came with."""
    content: dict[str, Any] = line.content if isinstance(line.content, dict) else {}
    known = [name for name in COLUMNS[line.feed]]
    others = [name for name in content if name not in known and name != "dealer"]
    return [(name, "" if content.get(name) is None else str(content[name])) for name in (*known, *others)]
