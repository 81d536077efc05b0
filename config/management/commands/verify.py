"""Recompute what must hold, compare, and name the first difference."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.services.audit import verify_audit
from pricing.selectors.tally_faults import purchases_tally_fault, sales_tally_fault
from settlement.models import SettlementRun
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import closed_runs, first_difference

#: Half-months that no calendar reaches before or after: the whole of the tallies.
_EVER = (24, 9998 * 24)


class Command(BaseCommand):
    help = (
        "ledger: transactions, balances and statements against the entries. audit: the trail against its seals."
        " settlement: every closed half-month, or the one given, settled again from its facts. Exit 1 on a difference."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=[*CHECKS], metavar="ledger|audit|settlement")
        parser.add_argument("period", nargs="?", metavar="PERIOD", help="for settlement, for example 2026-11-H1")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["period"] and options["what"] != "settlement":
            raise CommandError("only settlement is verified for a period", returncode=2)
        for fault in CHECKS[options["what"]](options["period"]):
            raise CommandError(f"{options['what']}: {fault}", returncode=1)
        self.stdout.write(f"{options['what']}: everything holds")


def _ledger(period: str | None) -> Iterator[str]:
    for fault in ledger_faults(most=1):
        yield f"{fault.check} {fault.place}: expected {fault.expected}, found {fault.found}"


def _audit(period: str | None) -> Iterator[str]:
    fault = verify_audit()
    if fault is not None:
        yield f"record {fault.record_id}: {fault.what}"


def _settlement(period: str | None) -> Iterator[str]:
    for run in _runs(period):
        assert run.cutoff is not None
        reach = {"cutoff": run.cutoff, "first": run.ordinal, "last": run.ordinal}
        yield from _first(sales_tally_fault(**reach), purchases_tally_fault(**reach), first_difference(run))
    if period is None:
        reach = {"cutoff": clock.now(), "first": _EVER[0], "last": _EVER[1]}
        yield from _first(sales_tally_fault(**reach), purchases_tally_fault(**reach))


def _first(*faults: object) -> Iterator[str]:
    return (str(fault) for fault in faults if fault is not None)


def _runs(period: str | None) -> list[SettlementRun]:
    runs = closed_runs()
    if period is None:
        return runs
    try:
        wanted = str(HalfMonth.parse(period))
    except Unreadable as error:
        raise CommandError(f"{period!r} {error}", returncode=2) from error
    chosen = [run for run in runs if run.period == wanted]
    if not chosen:
        raise CommandError(f"half-month {wanted} is not closed; there is nothing to verify", returncode=2)
    return chosen


CHECKS: Mapping[str, Callable[[str | None], Iterator[str]]] = {
    "ledger": _ledger,
    "audit": _audit,
    "settlement": _settlement,
}
