"""What the stock check found, for headquarters: by dealer and product, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import back_to, capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, window_of, words_of
from pricing.choices import StockCode
from pricing.models import StockFinding
from pricing.selectors.stock_findings import visible_stock_findings
from pricing.services.stock_check import check_dealer_stock
from pricing.stock_words import finding_sentence

_COLUMNS = ("dealer", "sku", "finding", "from", "to", "units", "found_at", "cleared_at", "sentence")


@require_GET
@capability_required("stock.view")
def stock_findings(request: HttpRequest) -> HttpResponse:
    """The findings of the dealers in sight; a dealer is sent to its own stock."""
    user = person(request)
    if user.dealer_id is not None:
        return redirect("stock")
    found, filters, given = _asked(request)
    window = window_of(request, found)
    context = {
        "window": window,
        "rows": [{"finding": one, "said": finding_sentence(one)} for one in window.rows],
        "filters": filters,
        "given": given,
        "narrowed": bool(given["dealer"] or given["sku"] or filters[0].value or filters[1].value != "standing"),
        "checkable": visible_dealers(user).filter(code=given["dealer"]).first() if given["dealer"] else None,
    }
    return render(request, "pricing/stock_findings.html", context)


@require_GET
@capability_required("stock.view")
def stock_findings_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The findings asked for as a table."""
    if person(request).dealer_id is not None:
        raise PermissionDenied
    found, _filters, _given = _asked(request)
    return table_response(request, ending, "stock-findings", _COLUMNS, _table(found))


@require_POST
@capability_required("stock.view")
def stock_check_now(request: HttpRequest, dealer: str) -> HttpResponse:
    """Check one dealer now instead of in the night."""
    user = person(request)
    if user.dealer_id is not None:
        raise PermissionDenied
    checked = get_object_or_404(visible_dealers(user), code=dealer)
    result = check_dealer_stock(checked, at=clock.now())
    said = _("Checked: %(standing)s findings stand, %(new)s of them new; %(cleared)s are cleared.")
    messages.success(request, said % {"standing": result.standing, "new": result.new, "cleared": result.cleared})
    return back_to(request, "stock-findings")


def _asked(request: HttpRequest) -> tuple[QuerySet[StockFinding], list[Any], dict[str, str]]:
    kind = choice_of(request, "code", _("All findings"), StockCode.choices)
    state = choice_of(request, "state", _("Standing and cleared"), _states(), default="standing")
    given = {"dealer": words_of(request, "dealer"), "sku": words_of(request, "sku")}
    found = visible_stock_findings(person(request)).select_related("dealer", "product")
    if kind.value:
        found = found.filter(code=kind.value)
    if state.value:
        found = found.filter(cleared_at__isnull=state.value == "standing")
    if given["dealer"]:
        found = found.filter(dealer__code=given["dealer"])
    if given["sku"]:
        found = found.filter(product__sku=given["sku"])
    return found, [kind, state], given


def _states() -> list[tuple[str, str]]:
    return [("standing", _("Still standing")), ("cleared", _("Cleared"))]


def _table(found: QuerySet[StockFinding]) -> Iterator[tuple[Any, ...]]:
    for one in found.iterator(chunk_size=2_000):
        yield (
            *(one.dealer.code, one.product.sku, one.code, one.opened_at, one.closed_at, one.units),
            *(one.found_at, one.cleared_at, finding_sentence(one)),
        )
