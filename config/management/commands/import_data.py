"""``import_data KIND FILE``: take a table in and print its receipt."""

from __future__ import annotations

import getpass
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from config.imports import KINDS, import_file
from dealers.choices import Door
from dealers.foundation.findings import Finding
from dealers.foundation.tabular import UnusableFile
from dealers.models import FeedDelivery, QuarantinedLine
from dealers.services.deliveries import detail_of
from dealers.services.file_intakes import PART_LINES, BrokenOff

UNUSABLE, SOME_QUARANTINED, BROKEN_OFF = 2, 3, 4
_COUNTS = ("read", "accepted", "duplicates", "revised", "quarantined")


class Command(BaseCommand):
    help = (
        "Take a table in (CSV, XLSX, XLS, ODS) and print its receipt. Exit 0 all good, 3 some quarantined, 2 unusable "
        "(nothing stored), 4 broken off in the middle. A large file that was interrupted goes on when given again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--part-lines",
            type=int,
            default=PART_LINES,
            metavar="N",
            help=f"sales, inventory and shipments of more than N lines ({PART_LINES}) are taken in parts of N",
        )
        parser.add_argument("--json", action="store_true", help="print the receipt as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["file"]
        try:
            with _progress_bar(path.name) as bar:
                delivery = import_file(
                    kind=kind,
                    given=path,
                    actor=None,
                    door=Door.COMMAND,
                    delivered_by=_account(),
                    part_lines=max(1, options["part_lines"]),
                    on_progress=lambda share: _move(bar, share),
                )
        except BrokenOff as error:
            self._print_receipt(kind, path, error.delivery, as_json=options["json"])
            self.stderr.write(str(error))
            sys.exit(BROKEN_OFF)
        except UnusableFile as error:
            self._say_unusable(kind, path, error, as_json=options["json"])
            sys.exit(UNUSABLE)
        self._print_receipt(kind, path, delivery, as_json=options["json"])
        if delivery.quarantined:
            sys.exit(SOME_QUARANTINED)

    def _print_receipt(self, kind: str, path: Path, delivery: FeedDelivery, *, as_json: bool) -> None:
        if as_json:
            self._print_json(kind, path, delivery)
        else:
            self._print_text(kind, path, delivery)

    def _print_text(self, kind: str, path: Path, delivery: FeedDelivery) -> None:
        counts = ", ".join(f"{name} {count}" for name, count in _counts(delivery).items())
        self.stdout.write(f"{kind} {path.name}: {counts}")
        for remark in _remarks(delivery):
            self.stdout.write(_("Remark: %(remark)s") % {"remark": remark})
        for problem in _problems(delivery):
            place = _("Line %(line)s, column %(column)s, value “%(value)s”") % problem
            self.stdout.write(f"{place}: {problem['reason']} [{problem['code']}]")

    def _print_json(self, kind: str, path: Path, delivery: FeedDelivery) -> None:
        """The receipt as one JSON object, written problem by problem since there may be millions."""
        head = {"kind": kind, "file": path.name, "receipt": str(delivery.receipt), **_counts(delivery)}
        self.stdout.write(_json(head)[:-1] + ', "remarks": ' + _json(_remarks(delivery)) + ', "problems": [', ending="")
        for number, problem in enumerate(_problems(delivery)):
            self.stdout.write((",\n" if number else "\n") + _json(problem), ending="")
        self.stdout.write("]}")

    def _say_unusable(self, kind: str, path: Path, error: UnusableFile, *, as_json: bool) -> None:
        reason = _("%(file)s %(reason)s. Nothing was stored.") % {"file": path.name, "reason": error.render()}
        if as_json:
            zeros = dict.fromkeys(_COUNTS, 0)
            answer = {"kind": kind, "file": path.name, **zeros, "problems": [], "remarks": []}
            self.stdout.write(_json({**answer, "error": {"code": error.code, "reason": reason}}))
        self.stderr.write(reason)


def _counts(delivery: FeedDelivery) -> dict[str, int]:
    return {
        "read": delivery.lines,
        "accepted": delivery.accepted,
        "duplicates": delivery.duplicates,
        "revised": delivery.revised,
        "quarantined": delivery.quarantined,
    }


def _problems(delivery: FeedDelivery) -> Iterator[dict[str, Any]]:
    if not delivery.quarantined:
        return
    refused = QuarantinedLine.objects.filter(delivery=delivery).order_by("line", "id")
    for line in refused.iterator(chunk_size=5_000):
        yield {
            "line": line.line,
            "column": line.field,
            "value": line.value,
            "code": line.code,
            "reason": detail_of(line),
        }


def _remarks(delivery: FeedDelivery) -> list[str]:
    findings = (Finding.from_record(remark) for remark in delivery.remarks)
    return [
        _("Line %(line)s: %(remark)s") % {"line": finding.line, "remark": finding.render()}
        if finding.line
        else finding.render()
        for finding in findings
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _progress_bar(name: str) -> tqdm:
    return tqdm(desc=name, total=100, unit="%", leave=False, disable=None, file=sys.stderr)


def _move(bar: tqdm, share: float) -> None:
    bar.update(max(0, round(share * 100) - bar.n))


def _account() -> str:
    """The operating system's name of whoever runs the command."""
    with suppress(OSError, KeyError):
        return f"import_data ({getpass.getuser()})"
    return "import_data"
