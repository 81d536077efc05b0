"""Statement lines as rows of a table and as plain values with their proof."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from rebates.resources import explain, is_worded
from rebates.rules.quantities import micros, micros_text
from settlement.models import StatementLine
from settlement.proof_words.reading import explain_steps

LINE_COLUMNS = (
    "period",
    "dealer",
    "line_no",
    "kind",
    "program",
    "for_period",
    "base",
    "rate",
    "amount",
    "explanation",
)


def explanation(line: StatementLine) -> str:
    """How the amount came about, in one sentence in the active language."""
    if is_worded(line.proof, line.kind):
        # A closed statement keeps its proof for years: a sentence that asks for more than it says must not hide it.
        with suppress(KeyError):
            return explain(line.proof, line.kind)
    return explain_steps(line.proof)


def plain(number: Decimal) -> Decimal:
    """A base or rate with at least two decimals and no zeros beyond them."""
    return Decimal(micros_text(micros(number)))


def line_row(line: StatementLine) -> tuple[Any, ...]:
    """A line in the order of :data:`LINE_COLUMNS`; statement, run and dealer must be loaded."""
    return (
        line.statement.run.period,
        line.dealer.code,
        line.line_no,
        line.kind,
        line.program,
        line.for_period,
        plain(line.base),
        plain(line.rate),
        line.amount,
        explanation(line),
    )


def line_rows(lines: QuerySet[StatementLine]) -> Iterator[tuple[Any, ...]]:
    """The lines as rows, by dealers' codes and line numbers, bounded in memory."""
    ordered = lines.select_related("dealer", "statement__run").order_by("dealer__code", "line_no")
    return (line_row(line) for line in ordered.iterator(chunk_size=2000))


def line_objects(lines: QuerySet[StatementLine]) -> Iterator[dict[str, Any]]:
    """The lines with the full proof, decimals as text."""
    ordered = lines.select_related("dealer", "statement__run").order_by("dealer__code", "line_no")
    for line in ordered.iterator(chunk_size=2000):
        row = (str(value) if isinstance(value, Decimal) else value for value in line_row(line))
        yield {**dict(zip(LINE_COLUMNS, row, strict=True)), "proof": line.proof}
