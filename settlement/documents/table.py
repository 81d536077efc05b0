"""A statement as CSV: its lines with the explanation of each amount."""

from __future__ import annotations

import io

from django.utils.translation import override

from dealers.foundation.tabular import CsvWriter
from settlement.documents.paper import Paper
from settlement.resources import LINE_COLUMNS, line_row


def table_of(paper: Paper, language: str) -> bytes:
    """The lines as rows, for programs; a draft says so in a column of its own."""
    return _table(paper, language, for_machines=True)


def excel_table_of(paper: Paper, language: str) -> bytes:
    """The same, for Excel."""
    return _table(paper, language, for_machines=False)


def _table(paper: Paper, language: str, *, for_machines: bool) -> bytes:
    columns = (*LINE_COLUMNS, "draft") if paper.is_draft else LINE_COLUMNS
    file = io.BytesIO()
    with override(language), CsvWriter(file, columns, for_machines=for_machines) as writer:
        for line in paper.lines:
            row = line_row(line)
            writer.write((*row, "DRAFT") if paper.is_draft else row)
    return file.getvalue()
