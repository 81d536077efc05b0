"""`sweep_sync [--as-of INSTANT]`: place and lift sync holds, and say what was done."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.foundation import clock
from dealers.foundation.refusals import Refused
from dealers.models import Dealer
from dealers.selectors.supply import hold_detail
from dealers.selectors.sync import sweep_terms
from dealers.services.sync import HoldChange, sweep_sync


class Command(BaseCommand):
    help = "Place and lift sync holds as of now, or of any instant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", metavar="INSTANT", help="ISO 8601 with offset, for example 2026-11-05T09:00:00+08:00"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            at = clock.parse_instant(options["as_of"]) if options["as_of"] else clock.now()
        except Refused as refusal:
            raise CommandError(f"--as-of {options['as_of']}: {refusal}") from refusal
        terms = sweep_terms(at=at)
        if terms is None:
            self.stdout.write("No policy is in force at that instant, so nobody has to report; nothing was done.")
            return
        sweep = sweep_sync(terms=terms, at=at)
        self._list("held", sweep.placed)
        self._list("released", sweep.lifted)
        self.stdout.write(f"placed {len(sweep.placed)}, lifted {len(sweep.lifted)}, warned {sweep.warned}")

    def _list(self, verb: str, changes: tuple[HoldChange, ...]) -> None:
        codes = dict(Dealer.objects.filter(pk__in=[c.dealer_id for c in changes]).values_list("pk", "code"))
        for change in sorted(changes, key=lambda change: codes[change.dealer_id]):
            detail = hold_detail(change.reason, change.evidence, "")
            self.stdout.write(f"{verb} {codes[change.dealer_id]}: {detail}")
