"""Violations and their lines as files: what the pages show, for spreadsheets and other systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from pricing.models import Violation
from pricing.permissions import can
from pricing.selectors.ladder import ladder
from pricing.selectors.violation_lines import explained, lines_of
from pricing.selectors.violations import CLEARED, ViolationWish, narrowed_violations
from pricing.web.violations import ALL, found_violation, wish_of

_PORTION = 2_000
EXPORT_COLUMNS = (
    "period",
    "dealer",
    "dealer_name",
    "kind",
    "state",
    "lines",
    "quantity",
    "amount",
    "shortfall",
    "first_sold_at",
    "last_sold_at",
    "standing",
    "case",
    "gathered_at",
)
LINE_COLUMNS = (
    "doc_no",
    "line_no",
    "revision",
    "sold_at",
    "sku",
    "region",
    "quantity",
    "unit_price",
    "edge",
    "shortfall",
)


@require_GET
@capability_required("violations.view", can=can)
def export(request: HttpRequest, written: str) -> HttpResponseBase:
    """The violations of the present filters as CSV, XLSX or JSON."""
    user = person(request)
    wish, _filters, _periods = wish_of(request, user)
    name = f"violations-{wish.period or ALL}"
    return table_response(request, written, name, EXPORT_COLUMNS, _export_rows(user, wish))


@require_GET
@capability_required("violations.view", can=can)
def export_lines(request: HttpRequest, pk: int, written: str) -> HttpResponseBase:
    """The exact lines of one violation."""
    found = found_violation(person(request), pk)
    name = f"violation-{pk}-lines"
    return table_response(request, written, name, LINE_COLUMNS, _line_rows(found))


def _export_rows(user: User, wish: ViolationWish) -> Iterator[list[Any]]:
    terms = ladder()
    for found in narrowed_violations(user, wish, terms).iterator(chunk_size=_PORTION):
        consequence = terms.consequence_of(found)
        yield [
            str(HalfMonth.from_ordinal(found.period)),
            found.dealer.code,
            found.dealer.name,
            found.kind,
            found.state if found.lines else CLEARED,
            found.lines,
            found.quantity,
            found.amount,
            found.shortfall,
            found.first_sold_at,
            found.last_sold_at,
            consequence.standing if consequence else None,
            found.case_number if user.dealer_id is None else None,
            found.gathered_at,
        ]


def _line_rows(found: Violation) -> Iterator[list[Any]]:
    for each in explained(found, lines_of(found), for_dealer=True, with_promos=False):
        line = each.line
        yield [
            line.doc_no,
            line.line_no,
            line.revision,
            line.sold_at,
            line.product.sku,
            line.region.code,
            line.quantity,
            line.unit_price,
            each.edge,
            each.shortfall,
        ]
