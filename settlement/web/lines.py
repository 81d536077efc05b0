"""One line of a statement: its proof, and the sale lines or shipments its base was summed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dealers.errors import NotFound
from dealers.models import Product
from dealers.web.access import capability_required, person
from dealers.web.downloads import json_response, table_response
from dealers.web.listing import page_of
from pricing.choices import Flag, Verdict
from settlement.choices import RunState
from settlement.models import StatementLine
from settlement.permissions import can
from settlement.proof_words import words_of
from settlement.proof_words.reading import REBATE, Reading, read_proof
from settlement.proof_words.rows import half_month_words
from settlement.resources import plain
from settlement.selectors.inputs import Inputs, Share, inputs_of, shares_of
from settlement.selectors.visible import statement_of

INPUT_COLUMNS = ("doc_no", "line_no", "at", "sku", "quantity", "unit_price", "amount", "verdict")


@require_GET
@capability_required("statements.view", can=can)
def statement_line(request: HttpRequest, period: str, dealer: str, line_no: int) -> HttpResponse:
    """The proof of one amount, and page by page what stands behind the half-month asked for."""
    line = _line(request, period, dealer, line_no)
    statement = line.statement
    shares = shares_of(line.proof)
    asked = request.GET.get("of", shares[-1].key if shares else "")
    inputs = inputs_of(line, asked, cutoff=statement.run.cutoff) if statement.run.cutoff and asked else None
    if inputs is None and "of" in request.GET:
        raise Http404
    page = page_of(request, inputs.rows) if inputs else None
    context = {
        "statement": statement,
        "run": statement.run,
        "line": line,
        "reading": general_reading(line),
        "asked": asked,
        "inputs": inputs,
        "page": page,
        "rows": _rows(page),
        "tabs": [_tab(line, share, asked) for share in shares],
        "may_adjust": can(person(request), "adjustments.propose") and statement.run.state == RunState.CLOSED,
    }
    return render(request, "settlement/line.html", context)


@require_GET
@capability_required("statements.view", can=can)
def line_proof(request: HttpRequest, period: str, dealer: str, line_no: int) -> HttpResponseBase:
    """The proof of one amount as it is stored, for whoever reckons it again."""
    line = _line(request, period, dealer, line_no)
    statement = line.statement
    content = {
        "period": statement.run.period,
        "dealer": statement.dealer.code,
        "line_no": line.line_no,
        "kind": line.kind,
        "program": line.program,
        "for_period": line.for_period,
        "base": plain(line.base),
        "rate": plain(line.rate),
        "amount": line.amount,
        "proof": line.proof,
    }
    return json_response(iter([content]), f"proof-{period}-{statement.dealer.code}-{line_no}")


@require_GET
@capability_required("statements.view", can=can)
def line_inputs(request: HttpRequest, period: str, dealer: str, line_no: int, written: str) -> HttpResponseBase:
    """Every sale line or shipment behind one half-month's share of an amount."""
    line = _line(request, period, dealer, line_no)
    cutoff, key = line.statement.run.cutoff, request.GET.get("of", "")
    inputs = inputs_of(line, key, cutoff=cutoff) if cutoff else None
    if inputs is None:
        raise Http404
    return table_response(request, written, f"proof-{period}-{dealer}-{line_no}-{key}", INPUT_COLUMNS, _listed(inputs))


def _listed(inputs: Inputs) -> Iterator[tuple[object, ...]]:
    """The lines behind a share as rows, with the products' codes; products are looked up once."""
    products = dict(Product.objects.values_list("pk", "sku"))
    for row in inputs.rows.iterator(chunk_size=2000):
        finding = Verdict(row["verdict"]).code if row.get("verdict") else ""
        place = (row["doc_no"], row["line_no"], row["at"], products.get(row["product_id"], ""))
        yield (*place, row["quantity"], row["unit_price"], row["amount"], finding)


def general_reading(line: StatementLine) -> Reading | None:
    """The proof in words, for lines whose proof has the general shape; rebates have a page part of their own."""
    return None if line.proof.get("rule") == REBATE else read_proof(line.proof)


def _line(request: HttpRequest, period: str, dealer: str, line_no: int) -> StatementLine:
    try:
        statement = statement_of(person(request), period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error
    line = get_object_or_404(StatementLine, statement=statement, line_no=line_no)
    line.statement = statement
    return line


def _tab(line: StatementLine, share: Share, asked: str) -> dict[str, Any]:
    label = half_month_words(share.period)
    if line.proof.get("rule") != REBATE:
        label = f"{words_of(line.proof).name(share.of).label} {label}"
    return {"label": label, "url": f"?of={share.key}", "current": share.key == asked, "count": None}


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
