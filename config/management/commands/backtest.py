"""`backtest POLICY.yaml --from PERIOD --to PERIOD`: what a draft policy would have settled, beside what was settled."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from config.policy import check_policy, policy_on_trial
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.foundation.tabular import CsvWriter
from dealers.models import Dealer
from rebates.rules.quantities import cents_text
from settlement.services.backtesting import Answer, backtest

COLUMNS = ("dealer", "kind", "settled", "would_be", "difference")
UNSOUND = 2


class Command(BaseCommand):
    help = "Settle past half-months under a draft policy and compare, without touching live data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("policy", metavar="POLICY.yaml", help=_("the draft policy"))
        parser.add_argument("--from", dest="first", required=True, metavar="PERIOD", help=_("first half-month"))
        parser.add_argument("--to", dest="last", required=True, metavar="PERIOD", help=_("last half-month"))
        parser.add_argument("--output", metavar="FILE", help=_("where to write the CSV; standard output if absent"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = Path(options["policy"]).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s") % {"file": options["policy"], "why": error}
            ) from error
        checked = check_policy(source)
        if checked.errors:
            for fault in checked.errors:
                self.stderr.write(f"{fault.path or _('document')}  {fault.render()} [{fault.code}]")
            sys.exit(UNSOUND)
        first, last = _half(options["first"]), _half(options["last"])
        bar = tqdm(total=100, unit="%", disable=not sys.stderr.isatty(), leave=False)
        try:
            answer = backtest(
                policy_on_trial(checked),
                first=first,
                last=last,
                at=clock.now(),
                on_progress=lambda percent: bar.update(percent - bar.n),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            bar.close()
        _write(options["output"], answer)
        self._sum_up(answer)

    def _sum_up(self, answer: Answer) -> None:
        """The whole on the error output, so that the CSV can be piped on."""
        kinds: dict[str, list[int]] = {}
        for row in answer.rows:
            sums = kinds.setdefault(row.kind, [0, 0])
            sums[0] += row.settled
            sums[1] += row.would_be
        found = answer.outcome
        kinds["total"] = [sum(sums[side] for sums in kinds.values()) for side in (0, 1)]
        for kind, (settled, would_be) in kinds.items():
            self.stderr.write(
                f"{kind:18}{cents_text(settled):>18}{cents_text(would_be):>18}{cents_text(would_be - settled):>18}"
            )
        self.stderr.write(
            f"winners {found.winners} ({cents_text(found.gained)})  losers {found.losers} ({cents_text(found.lost)})"
            f"  unchanged {found.unchanged}  tier moves {len(answer.moves)}"
            f"  ladder penalties {answer.ladder[0]} -> {answer.ladder[1]}"
        )


def _half(text: str) -> HalfMonth:
    try:
        return HalfMonth.parse(text)
    except Unreadable as error:
        raise CommandError(f"{text!r} {error}") from error


def _write(output: str | None, answer: Answer) -> None:
    if output:
        with Path(output).open("wb") as file, CsvWriter(file, COLUMNS, for_machines=True) as writer:
            for row in _rows(answer):
                writer.write(row)
        return
    with CsvWriter(sys.stdout.buffer, COLUMNS, for_machines=True) as writer:
        for row in _rows(answer):
            writer.write(row)


def _rows(answer: Answer) -> Iterator[tuple[str, ...]]:
    """One row per dealer and kind over all half-months, by the dealers' codes."""
    sums: dict[tuple[int, str], list[int]] = {}
    for row in answer.rows:
        both = sums.setdefault((row.dealer_id, row.kind), [0, 0])
        both[0] += row.settled
        both[1] += row.would_be
    codes = dict(Dealer.objects.filter(pk__in={dealer for dealer, _ in sums}).values_list("pk", "code"))
    for (dealer, kind), (settled, would_be) in sorted(sums.items(), key=lambda item: (codes[item[0][0]], item[0][1])):
        yield codes[dealer], kind, cents_text(settled), cents_text(would_be), cents_text(would_be - settled)
