"""Writing the statements of a draft, and taking drafts away.

Rows are streamed with ``COPY`` into temporary tables and from there by one ``INSERT … SELECT`` each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dealers.services.staging import copy_cell, copy_text, temporary_table
from rebates.rules.quantities import cents_text, known_text, micros_text
from settlement.models import SettlementRun
from settlement.rules.statements import DraftStatement
from settlement.selectors.digests import encode_proof, statement_digest

_STATEMENT = "id, dealer_id, tier, purchases, sales, opening, total, closing, payable, digest, role"
_LINE = "statement_id, dealer_id, line_no, kind, program, for_period, base, rate, amount, proof"
_STATEMENTS_AT_ONCE = 10_000
_FACTS_AT_ONCE = 200_000


@dataclass(slots=True)
class Written:
    statements: int = 0
    lines: int = 0


def write_statements(run: SettlementRun, draft: int, statements: Iterable[DraftStatement]) -> Written:
    """Write statements and lines of a draft in the caller's transaction, bounded in memory."""
    written = Written()
    source = iter(statements)
    while portion := _portion(source):
        with connection.cursor() as cursor:
            written.statements += len(portion)
            written.lines += _write(cursor, run, draft, portion)
    return written


def _portion(source: Iterator[DraftStatement]) -> list[DraftStatement]:
    """Statements up to so many, or fewer with long proofs."""
    portion: list[DraftStatement] = []
    facts = 0
    for statement in source:
        portion.append(statement)
        facts += sum(len(line.proof.get("inputs", ())) for line in statement.lines)  # type: ignore[misc, arg-type]
        if len(portion) >= _STATEMENTS_AT_ONCE or facts >= _FACTS_AT_ONCE:
            break
    return portion


def remove_drafts(run: SettlementRun, *, keep: int) -> int:
    """Remove every statement of the run that is not of draft ``keep``; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM settlement_statementline WHERE statement_id IN"
            " (SELECT id FROM settlement_statement WHERE run_id = %s AND draft <> %s)",
            [run.pk, keep],
        )
        cursor.execute("DELETE FROM settlement_statement WHERE run_id = %s AND draft <> %s", [run.pk, keep])
        return int(cursor.rowcount)


def _write(cursor: Any, run: SettlementRun, draft: int, statements: list[DraftStatement]) -> int:
    ids = _new_ids(cursor, len(statements))
    rows: list[str] = []
    lines: list[str] = []
    for statement_id, statement in zip(ids, statements, strict=True):
        proofs = [encode_proof(line.proof) for line in statement.lines]
        rows.append(
            f"{statement_id}\t{statement.dealer_id}\t{statement.tier}\t{cents_text(statement.purchases)}"
            f"\t{cents_text(statement.sales)}\t{cents_text(statement.opening)}\t{cents_text(statement.total)}"
            f"\t{cents_text(statement.closing)}\t{cents_text(statement.payable)}"
            f"\t{statement_digest(statement, proofs)}\t{copy_cell(statement.role)}\n"
        )
        for number, (line, proof) in enumerate(zip(statement.lines, proofs, strict=True), start=1):
            text = proof.decode()
            if "\\" in text:
                text = text.replace("\\", "\\\\")
            lines.append(
                f"{statement_id}\t{statement.dealer_id}\t{number}\t{line.kind}\t{copy_cell(line.program)}"
                f"\t{line.for_period}\t{micros_text(line.base)}\t{known_text(line.rate)}"
                f"\t{cents_text(line.amount)}\t{text}\n"
            )
    _stage(cursor, rows, lines)
    cursor.execute(
        f"INSERT INTO settlement_statement ({_STATEMENT}, run_id, draft, state, confirmed_by_key,"
        f" confirm_due_provisional) SELECT {_STATEMENT}, %s, %s, 'draft', '', false FROM staged_statement",
        [run.pk, draft],
    )
    cursor.execute(f"INSERT INTO settlement_statementline ({_LINE}) SELECT {_LINE} FROM staged_line")
    return len(lines)


def _stage(cursor: Any, rows: list[str], lines: list[str]) -> None:
    amounts = ", ".join(f"{name} numeric" for name in ("purchases", "sales", "opening", "total", "closing", "payable"))
    temporary_table(
        cursor, "staged_statement", f"id bigint, dealer_id bigint, tier text, {amounts}, digest text, role text"
    )
    temporary_table(
        cursor,
        "staged_line",
        "statement_id bigint, dealer_id bigint, line_no int, kind text, program text, for_period text,"
        " base numeric, rate numeric, amount numeric, proof jsonb",
    )
    copy_text(cursor, "staged_statement", _STATEMENT.split(", "), "".join(rows))
    copy_text(cursor, "staged_line", _LINE.split(", "), "".join(lines))


def _new_ids(cursor: Any, count: int) -> Iterator[int]:
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('settlement_statement', 'id')) FROM generate_series(1, %s)", [count]
    )
    return (row[0] for row in cursor.fetchall())
