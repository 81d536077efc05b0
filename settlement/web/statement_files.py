"""One statement as a file: the issued document, or a draft that says so."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.web.access import capability_required, person
from dealers.web.files import attachment_response
from settlement.choices import DocumentFormat
from settlement.permissions import can
from settlement.selectors.visible import statement_of
from settlement.services.documents import hand_out

#: The ending in the address and what is handed out for it; people open CSV with Excel.
_WRITTEN = {
    "pdf": DocumentFormat.PDF,
    "xlsx": DocumentFormat.XLSX,
    "csv": DocumentFormat.EXCEL_CSV,
    "json": DocumentFormat.JSON,
}


@require_GET
@capability_required("statements.export", "statements.confirm", can=can)
def statement_file(request: HttpRequest, period: str, dealer: str, written: str) -> HttpResponse:
    """The document in the language of ``?lang=``, or in that of the page."""
    if written not in _WRITTEN:
        raise Http404
    user = person(request)
    try:
        statement = statement_of(user, period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error
    wanted = request.GET.get("lang", "") or get_language() or ""
    file = hand_out(statement=statement, written=_WRITTEN[written], wanted=wanted, actor=user, at=clock.now())
    return attachment_response(file.name, file.media_type, file.content)
