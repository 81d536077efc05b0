"""Bulk import of price bands in the portal: the import's own path, answered by its receipt."""

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

KIND = "bands"


class BandsForm(UploadForm):
    """A table of bands; what it holds is not a question."""

    feed = None  # type: ignore[assignment]


@require_http_methods(["GET", "POST"])
@capability_required("bands.import", can=can)
def bands_import(request: HttpRequest) -> HttpResponse:
    """Upload a table of bands; the answer is the receipt, with every refused row and why."""
    form = BandsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        user = person(request)
        file: UploadedFile = form.cleaned_data["file"]
        try:
            delivery = import_file(
                kind=KIND,
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
    layout = IMPORTERS[KIND].layout
    context = {"form": form, "required": layout.required, "optional": layout.optional}
    return render(request, "pricing/bands_import.html", context, status=422 if request.method == "POST" else 200)
