"""Refused lines as a workbook: as they came, the faulty cell in red and why beside it, to be put right and uploaded."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from config.web.report_sheets import COLUMNS
from dealers.models import QuarantinedLine
from dealers.problems import render_problem
from dealers.services.deliveries import detail_of
from dealers.services.imports.notes import REFUSED_LINE, WHY_REFUSED

#: One workbook holds this many; the rest is in the next one, once these are put right.
MOST_ROWS = 20_000
#: Comments cost memory; the reason stands in its column for every row.
_MOST_COMMENTS = 2_000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused line for the sheet; ``id`` is 0 for a line that was only tried."""

    id: int
    line: int
    content: Any
    field: str
    reason: str


def row_of_line(line: QuarantinedLine) -> RefusedRow:
    """A line of the quarantine, its reason in the reader's language."""
    return RefusedRow(line.pk, line.line, line.content, line.field, detail_of(line))


def row_of_problem(problem: dict[str, Any]) -> RefusedRow:
    """A line that a trial refused."""
    told = {**problem["params"], "field": problem["field"], "value": problem["value"]}
    return RefusedRow(0, problem["line"], problem["content"], problem["field"], render_problem(problem["code"], told))


def refused_sheet(feed: str, rows: Iterable[RefusedRow]) -> bytes:
    """The workbook; columns of the report first, then what the lines brought beside them, then why."""
    listed = list(rows)
    known = list(COLUMNS.get(feed, ()))
    others = dict.fromkeys(name for row in listed for name in _cells(row.content) if name not in known)
    columns = [*known, *others]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, grey = book.add_format({"bold": True}), book.add_format({"font_color": "#6B7685"})
    text = book.add_format({"num_format": "@"})
    wrong = book.add_format({"num_format": "@", "bg_color": "#F9D2CB", "font_color": "#9B1C1C", "border": 1})
    why = book.add_format({"text_wrap": True, "font_color": "#9B1C1C"})
    page = book.add_worksheet(_("Refused lines")[:31])
    page.freeze_panes(1, 0)
    page.write_row(0, 0, columns, bold)
    page.write(0, len(columns), WHY_REFUSED, bold)
    page.write(0, len(columns) + 1, REFUSED_LINE, grey)
    page.set_column(0, max(len(columns) - 1, 0), 17, text)
    page.set_column(len(columns), len(columns), 70, why)
    page.set_column(len(columns) + 1, len(columns) + 1, 14, grey)
    for number, row in enumerate(listed, 1):
        cells = _cells(row.content)
        for place, name in enumerate(columns):
            faulty = name == row.field
            page.write_string(number, place, cells.get(name, ""), wrong if faulty else text)
            if faulty and number <= _MOST_COMMENTS:
                page.write_comment(number, place, row.reason, {"x_scale": 2})
        page.write_string(number, len(columns), f"{row.line}: {row.reason}", why)
        if row.id:
            page.write_number(number, len(columns) + 1, row.id, grey)
    book.close()
    return buffer.getvalue()


def _cells(content: Any) -> dict[str, str]:
    if not isinstance(content, dict):
        return {}
    return {name: "" if value is None else str(value) for name, value in content.items()}
