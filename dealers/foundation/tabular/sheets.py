"""Spreadsheets: the first visible sheet that holds something, every cell as the text a CSV would have."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular.sources import Source, UnusableFile

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
LARGEST_SHEET_BYTES = 64 << 20
LARGEST_UNPACKED_BYTES = 1 << 30
#: What opening a spreadsheet may take; one of 64 MiB with a million rows of twelve columns takes about half.
_MEMORY_ALLOWED = 2 << 30
_SECONDS_ALLOWED = 120
_TRIAL = Path(__file__).with_name("sheet_trial.py")
_FIRST_INEXACT_NUMBER = 10**15  # a spreadsheet keeps 15 digits and silently zeroes the rest


def open_sheet(source: Source) -> CalamineSheet:
    """The sheet to read. Raises `UnusableFile` when there is none or the file is too large to hold."""
    content = source.seekable_copy(LARGEST_SHEET_BYTES + 1)
    _refuse_large(content)
    _refuse_spread_out(content)
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        for name in _visible_names(workbook):
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height:
                return sheet
    except PasswordError as error:
        raise UnusableFile("sheet_protected", _("is protected by a password; save it without one")) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnusableFile("sheet_damaged", _("is no spreadsheet that can be read; save it again as XLSX")) from error
    raise UnusableFile("table_empty", _("is empty; a header row is needed"))


def read_sheet(sheet: CalamineSheet) -> Iterator[tuple[int, list[str] | Finding]]:
    """Every row with its number as the spreadsheet shows it."""
    for line_no, cells in enumerate(sheet.iter_rows(), start=1):
        try:
            yield line_no, [cell if isinstance(cell, str) else cell_text(cell) for cell in cells]
        except OverflowError:
            yield line_no, _rounded_number(line_no, cells)


def cell_text(value: object) -> str:
    """What a CSV would say: ISO dates and instants, whole numbers without `.0`, never an exponent.

    A spreadsheet has no time zone, so a date with a time is read as Beijing time. Midnight cannot be told from
    the day alone. Raises OverflowError for a number of which the spreadsheet has lost digits.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case int():
            if abs(value) >= _FIRST_INEXACT_NUMBER:
                raise OverflowError(value)
            return str(value)
        case float():
            if abs(value) >= _FIRST_INEXACT_NUMBER or value != value:
                raise OverflowError(value)
            return _plain(value)
        case datetime():
            return value.replace(tzinfo=BUSINESS_ZONE).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)


def _plain(value: float) -> str:
    """As the spreadsheet shows it: 15 significant digits, so that 0.1 + 0.2 reads 0.3."""
    text = format(Decimal(f"{value:.15g}"), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _visible_names(workbook: CalamineWorkbook) -> list[str]:
    return [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]


def _refuse_large(content: IO[bytes]) -> None:
    size = content.seek(0, 2)
    content.seek(0)
    unpacked = 0
    if content.read(4) == ZIP:
        try:
            with zipfile.ZipFile(content) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
        except zipfile.BadZipFile as error:
            raise UnusableFile("file_damaged", _("is damaged: it cannot be unpacked to its end")) from error
    content.seek(0)
    if size > LARGEST_SHEET_BYTES or unpacked > LARGEST_UNPACKED_BYTES:
        raise UnusableFile(
            "sheet_too_large",
            _("is a spreadsheet of more than %(limit)s MiB; save it as CSV, which may be of any size"),
            limit=LARGEST_SHEET_BYTES >> 20,
        )


def _refuse_spread_out(content: IO[bytes]) -> None:
    """Refuse what cannot be held in memory before this process is lost to it."""
    command = [sys.executable, "-I", str(_TRIAL), str(_MEMORY_ALLOWED)]
    try:
        trial = subprocess.run(
            command, input=content.read(), capture_output=True, timeout=_SECONDS_ALLOWED, check=False
        )
        held = trial.returncode == 0
    except subprocess.TimeoutExpired:
        held = False
    content.seek(0)
    if not held:
        raise UnusableFile(
            "sheet_spread_out",
            _("spreads over too many cells to be opened; delete what stands far outside, or save it as CSV"),
        )


def _rounded_number(line_no: int, cells: Sequence[object]) -> Finding:
    numbers = [cell for cell in cells if isinstance(cell, (int, float)) and abs(cell) >= _FIRST_INEXACT_NUMBER]
    return Finding(
        "number_rounded_by_spreadsheet",
        Severity.ERROR,
        _("holds a number of more than 15 digits, of which the spreadsheet lost some; enter it as text"),
        value=", ".join(f"{number:.0f}" for number in numbers),
        line=line_no,
    )
