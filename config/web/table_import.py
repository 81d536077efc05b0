"""Bulk import of HQ's tables in the portal: the import's own path, answered by its receipt."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.imports import IMPORTERS, import_file
from config.web.uploads import UploadForm
from dealers.choices import Door
from dealers.foundation.tabular import UnusableFile
from dealers.web.access import capability_required, person
from pricing.permissions import can
from rebates.permissions import can as can_in_rebates


class TableForm(UploadForm):
    """A table; what it holds is not a question."""

    feed = None  # type: ignore[assignment]


@require_http_methods(["GET", "POST"])
@capability_required("bands.import", can=can)
def bands_import(request: HttpRequest) -> HttpResponse:
    """Upload a table of price bands."""
    return _import(request, "bands", "pricing/bands_import.html")


@require_http_methods(["GET", "POST"])
@capability_required("observations.import", can=can)
def observations_import(request: HttpRequest) -> HttpResponse:
    """Upload a table of prices seen in the market."""
    return _import(request, "market_observations", "pricing/observations_import.html")


@require_http_methods(["GET", "POST"])
@capability_required("scorecards.target", can=can_in_rebates)
def targets_import(request: HttpRequest) -> HttpResponse:
    """Upload a table of sales targets."""
    return _import(request, "sales_targets", "rebates/targets_import.html")


def _import(request: HttpRequest, kind: str, template: str) -> HttpResponse:
    """The form, or the receipt of the table with every refused row and why."""
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        user = person(request)
        file: UploadedFile = form.cleaned_data["file"]
        try:
            delivery = import_file(
                kind=kind,
                given=file.file,  # type: ignore[arg-type]
                actor=user,
                door=Door.PORTAL,
                filename=file.name,
                delivered_by=user.get_username(),
            )
        except UnusableFile as error:
            said = _("%(file)s %(reason)s. Nothing was stored.")
            form.add_error("file", said % {"file": file.name, "reason": error.render()})
        else:
            return redirect("receipt", delivery.receipt)
    layout = IMPORTERS[kind].layout
    context = {"form": form, "required": layout.required, "optional": layout.optional}
    return render(request, template, context, status=422 if request.method == "POST" else 200)
