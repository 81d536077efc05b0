"""Empty reports to fill in: the columns, and beside them the dealer's own products and regions to choose from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from dealers.choices import AdjustmentKind, Feed
from dealers.foundation.tabular import CsvWriter
from dealers.models import Product, Region
from dealers.services.imports.adjustments import OWN_LAYOUT as OWN_ADJUSTMENTS
from dealers.services.imports.inventory import OWN_LAYOUT
from pricing.services.intake.sources import COLUMNS as SALES_COLUMNS

_ROWS_WITH_CHOICES = 2_000
_SHOWN_AS_TEXT = "@"

#: The columns of an own report, the dealer's code left out: it is known.
COLUMNS: dict[str, tuple[str, ...]] = {
    Feed.SALES: tuple(column for column in SALES_COLUMNS if column != "dealer"),
    Feed.INVENTORY: tuple(column for column in OWN_LAYOUT.columns if column != "dealer"),
    Feed.STOCK_ADJUSTMENTS: tuple(column for column in OWN_ADJUSTMENTS.columns if column != "dealer"),
}


def csv_sheet(feed: str) -> bytes:
    """The heading alone, as CSV that Excel opens well."""
    buffer = io.BytesIO()
    with CsvWriter(buffer, COLUMNS[feed]):
        return buffer.getvalue()


def xlsx_sheet(
    feed: str, products: Sequence[Product], regions: Sequence[Region], *, sheet: str, titles: Sequence[str]
) -> bytes:
    """A workbook: the sheet to fill in, and sheets of products and regions that its columns offer to choose from."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": _SHOWN_AS_TEXT})
    columns = COLUMNS[feed]
    page = book.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    page.write_row(0, 0, columns, bold)
    for number, _column in enumerate(columns):
        page.set_column(number, number, 26 if number == columns.index(_instant_column(feed)) else 16, text)
    _offer(book, page, columns, "sku", titles[0], [(product.sku, product.name) for product in products], bold)
    if feed == Feed.SALES:
        _offer(book, page, columns, "region", titles[1], [(region.code, region.name) for region in regions], bold)
        _choose(page, columns.index("channel"), {"validate": "list", "source": ["retail", "b2b"]})
    if feed == Feed.STOCK_ADJUSTMENTS:
        _choose(page, columns.index("kind"), {"validate": "list", "source": AdjustmentKind.values})
    book.close()
    return buffer.getvalue()


def _instant_column(feed: str) -> str:
    return {Feed.SALES: "sold_at", Feed.INVENTORY: "as_of"}.get(Feed(feed), "occurred_at")


def _offer(
    book: Any, page: Any, columns: Sequence[str], column: str, title: str, rows: list[tuple[str, str]], bold: Any
) -> None:
    listed = book.add_worksheet(title)
    listed.write_row(0, 0, (column, title), bold)
    listed.set_column(0, 1, 28)
    for number, row in enumerate(rows, 1):
        listed.write_row(number, 0, row)
    if rows:
        source = f"='{title}'!$A$2:$A${len(rows) + 1}"
        _choose(page, columns.index(column), {"validate": "list", "source": source, "error_type": "warning"})


def _choose(page: Any, column: int, options: dict[str, Any]) -> None:
    page.data_validation(1, column, _ROWS_WITH_CHOICES, column, options)
