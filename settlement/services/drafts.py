"""Writing the statements of a draft, and taking drafts away.

Each statement becomes text as soon as it is reckoned and its proofs are let go: by portions of that text they travel
with ``COPY`` into temporary tables, and from there all together by one ``INSERT … SELECT`` each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dealers.services.staging import copy_cell, copy_text, temporary_table
from rebates.rules.quantities import cents_text, known_text, micros_text
from settlement.models import SettlementRun
from settlement.rules.statements import DraftStatement
from settlement.selectors.digests import encode_proof, statement_digest

_STATEMENT = "id, dealer_id, tier, purchases, sales, opening, total, closing, payable, digest, role"
_LINE = "statement_id, dealer_id, line_no, kind, program, for_period, base, rate, amount, proof"
_IDS_AT_ONCE = 1_000
_BYTES_AT_ONCE = 4 << 20


@dataclass(slots=True)
class Written:
    statements: int = 0
    lines: int = 0


@dataclass(slots=True)
class _Portion:
    """Rows as ``COPY`` takes them, and how many bytes the longer ones have."""

    statements: list[bytes] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


def write_statements(run: SettlementRun, draft: int, statements: Iterable[DraftStatement]) -> Written:
    """Write statements and lines of a draft in the caller's transaction; memory holds a portion of them as text."""
    written = Written()
    with connection.cursor() as cursor:
        _make_stages(cursor)
        for portion in _portions(cursor, statements):
            copy_text(cursor, "staged_statement", _STATEMENT.split(", "), b"".join(portion.statements))
            copy_text(cursor, "staged_line", _LINE.split(", "), b"".join(portion.lines))
            written.statements += len(portion.statements)
            written.lines += len(portion.lines)
        cursor.execute(
            f"INSERT INTO settlement_statement ({_STATEMENT}, run_id, draft, state, confirmed_by_key,"
            f" confirm_due_provisional) SELECT {_STATEMENT}, %s, %s, 'draft', '', false FROM staged_statement",
            [run.pk, draft],
        )
        cursor.execute(f"INSERT INTO settlement_statementline ({_LINE}) SELECT {_LINE} FROM staged_line")
        cursor.execute("TRUNCATE staged_statement, staged_line")
    return written


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


def _portions(cursor: Any, statements: Iterable[DraftStatement]) -> Iterator[_Portion]:
    portion = _Portion()
    for statement_id, statement in zip(_new_ids(cursor), statements, strict=False):
        _write(portion, statement_id, statement)
        if portion.size >= _BYTES_AT_ONCE:
            yield portion
            portion = _Portion()
    yield portion


def _write(portion: _Portion, statement_id: int, statement: DraftStatement) -> None:
    proofs = [encode_proof(line.proof) for line in statement.lines]
    row = (
        f"{statement_id}\t{statement.dealer_id}\t{statement.tier}\t{cents_text(statement.purchases)}"
        f"\t{cents_text(statement.sales)}\t{cents_text(statement.opening)}\t{cents_text(statement.total)}"
        f"\t{cents_text(statement.closing)}\t{cents_text(statement.payable)}"
        f"\t{statement_digest(statement, proofs)}\t{copy_cell(statement.role)}\n"
    )
    portion.statements.append(row.encode())
    for number, (line, proof) in enumerate(zip(statement.lines, proofs, strict=True), start=1):
        cells = (
            f"{statement_id}\t{statement.dealer_id}\t{number}\t{line.kind}\t{copy_cell(line.program)}"
            f"\t{line.for_period}\t{micros_text(line.base)}\t{known_text(line.rate)}\t{cents_text(line.amount)}\t"
        )
        text = b"%b%b\n" % (cells.encode(), proof.replace(b"\\", b"\\\\"))
        portion.lines.append(text)
        portion.size += len(text)


def _make_stages(cursor: Any) -> None:
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


def _new_ids(cursor: Any) -> Iterator[int]:
    """Keys for statements, as many as are asked for; some are left unused."""
    while True:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('settlement_statement', 'id')) FROM generate_series(1, %s)",
            [_IDS_AT_ONCE],
        )
        yield from [row[0] for row in cursor.fetchall()]
