"""One statement as a file, with the proof of every amount, and the lines of many as rows."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from dealers.errors import NotFound
from dealers.web.access import capability_required, person
from dealers.web.downloads import json_response, table_response
from settlement.models import Statement
from settlement.permissions import can
from settlement.resources import LINE_COLUMNS, line_rows
from settlement.selectors.visible import statement_of


@require_GET
@capability_required("statements.export", "statements.confirm", can=can)
def statement_file(request: HttpRequest, period: str, dealer: str, written: str) -> HttpResponseBase:
    """CSV and XLSX carry the lines with the explanation of each amount, JSON everything with the full proof."""
    try:
        statement = statement_of(person(request), period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error
    name = f"statement-{period}-{statement.dealer.code}"
    if written == "json":
        return json_response(iter([as_object(statement)]), name)
    return table_response(request, written, name, LINE_COLUMNS, line_rows(statement.lines.all()))


def as_object(statement: Statement) -> dict[str, Any]:
    """Everything a statement says, with the full proof of every line."""
    run = statement.run
    amounts = ("purchases", "sales", "opening", "total", "closing", "payable")
    return {
        "period": run.period,
        "dealer": statement.dealer.code,
        "name": statement.dealer.name,
        "tier": statement.tier,
        "state": statement.state,
        "cutoff": run.cutoff,
        "digest": statement.digest,
        **{name: getattr(statement, name) for name in amounts},
        "delivered_at": statement.delivered_at,
        "confirm_due_at": statement.confirm_due_at,
        "confirmed_at": statement.confirmed_at,
        "lines": [
            {
                "line_no": line.line_no,
                "kind": line.kind,
                "program": line.program,
                "for_period": line.for_period,
                "base": line.base,
                "rate": line.rate,
                "amount": line.amount,
                "proof": line.proof,
            }
            for line in statement.lines.order_by("line_no")
        ],
    }
