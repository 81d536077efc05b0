"""Calculate a half-month, and approve it when told by whom."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import User
from settlement.models import SettlementRun
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.calculation import calculate_run


class Command(BaseCommand):
    help = "Calculate a half-month such as 2026-11-H1 and print its totals; --approve-as posts and freezes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="for example 2026-11-H1")
        parser.add_argument("--cutoff", metavar="INSTANT", help="take facts received up to then; all so far if absent")
        parser.add_argument("--shards", type=int, default=1, metavar="N", help="parts to calculate one after another")
        parser.add_argument("--approve-as", metavar="USER", help="a person with the role finance_approver")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        period = _read(HalfMonth.parse, options["period"])
        cutoff = _read(clock.parse_instant, options["cutoff"]) if options["cutoff"] else None
        if options["shards"] < 1:
            raise CommandError("--shards must be at least 1")
        approver = _person(options["approve_as"]) if options["approve_as"] else None
        try:
            run = calculate_run(period=period, cutoff=cutoff, shards=options["shards"], actor=None, at=clock.now())
            if approver is not None:
                put_up_for_review(period=period, actor=None, at=clock.now())
                run = approve_run(period=period, actor=approver, at=clock.now())
        except Refused as error:
            raise CommandError(str(error)) from error
        self._print(run, time.perf_counter() - started)

    def _print(self, run: SettlementRun, seconds: float) -> None:
        totals = run.totals
        assert run.cutoff is not None
        self.stdout.write(f"period      {run.period}")
        self.stdout.write(f"state       {run.state}")
        self.stdout.write(f"policy      {run.policy}")
        self.stdout.write(f"cutoff      {run.cutoff.astimezone(clock.BUSINESS_ZONE).isoformat()}")
        self.stdout.write(f"statements  {totals['statements']}")
        self.stdout.write(f"lines       {totals['lines']}")
        for name in ("purchases", "sales", "opening", "total", "closing", "payable"):
            self.stdout.write(f"{name:12}{totals[name]}")
        for kind, figures in totals["by_kind"].items():
            self.stdout.write(f"  {kind}: {figures['lines']} lines, {figures['amount']}")
        self.stdout.write(f"digest      {run.digest}")
        self.stdout.write(f"seconds     {seconds:.2f}")


def _read(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except Unreadable as error:
        raise CommandError(f"{text!r} {error}") from error


def _person(name: str) -> User:
    person = User.objects.filter(username=name).first()
    if person is None:
        raise CommandError(f"There is no user {name}.")
    return person
