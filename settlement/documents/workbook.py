"""A statement as a workbook: the lines for reckoning on, the statement to read, the proofs step by step."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext, override

from dealers.foundation.clock import BUSINESS_ZONE
from settlement.documents.paper import (
    Paper,
    balance_rows,
    deadline_words,
    draft_mark,
    instant_words,
    payable_note,
    period_words,
    title_of,
    to_do,
)
from settlement.proof_words.reading import read_proof
from settlement.proof_words.rows import half_month_words
from settlement.resources import LINE_COLUMNS, line_row

_EXACT_DIGITS = 15
#: Lines come first, under the names of the contract, for programs; a person's eye opens on the second sheet.
_WIDTHS = (12, 14, 8, 18, 16, 14, 18, 12, 18, 90)


def workbook_of(paper: Paper, language: str) -> bytes:
    """The workbook; the same paper gives the same bytes."""
    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with override(language), xlsxwriter.Workbook(file, options) as book:
        made = paper.statement.delivered_at or paper.period.ends_at
        stamp = made.astimezone(BUSINESS_ZONE).replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": f"{gettext('Settlement statement')} {paper.number}", "created": stamp})
        sheets = _Sheets(book)
        _lines(sheets, paper)
        _statement(sheets, paper, language)
        _proofs(sheets, paper)
    return file.getvalue()


class _Sheets:
    """A workbook with the few formats a statement needs."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#1c2a5e"})
        self.quiet = book.add_format({"font_color": "#5d6680"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bottom": 1, "font_color": "#1c2a5e"})
        self.warning = book.add_format({"bold": True, "font_color": "#a3312a", "font_size": 14})
        self._numbers: dict[tuple[int, bool], Any] = {}

    def number(self, sheet: Any, row: int, column: int, value: Decimal, *, bold: bool = False) -> None:
        """A number with as many places as it has; as text where a spreadsheet would lose digits."""
        if len(value.as_tuple().digits) > _EXACT_DIGITS:
            sheet.write_string(row, column, format(value, "f"))
            return
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        key = (places, bold)
        if key not in self._numbers:
            shown = f"#,##0.{'0' * places}" if places else "#,##0"
            self._numbers[key] = self.book.add_format({"num_format": shown, "bold": bold})
        sheet.write_number(row, column, float(value), self._numbers[key])


def _lines(sheets: _Sheets, paper: Paper) -> None:
    sheet = sheets.book.add_worksheet(gettext("Lines"))
    sheet.freeze_panes(1, 0)
    columns = (*LINE_COLUMNS, "draft") if paper.is_draft else LINE_COLUMNS
    sheet.write_row(0, 0, columns, sheets.bold)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for row, line in enumerate(paper.lines, start=1):
        cells = (*line_row(line), "DRAFT") if paper.is_draft else line_row(line)
        for column, value in enumerate(cells):
            if isinstance(value, Decimal):
                sheets.number(sheet, row, column, value)
            elif isinstance(value, int):
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, value)


def _statement(sheets: _Sheets, paper: Paper, language: str) -> None:
    sheet = sheets.book.add_worksheet(gettext("Statement"))
    sheet.activate()
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 40)
    sheet.write_string(0, 0, title_of(paper), sheets.title)
    row = 1
    if paper.is_draft:
        sheet.write_string(row, 0, draft_mark(language), sheets.warning)
        row += 1
    for label, text in _facts(paper, language):
        sheet.write_string(row, 0, label, sheets.quiet)
        sheet.write_string(row, 1, text)
        row += 1
    row = _amounts(sheets, sheet, paper, row + 1)
    sheet.write_string(row + 1, 0, gettext("What to do"), sheets.head)
    for number, sentence in enumerate(to_do(paper), start=row + 2):
        sheet.merge_range(number, 0, number, 1, sentence, sheets.wrapped)
        sheet.set_row(number, 32)


def _facts(paper: Paper, language: str) -> list[tuple[str, str]]:
    statement, said = paper.statement, paper.said
    return [
        (gettext("Document number"), paper.number or draft_mark(language)),
        (gettext("Half-month"), period_words(paper)),
        (gettext("Dealer"), said["name"]),
        (gettext("Dealer code"), statement.dealer.code),
        (gettext("Unified social credit code"), said["uscc"]),
        (gettext("Region"), said["region"].get(language, "") or "—"),
        (gettext("Authorization tier"), statement.tier or "—"),
        (gettext("Issued"), instant_words(statement.delivered_at)),
        (gettext("Confirm by"), deadline_words(paper.confirm_by)),
        (gettext("Facts received up to"), instant_words(statement.run.cutoff)),
        (gettext("Policy"), said["policy"] or "—"),
        (gettext("Digest of the statement"), statement.digest),
    ]


def _amounts(sheets: _Sheets, sheet: Any, paper: Paper, row: int) -> int:
    statement = paper.statement
    parts = [
        (gettext("Figures of the half-month"), None, "head"),
        (gettext("Purchases"), statement.purchases, ""),
        (gettext("Sales reported"), statement.sales, ""),
        (gettext("From opening to closing balance"), None, "head"),
        *balance_rows(paper),
        (gettext("Payable"), statement.payable, "end"),
    ]
    for label, amount, role in parts:
        if amount is None:
            sheet.write_string(row, 0, label, sheets.head)
        else:
            sheet.write_string(row, 0, label, sheets.bold if role else None)
            sheets.number(sheet, row, 1, amount, bold=bool(role))
        row += 1
    note = payable_note(paper)
    if note:
        sheet.write_string(row, 0, note, sheets.quiet)
        row += 1
    return row


def _proofs(sheets: _Sheets, paper: Paper) -> None:
    sheet = sheets.book.add_worksheet(gettext("Proofs"))
    for column, width in enumerate((8, 46, 30, 60, 22)):
        sheet.set_column(column, column, width)
    heads = (gettext("No."), gettext("Step"), gettext("Where from"), gettext("Formula"), gettext("Value"))
    sheet.write_row(0, 0, heads, sheets.head)
    sheet.freeze_panes(1, 0)
    row = 1
    for line in paper.lines:
        reading = read_proof(line.proof)
        sheet.write_number(row, 0, line.line_no, sheets.bold)
        sheet.write_string(row, 1, f"{line.get_kind_display()} {line.program}".strip(), sheets.bold)
        sheet.write_string(row, 2, half_month_words(line.for_period))
        sheet.write_string(row, 3, " · ".join((reading.source, *reading.reasons)).strip(" ·"))
        sheets.number(sheet, row, 4, line.amount, bold=True)
        for step in reading.rows:
            row += 1
            strong = sheets.bold if step.total or step.head else None
            sheet.write_string(row, 1, step.label, strong)
            sheet.write_string(row, 2, step.note)
            sheet.write_string(row, 3, step.formula)
            sheet.write_string(row, 4, step.value, strong)
        row += 2
