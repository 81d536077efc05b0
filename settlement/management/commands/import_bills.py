"""Enter the bills of a table into a released payment plan, as the page does."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import User
from settlement.selectors.payments import plan_of
from settlement.services.bill_import import BillLine, import_bills

UNUSABLE, SOME_REFUSED = 2, 3


class Command(BaseCommand):
    help = (
        "Enter bills of a payment plan from a table (CSV, XLSX, XLS, ODS). Exit 0 all good, 3 some lines refused, 2 "
        "unusable (nothing entered). The same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="number of a released payment plan")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="with the role finance_clerk")
        parser.add_argument("--json", action="store_true", help="print what became of the lines as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        clerk = User.objects.filter(username=options["user"]).first()
        if clerk is None:
            raise CommandError(f"There is no user {options['user']}.")
        path: Path = options["file"]
        try:
            plan = plan_of(clerk, options["plan"])
            with path.open("rb") as given:
                lines = import_bills(plan=plan, given=given, filename=path.name, actor=clerk, at=clock.now())
        except UnusableFile as error:
            self._unusable(f"{path.name} {error.render()}")
        except OSError as error:
            self._unusable(f"{path}: {error.strerror}")
        except Refused as error:
            raise CommandError(str(error)) from error
        if not lines:
            self._unusable(f"{path.name}: no line holds a bill.")
        self._print(lines, as_json=options["json"])
        if any(line.payment is None for line in lines):
            sys.exit(SOME_REFUSED)

    def _unusable(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(UNUSABLE)

    def _print(self, lines: list[BillLine], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([_told(line) for line in lines], ensure_ascii=False))
            return
        already = sum(line.already for line in lines)
        refused = sum(line.payment is None for line in lines)
        counts = f"entered {len(lines) - already - refused}, entered before {already}, refused {refused}"
        self.stdout.write(f"bills {len(lines)}: {counts}")
        for line in lines:
            if line.payment is None:
                self.stdout.write(f"line {line.line}, {line.dealer} {line.number}, {line.column or '-'}: {line.why}")


def _told(line: BillLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "dealer": line.dealer,
        "number": line.number,
        "payment": line.payment.number if line.payment else None,
        "already": line.already,
        "column": line.column,
        "reason": line.why,
    }
