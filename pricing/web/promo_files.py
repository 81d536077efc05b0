"""Opening what is attached to a request or to the minutes of its meeting."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dealers.web.access import capability_required, person
from dealers.web.files import file_response
from pricing.errors import PromoNotFound
from pricing.models import PromoAttachment, PromoMinutes
from pricing.permissions import can
from pricing.selectors.promo_files import attachment_for, minutes_file_for


@require_GET
@capability_required("promos.view", can=can)
def attachment(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A file of a request, for whoever may see the request."""
    try:
        return file_response(attachment_for(person(request), code, pk).file, inline="inline" in request.GET)
    except (PromoNotFound, PromoAttachment.DoesNotExist) as missing:
        raise Http404 from missing


@require_GET
@capability_required("promos.view", can=can)
def minutes_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The sheet kept with the minutes, for headquarters."""
    try:
        return file_response(minutes_file_for(person(request), code, pk))
    except (PromoNotFound, PromoMinutes.DoesNotExist) as missing:
        raise Http404 from missing
