"""``gather_violations [PERIOD]``: gather violations now, wherever lines changed or for a whole half-month."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused
from pricing.services.violations.gathering import gather_anew, gather_violations


class Command(BaseCommand):
    help = "Gather violations from the verdicts: wherever lines changed since the last time, or a whole half-month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", nargs="?", metavar="PERIOD", help="for example 2026-11-H1; every dealer anew")

    def handle(self, *args: Any, **options: Any) -> None:
        given = options["period"]
        try:
            period = HalfMonth.parse(given) if given else None
        except Refused as refusal:
            raise CommandError(f"{given!r} {refusal}") from refusal
        at = clock.now()
        found = gather_anew(period=period, actor=None, at=at) if period else gather_violations(at=at)
        sentence = _("%(half_months)s half-months of dealers looked at, %(changed)s violations new or changed")
        self.stdout.write(sentence % {"half_months": found.half_months, "changed": found.changed})
