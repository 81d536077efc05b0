"""Recompute what must hold, compare, and name the first difference."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.selectors.policies import altered_policies
from dealers.services.audit import verify_audit
from pricing.selectors.tally_faults import purchases_tally_fault, sales_tally_fault
from settlement.models import SettlementRun
from settlement.selectors.document_faults import first_document_fault
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import closed_runs, first_difference

#: Half-months that no calendar reaches before or after: the whole of the tallies.
_EVER = (24, 9998 * 24)


class Command(BaseCommand):
    help = (
        "ledger: transactions, balances and statements against the entries. audit: the trail against its seals."
        " settlement: every closed half-month, or the one given, settled again from its facts,"
        " and its documents made again. Exit 1 on a difference."
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
    yield from (f"policy {version}: the stored terms are not those published" for version in altered_policies())
    for run in _runs(period):
        assert run.cutoff is not None
        yield from _tallies(run.cutoff, run.ordinal, run.ordinal)
        difference = first_difference(run)
        if difference is not None:
            yield str(difference)
        fault = first_document_fault(run)
        if fault is not None:
            yield str(fault)
    if period is None:
        yield from _tallies(clock.now(), *_EVER)


def _tallies(cutoff: datetime, first: int, last: int) -> Iterator[str]:
    for check in (sales_tally_fault, purchases_tally_fault):
        fault = check(cutoff=cutoff, first=first, last=last)
        if fault is not None:
            yield str(fault)


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
