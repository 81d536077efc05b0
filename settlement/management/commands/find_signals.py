"""Look for signals of fraud now, or try other limits and versions in shadow."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import PolicyVersion
from settlement.choices import SignalRunKind
from settlement.models import SignalRun
from settlement.selectors.signals.examinations import ON_TRIAL
from settlement.services.signals.asking import make_run, make_trial
from settlement.services.signals.running import answer_run


class Command(BaseCommand):
    help = "Look for signals of fraud and print what each rule found; with --policy or --trial only what would differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--policy", metavar="CODE:VERSION", help="try the limits of this policy version in shadow")
        parser.add_argument("--trial", metavar="RULE:VERSION", action="append", default=[], help="try a rule's version")
        parser.add_argument("--as-of", metavar="INSTANT", help="in shadow: take everything as known then")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            if options["policy"] or options["trial"]:
                run = make_trial(
                    at=at,
                    actor=None,
                    policy=_policy(options["policy"]) if options["policy"] else None,
                    versions=dict(_version(text) for text in options["trial"]),
                    as_of=clock.parse_instant(options["as_of"]) if options["as_of"] else None,
                )
            elif options["as_of"]:
                raise CommandError("--as-of goes with --policy or --trial: what is live is known now")
            else:
                run = make_run(at=at, actor=None)
        except (Refused, Unreadable) as error:
            raise CommandError(str(error)) from error
        self._print(answer_run(run, on_progress=self._say))

    def _say(self, percent: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"  {percent} %", ending="\r")

    def _print(self, run: SignalRun) -> None:
        self.stdout.write(f"run         {run.pk} ({run.kind})")
        self.stdout.write(f"known at    {run.at.astimezone(clock.BUSINESS_ZONE).isoformat()}")
        self.stdout.write(f"windows     {' '.join(run.windows)}")
        for rule, counts in run.counts.items():
            self.stdout.write(f"{rule:16}" + "  ".join(f"{name} {count}" for name, count in counts.items()))
        if run.kind == SignalRunKind.SHADOW:
            for one in run.differences.select_related("dealer").order_by("id"):
                self.stdout.write(f"  {one.kind} {one.rule} {one.dealer.code} {one.facts} {one.amount}")
        self.stdout.write(f"seconds     {run.seconds:.2f}")


def _policy(text: str) -> PolicyVersion:
    code, _colon, version = text.rpartition(":")
    found = PolicyVersion.objects.filter(code=code, version=version).first() if version.isdecimal() else None
    if found is None:
        raise CommandError(f"There is no policy version {text}; write it like 2026:3.")
    return found


def _version(text: str) -> tuple[str, int]:
    known = {f"{one.rule.value}:{one.version}": (one.rule.value, one.version) for one in ON_TRIAL}
    if text not in known:
        raise CommandError(f"There is no version {text} on trial; there are: {', '.join(known)}.")
    return known[text]
