"""Sheets to fill in: the columns of the contract, filled with the dealer's own products, explained in both languages.

Names of columns are those of the contract, so that a sheet comes in as it went out; the column with the product's name
is for people and is passed over (:mod:`dealers.services.imports.notes`), and so are rows that nobody filled in.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.functional import Promise

from config.web.column_words import COLUMN_WORDS, SHEET_NOTES
from dealers.choices import AdjustmentKind, Feed
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.tabular import CsvWriter
from dealers.models import Product, Region
from dealers.services.imports.adjustments import OWN_LAYOUT as OWN_ADJUSTMENTS
from dealers.services.imports.inventory import OWN_LAYOUT
from dealers.services.imports.notes import PRODUCT_NAME
from pricing.services.intake.sources import COLUMNS as SALES_COLUMNS
from pricing.services.intake.sources import REQUIRED as SALES_REQUIRED

_SHOWN_AS_TEXT = "@"
#: Below the products stand as many empty rows that offer the same choices.
_SPARE_ROWS = 500
_NEEDED, _OPTIONAL = "#FCE9C8", "#ECEFF3"

#: The columns of an own report, the dealer's code left out: it is known.
COLUMNS: dict[str, tuple[str, ...]] = {
    Feed.SALES: tuple(column for column in SALES_COLUMNS if column != "dealer"),
    Feed.INVENTORY: tuple(column for column in OWN_LAYOUT.columns if column != "dealer"),
    Feed.STOCK_ADJUSTMENTS: tuple(column for column in OWN_ADJUSTMENTS.columns if column != "dealer"),
}
REQUIRED: dict[str, tuple[str, ...]] = {
    Feed.SALES: SALES_REQUIRED,
    Feed.INVENTORY: OWN_LAYOUT.required,
    Feed.STOCK_ADJUSTMENTS: OWN_ADJUSTMENTS.required,
}


def csv_sheet(feed: str, products: Sequence[Product], *, at: datetime) -> bytes:
    """The dealer's products as CSV that Excel opens well; a count is dated now."""
    columns = COLUMNS[feed]
    buffer = io.BytesIO()
    with CsvWriter(buffer, (*columns, PRODUCT_NAME)) as sheet:
        for product in products:
            sheet.write({**_filled(feed, product, at), PRODUCT_NAME: product.name})
        return buffer.getvalue()


def xlsx_sheet(feed: str, products: Sequence[Product], regions: Sequence[Region], *, at: datetime) -> bytes:
    """A workbook: the sheet to fill in, what each column means in Chinese and English, and the choices it offers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Sheet(book, feed).fill(products, regions, at)
    book.close()
    return buffer.getvalue()


class _Sheet:
    def __init__(self, book: Any, feed: str) -> None:
        self._book = book
        self._feed = feed
        self._columns = COLUMNS[feed]
        self._text = book.add_format({"num_format": _SHOWN_AS_TEXT})
        self._grey = book.add_format({"font_color": "#6B7685", "num_format": _SHOWN_AS_TEXT})
        self._bold = book.add_format({"bold": True})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def fill(self, products: Sequence[Product], regions: Sequence[Region], at: datetime) -> None:
        feed, columns = self._feed, self._columns
        page = self._book.add_worksheet(_both(Feed(feed).label, " "))
        self._explain(products)
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            colour = _NEEDED if column in REQUIRED[feed] else _OPTIONAL
            page.write(0, place, column, self._book.add_format({"bold": True, "bg_color": colour, "border": 1}))
            page.write_comment(0, place, _both(COLUMN_WORDS[column], "\n"), {"x_scale": 2})
            page.set_column(place, place, 27 if column in ("sold_at", "as_of", "occurred_at") else 15, self._text)
        page.write(0, len(columns), PRODUCT_NAME, self._grey)
        page.set_column(len(columns), len(columns), 34, self._grey)
        for row, product in enumerate(products, 1):
            filled = _filled(feed, product, at)
            for place, column in enumerate(columns):
                if filled.get(column):
                    page.write_string(row, place, filled[column], self._text)
            page.write_string(row, len(columns), product.name, self._grey)
        last = len(products) + _SPARE_ROWS
        self._offer(page, "sku", [(one.sku, one.name_zh, one.name_en) for one in products], last, strict=False)
        if feed == Feed.SALES:
            places = [(region.code, region.name_zh, region.name_en) for region in regions]
            self._offer(page, "region", places, last, strict=False)
            self._choose(page, "channel", last, {"validate": "list", "source": ["retail", "b2b"]})
        if feed == Feed.STOCK_ADJUSTMENTS:
            self._choose(page, "kind", last, {"validate": "list", "source": AdjustmentKind.values})
        for column in ("on_hand", "in_transit"):
            if column in columns:
                self._whole_numbers(page, column, last)

    def _explain(self, products: Sequence[Product]) -> None:
        """The second sheet: what each column means, and an example."""
        page = self._book.add_worksheet("说明 Help")
        page.set_column(0, 0, 18)
        page.set_column(1, 3, 46, self._wrapped)
        page.set_column(4, 4, 28)
        page.write_row(0, 0, ("列 column", "中文说明", "English", "必填 required", "示例 example"), self._bold)
        for row, column in enumerate(self._columns, 1):
            words = COLUMN_WORDS[column]
            needed = "必填 required" if column in REQUIRED[self._feed] else "选填 optional"
            sku = products[0].sku if products else "SKU-1"
            page.write_row(row, 0, (column, _in("zh-hans", words), _in("en", words), needed))
            page.write_string(row, 4, _EXAMPLES.get(column, sku))
        for row, note in enumerate(SHEET_NOTES, len(self._columns) + 2):
            page.write_row(row, 0, ("", _in("zh-hans", note), _in("en", note)))

    def _offer(self, page: Any, column: str, rows: Sequence[tuple[str, ...]], last: int, *, strict: bool) -> None:
        listed = self._book.add_worksheet({"sku": "商品 Products", "region": "地区 Regions"}[column])
        listed.write_row(0, 0, (column, "名称", "Name"), self._bold)
        listed.set_column(0, 2, 28)
        for number, row in enumerate(rows, 1):
            listed.write_row(number, 0, row)
        if rows:
            source = f"='{listed.get_name()}'!$A$2:$A${len(rows) + 1}"
            kind = "stop" if strict else "warning"
            self._choose(page, column, last, {"validate": "list", "source": source, "error_type": kind})

    def _whole_numbers(self, page: Any, column: str, last: int) -> None:
        """Cells are text, so the rule is a formula: digits only."""
        place = self._columns.index(column)
        cell = f"{chr(ord('A') + place)}2"
        rule = f"=AND(ISNUMBER(VALUE({cell})),VALUE({cell})>=0,VALUE({cell})=INT(VALUE({cell})))"
        self._choose(page, column, last, {"validate": "custom", "value": rule, "error_type": "warning"})

    def _choose(self, page: Any, column: str, last: int, options: dict[str, Any]) -> None:
        place = self._columns.index(column)
        page.data_validation(1, place, last, place, options)


def _filled(feed: str, product: Product, at: datetime) -> dict[str, str]:
    """What a row already says: the product, and of a count when."""
    filled = {"sku": product.sku}
    if feed == Feed.INVENTORY:
        filled["as_of"] = at.astimezone(BUSINESS_ZONE).replace(second=0, microsecond=0).isoformat()
    return filled


def _in(language: str, words: str | Promise) -> str:
    with translation.override(language):
        return str(words)


def _both(words: str | Promise, between: str) -> str:
    return f"{_in('zh-hans', words)}{between}{_in('en', words)}"


_EXAMPLES = {
    "doc_no": "SO-20261105-17",
    "line_no": "1",
    "sold_at": "2026-11-05T09:30:00+08:00",
    "as_of": "2026-11-05T18:00:00+08:00",
    "occurred_at": "2026-11-05T09:30:00+08:00",
    "quantity": "2",
    "unit_price": "999.00",
    "region": "310100",
    "revision": "1",
    "channel": "retail",
    "customer": "C-00017",
    "on_hand": "12",
    "in_transit": "3",
    "warehouse": "W1",
    "kind": "damage",
    "counterparty": "",
    "reason": "",
}
