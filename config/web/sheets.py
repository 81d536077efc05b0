"""Workbooks to take along: sheets to fill in, and refused lines to put right."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from config.web.refused_sheets import MOST_ROWS, refused_sheet, row_of_line
from config.web.report_sheets import COLUMNS, csv_sheet, xlsx_sheet
from dealers.choices import Feed, QuarantineState
from dealers.foundation import clock
from dealers.models import QuarantinedLine
from dealers.selectors.deliveries import delivery_by_receipt
from dealers.selectors.quarantine import visible_quarantine
from dealers.web.access import capability_required, own_dealer, person
from dealers.web.listing import words_of
from pricing.selectors.assortment import own_assortment
from pricing.selectors.bands import selling_regions

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@capability_required("reports.submit")
def report_sheet(request: HttpRequest, feed: str, ending: str) -> HttpResponse:
    """A report of a kind with the dealer's own products filled in, what else is to say left empty."""
    dealer, at = own_dealer(request), clock.now()
    if feed not in COLUMNS or ending not in ("csv", "xlsx"):
        raise Http404
    products = own_assortment(dealer, at)
    name = f"{feed}-{dealer.code}"
    if ending == "csv":
        return _attachment(csv_sheet(feed, products, at=at), "text/csv; charset=utf-8", f"{name}.csv")
    regions = list(selling_regions(dealer.pk, clock.business_day(at)).order_by("code"))
    return workbook_response(xlsx_sheet(feed, products, regions, at=at), name)


@require_GET
@capability_required("deliveries.view")
def receipt_refused(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """The refused lines of a delivery that wait to be put right, or all of them when none waits."""
    user = person(request)
    delivery = delivery_by_receipt(user, str(receipt))
    if delivery is None:
        raise Http404
    lines = visible_quarantine(user).filter(delivery=delivery).order_by("line", "id")
    waiting = list(lines.filter(state=QuarantineState.OPEN)[:MOST_ROWS])
    found = waiting or list(lines[:MOST_ROWS])
    if not found:
        raise Http404
    return workbook_response(refused_sheet(delivery.feed, map(row_of_line, found)), f"refused-{delivery.feed}")


@require_GET
@capability_required("deliveries.view")
def quarantine_refused(request: HttpRequest, feed: str) -> HttpResponse:
    """Everything of a kind that waits to be put right, narrowed to a reason and, for HQ, a dealer; the oldest first."""
    if feed not in Feed.values:
        raise Http404
    user = person(request)
    lines = visible_quarantine(user).filter(feed=feed, state=QuarantineState.OPEN).order_by("id")
    if code := words_of(request, "code"):
        lines = lines.filter(code=code)
    if (dealer := words_of(request, "dealer")) and user.dealer_id is None:
        lines = lines.filter(dealer__code=dealer)
    found: list[QuarantinedLine] = list(lines[:MOST_ROWS])
    if not found:
        raise Http404
    return workbook_response(refused_sheet(feed, map(row_of_line, found)), f"refused-{feed}")


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """A workbook to download."""
    return _attachment(content, _XLSX, f"{name}.xlsx")


def _attachment(content: bytes, kind: str, filename: str) -> HttpResponse:
    disposition = f'attachment; filename="{filename}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
