"""Settling closed half-months once more from their facts, and finding the first thing that is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Func, IntegerField, Sum

from dealers.foundation.half_months import HalfMonth
from dealers.selectors.purchases import Shard
from rebates.choices import WindowedKind
from rebates.models import Accrual
from rebates.rules.quantities import cents_text, micros_text
from settlement.choices import RunState
from settlement.models import SettlementRun, Statement, StatementLine
from settlement.rules.statements import DraftLine, DraftStatement
from settlement.selectors.digests import run_digest, statement_digest
from settlement.selectors.ledger import payables_before
from settlement.selectors.questions import RunQuestion
from settlement.selectors.reckoning import books_before, reckoned_statements

_DEALERS_AT_ONCE = 5_000
#: Bytes of proofs as the database keeps them, a tenth of what they take in memory.
_STORED_AT_ONCE = 32 << 20
_AMOUNTS = ("purchases", "sales", "opening", "total", "closing", "payable")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a stored settlement is not what its facts give. ``line_no`` 0 is the statement, empty dealer the run."""

    period: str
    dealer: str
    line_no: int
    field: str
    stored: str
    recomputed: str

    def __str__(self) -> str:
        where = f"{self.period} {self.dealer or 'run'}"
        if self.line_no:
            where += f" line {self.line_no}"
        return f"{where}: {self.field} is {self.stored}, recomputed {self.recomputed}"


def closed_runs() -> list[SettlementRun]:
    return list(SettlementRun.objects.filter(state=RunState.CLOSED).select_related("policy").order_by("ordinal"))


def first_difference(run: SettlementRun) -> Difference | None:
    """Reckon a closed half-month as its cutoff knew it and compare every statement, line, accrual and digest.

    Of several differences the one first by dealer's code and line number. Memory is bounded by shards of dealers.
    """
    shards = _shards(run)
    found = [difference for number in range(shards) for difference in _in_shard(run, Shard(number, shards))]
    if found:
        return min(found, key=lambda difference: (difference.dealer, difference.line_no))
    digest = run_digest(run, run.draft)
    if digest != run.digest:
        return Difference(run.period, "", 0, "digest", run.digest, digest)
    return None


def _shards(run: SettlementRun) -> int:
    """So many that neither statements nor proofs, of which a few may be long, fill the memory."""
    lines = StatementLine.objects.filter(statement__run=run, statement__draft=run.draft)
    stored = lines.aggregate(stored=Sum(Func("proof", function="pg_column_size", output_field=IntegerField())))
    statements = run.statements.filter(draft=run.draft).count()
    return max(1, -(-statements // _DEALERS_AT_ONCE), -(-(stored["stored"] or 0) // _STORED_AT_ONCE))


def _in_shard(run: SettlementRun, shard: Shard) -> Iterator[Difference]:
    """The first difference of each dealer of the shard."""
    stored = _statements(run, shard)
    lines = _lines(run, shard)
    accruals = _accruals(run, shard)
    for statement in reckoned_statements(_question(run, shard, stored.keys())):
        kept = stored.pop(statement.dealer_id, None)
        if kept is None:
            yield Difference(run.period, statement.dealer, 0, "statement", "missing", "present")
            continue
        differences = _compare(
            run, statement, kept, lines.pop(statement.dealer_id, []), accruals.pop(statement.dealer_id, {})
        )
        first = next(differences, None)
        if first is not None:
            yield first
    for kept in stored.values():
        yield Difference(run.period, kept.dealer.code, 0, "statement", "present", "missing")


def _question(run: SettlementRun, shard: Shard, expected: Iterable[int]) -> RunQuestion:
    assert run.cutoff is not None and run.policy is not None
    period = HalfMonth.parse(run.period)
    openings = payables_before(run, shard)
    return RunQuestion(
        period,
        run.cutoff,
        run.policy,
        books_before(period),
        openings,
        shard,
        set(expected),
        settled=True,
        edition=run.edition,
    )


def _compare(
    run: SettlementRun,
    statement: DraftStatement,
    kept: Statement,
    lines: list[StatementLine],
    accruals: dict[tuple[str, str, str], Accrual],
) -> Iterator[Difference]:
    def differs(line_no: int, field: str, stored: object, recomputed: object) -> Iterator[Difference]:
        if stored != recomputed:
            yield Difference(run.period, statement.dealer, line_no, field, _shown(stored), _shown(recomputed))

    yield from differs(0, "tier", kept.tier, statement.tier)
    yield from differs(0, "role", kept.role, statement.role)
    for name in _AMOUNTS:
        yield from differs(0, name, getattr(kept, name), Decimal(cents_text(getattr(statement, name))))
    by_number = {line.line_no: line for line in lines}
    for number, line in enumerate(statement.lines, start=1):
        stored = by_number.pop(number, None)
        if stored is None:
            yield from differs(number, "line", "missing", "present")
            continue
        for name, recomputed in _said(line).items():
            yield from differs(number, name, getattr(stored, name), recomputed)
        if line.kind in WindowedKind:
            accrual = accruals.pop((line.kind, line.program, str(line.proof["window"])), None)
            yield from differs(number, "accrual", accrual and accrual.due, Decimal(cents_text(line.amount)))
    for number in sorted(by_number):
        yield from differs(number, "line", "present", "missing")
    for kind, program, window in sorted(accruals):
        yield from differs(0, "accrual", f"{kind} {program} {window}", "missing")
    yield from differs(0, "digest", kept.digest, statement_digest(statement))


def _said(line: DraftLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "program": line.program,
        "for_period": line.for_period,
        "base": Decimal(micros_text(line.base)),
        "rate": Decimal(micros_text(line.rate)),
        "amount": Decimal(cents_text(line.amount)),
        "proof": msgspec.json.decode(msgspec.json.encode(line.proof)),
    }


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return msgspec.json.encode(value, order="sorted").decode()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _statements(run: SettlementRun, shard: Shard) -> dict[int, Statement]:
    rows = run.statements.filter(draft=run.draft).select_related("dealer")
    return {row.dealer_id: row for row in _sharded(rows, shard, "settlement_statement").iterator(chunk_size=5000)}


def _lines(run: SettlementRun, shard: Shard) -> dict[int, list[StatementLine]]:
    rows = StatementLine.objects.filter(statement__run=run, statement__draft=run.draft).order_by("line_no")
    found: dict[int, list[StatementLine]] = {}
    for row in _sharded(rows, shard, "settlement_statementline").iterator(chunk_size=5000):
        found.setdefault(row.dealer_id, []).append(row)
    return found


def _accruals(run: SettlementRun, shard: Shard) -> dict[int, dict[tuple[str, str, str], Accrual]]:
    found: dict[int, dict[tuple[str, str, str], Accrual]] = {}
    rows = Accrual.objects.filter(period=run.ordinal)
    for row in _sharded(rows, shard, "rebates_accrual").iterator(chunk_size=5000):
        found.setdefault(row.dealer_id, {})[row.kind, row.program, row.window] = row
    return found


def _sharded(rows: Any, shard: Shard, table: str) -> Any:
    if shard.of == 1:
        return rows
    return rows.extra(where=[f"mod({table}.dealer_id, %s) = %s"], params=[shard.of, shard.number])
