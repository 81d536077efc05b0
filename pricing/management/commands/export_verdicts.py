"""Write the verdict on every sale line of a half-month as CSV."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused
from dealers.foundation.tabular import CsvWriter
from pricing.selectors.verdict_export import VERDICT_COLUMNS, verdict_rows


class Command(BaseCommand):
    help = "Write the verdict on every sale line sold in a half-month, with the band and promotion that decided it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="for example 2026-11-H1")
        parser.add_argument("--output", metavar="FILE", help="where to write; standard output if absent")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = HalfMonth.parse(options["period"])
        except Refused as refusal:
            raise CommandError(f"{options['period']!r} {refusal}") from refusal
        with _opened(options["output"]) as file, CsvWriter(file, VERDICT_COLUMNS, for_machines=True) as writer:
            for row in verdict_rows(period):
                writer.write(row)


def _opened(output: str | None) -> AbstractContextManager[IO[bytes]]:
    if output is None:
        return nullcontext(sys.stdout.buffer)
    try:
        return Path(output).open("wb")
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}") from error
