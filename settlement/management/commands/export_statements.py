"""Write the statement lines of a half-month as a file."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.foundation.tabular import CsvWriter, XlsxWriter
from settlement.models import SettlementRun, StatementLine
from settlement.resources import LINE_COLUMNS, line_objects, line_rows

FORMATS = ("csv", "json", "xlsx")


class Command(BaseCommand):
    help = (
        "Write the statement lines of a half-month: CSV and XLSX with the formula in words, JSON with the full proof."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="for example 2026-11-H1")
        parser.add_argument("--format", choices=FORMATS, default="csv")
        parser.add_argument("--output", metavar="FILE", help="where to write; standard output if absent")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = HalfMonth.parse(options["period"])
        except Unreadable as error:
            raise CommandError(f"{options['period']!r} {error}") from error
        if not SettlementRun.objects.filter(period=str(period), draft__gt=0).exists():
            raise CommandError(f"Half-month {period} has not been calculated; run settle {period} first.")
        lines = StatementLine.objects.filter(
            statement__run__period=str(period), statement__draft=F("statement__run__draft")
        )
        with _opened(options["output"], seekable=options["format"] == "xlsx") as file:
            _write(file, options["format"], lines)


def _write(file: IO[bytes], written: str, lines: Any) -> None:
    if written == "json":
        lead = "[\n"
        for one in line_objects(lines):
            file.write((lead + json.dumps(one, ensure_ascii=False)).encode())
            lead = ",\n"
        file.write(b"[]\n" if lead == "[\n" else b"\n]\n")
        return
    writer: Any = (
        CsvWriter(file, LINE_COLUMNS, for_machines=True) if written == "csv" else XlsxWriter(file, LINE_COLUMNS)
    )
    with writer:
        for row in line_rows(lines):
            writer.write(row)


@contextmanager
def _opened(output: str | None, *, seekable: bool) -> Iterator[IO[bytes]]:
    """The file asked for, or standard output; a workbook needs a file it can go back in."""
    if output:
        with Path(output).open("wb") as file:
            yield file
    elif seekable:
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            sys.stdout.buffer.write(file.read())
    else:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the reader has seen enough; nothing is left to flush at exit either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
