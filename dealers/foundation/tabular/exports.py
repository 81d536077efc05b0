"""Tables written so that a spreadsheet shows what was meant and runs nothing.

CSV for people starts with the mark by which Excel recognises UTF-8; machines get it without, since the mark would be
read as part of the first column's name. Text beginning with a character that starts a formula
gets an apostrophe in front; plain negative numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import TracebackType
from typing import IO, Any, Self

import xlsxwriter

from dealers.foundation.clock import BUSINESS_ZONE

_STARTS_A_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
_PLAIN_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
_MOST_SHEET_ROWS = 1_048_576
_LONGEST_SHEET_TEXT = 32_767
_EXACT_SHEET_DIGITS = 15


def cell_for_csv(value: object) -> str:
    """The text of one cell: decimals in full, days and instants in ISO 8601 (Beijing time), formulas defused."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
        case datetime():
            return value.astimezone(BUSINESS_ZONE).isoformat()
        case date():
            return value.isoformat()
        case float():
            raise TypeError("a float has no place in an export; give a Decimal")
    text = str(value)
    if text.startswith(_STARTS_A_FORMULA) and not _PLAIN_NEGATIVE.fullmatch(text):
        return f"'{text}"
    return text


class CsvWriter:
    """Writes rows to a binary file, which stays open and the caller's; ``for_machines`` without Excel's mark."""

    def __init__(self, file: IO[bytes], columns: Sequence[str], *, for_machines: bool = False) -> None:
        self.columns = tuple(columns)
        encoding = "utf-8" if for_machines else "utf-8-sig"
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._csv.writerow(self.columns)

    def write(self, row: Mapping[str, object] | Sequence[object]) -> None:
        """Write one row, given by column name (absent ones stay empty) or in column order."""
        self._csv.writerow([cell_for_csv(value) for value in _in_order(row, self.columns)])

    def close(self) -> None:
        """Hand the file back, flushed."""
        self._text.flush()
        self._text.detach()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class XlsxWriter:
    """Writes rows to a binary file as a workbook, keeping one row in memory at a time.

    What does not fit on one sheet goes on to another with the same header.
    """

    def __init__(self, file: IO[bytes], columns: Sequence[str], *, sheet: str = "Sheet1") -> None:
        self.columns = tuple(columns)
        self._name = sheet
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._by_places: dict[int, Any] = {}
        self._sheets = 0
        self._begin_sheet()

    def write(self, row: Mapping[str, object] | Sequence[object]) -> None:
        """Write one row, given by column name (absent ones stay empty) or in column order."""
        if self._next_row == _MOST_SHEET_ROWS:
            self._begin_sheet()
        for column, value in enumerate(_in_order(row, self.columns)):
            self._write_cell(column, value)
        self._next_row += 1

    def close(self) -> None:
        """Finish the workbook; the file stays open and the caller's."""
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name[:25]} ({self._sheets})"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(self.columns):
            self._sheet.set_column(number, number, max(12, min(len(column) + 4, 40)))
        self._sheet.write_row(0, 0, self.columns, self._bold)
        self._next_row = 1

    def _number_format(self, number: Decimal) -> Any:
        """Shows as many places as the number has, so that 12.50 does not turn into 12.5."""
        exponent = number.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if places not in self._by_places:
            self._by_places[places] = self._book.add_format({"num_format": f"0.{'0' * places}" if places else "0"})
        return self._by_places[places]

    def _write_cell(self, column: int, value: object) -> None:
        sheet: Any = self._sheet
        at = (self._next_row, column)
        match value:
            case None | "":
                return
            case bool():
                sheet.write_number(*at, int(value))
            case Decimal() | int():
                number = Decimal(value)
                if len(number.as_tuple().digits) <= _EXACT_SHEET_DIGITS:
                    sheet.write_number(*at, float(number), self._number_format(number))
                else:
                    sheet.write_string(*at, format(number, "f"))
            case datetime():
                sheet.write_datetime(*at, value.astimezone(BUSINESS_ZONE).replace(tzinfo=None), self._instant)
            case date():
                sheet.write_datetime(*at, value, self._day)
            case float():
                raise TypeError("a float has no place in an export; give a Decimal")
            case _:
                sheet.write_string(*at, str(value)[:_LONGEST_SHEET_TEXT])


def stream_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object] | Sequence[object]]) -> Iterator[bytes]:
    """The same CSV in pieces, for a response that starts before the last row is known."""
    buffer = io.BytesIO()
    with CsvWriter(buffer, columns) as writer:
        for row in rows:
            writer.write(row)
            if buffer.tell() >= 1 << 16:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue()


csv_writer = CsvWriter
xlsx_writer = XlsxWriter


def _in_order(row: Mapping[str, object] | Sequence[object], columns: Sequence[str]) -> Sequence[object]:
    if isinstance(row, Mapping):
        return [row.get(column) for column in columns]
    if len(row) != len(columns):
        raise ValueError(f"a row of {len(row)} cells does not fit {len(columns)} columns")
    return row
