"""One line of a statement: its proof, and the sale lines or shipments its base was summed from."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dealers.errors import NotFound
from dealers.models import Product
from dealers.web.access import capability_required, person
from dealers.web.listing import page_of
from pricing.choices import Flag, Verdict
from settlement.models import StatementLine
from settlement.permissions import can
from settlement.selectors.inputs import inputs_of
from settlement.selectors.visible import statement_of


@require_GET
@capability_required("statements.view", can=can)
def statement_line(request: HttpRequest, period: str, dealer: str, line_no: int) -> HttpResponse:
    """The proof of one amount, and page by page what stands behind the half-month asked for."""
    try:
        statement = statement_of(person(request), period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error
    line = get_object_or_404(StatementLine, statement=statement, line_no=line_no)
    shares = [share["period"] for share in line.proof.get("inputs", ())]
    asked = request.GET.get("of", shares[-1] if shares else "")
    inputs = inputs_of(line, asked, cutoff=statement.run.cutoff) if statement.run.cutoff and asked else None
    if inputs is None and "of" in request.GET:
        raise Http404
    page = page_of(request, inputs.rows) if inputs else None
    context = {
        "statement": statement,
        "run": statement.run,
        "line": line,
        "asked": asked,
        "inputs": inputs,
        "page": page,
        "rows": _rows(page),
        "tabs": [{"label": share, "url": f"?of={share}", "current": share == asked, "count": None} for share in shares],
    }
    return render(request, "settlement/line.html", context)


def _rows(page: Page[Any] | None) -> list[dict[str, Any]]:
    """The rows of the page with their products and findings; one query for all products."""
    found = list(page.object_list) if page is not None else []
    products = Product.objects.in_bulk({row["product_id"] for row in found})
    return [
        {
            **row,
            "product": products.get(row["product_id"]),
            "finding": Verdict(row["verdict"]).code if row.get("verdict") else "",
            "remarks": Flag.codes(row.get("flags") or 0),
        }
        for row in found
    ]
