"""Transfers between dealers as headquarters sees them: who is meant, and whether the other side declared the same.

A dealer writes the other party as it likes; only here, and only for HQ, the words are held against codes and names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from dealers.models import StockAdjustment

#: How far apart the two sides may date one transfer.
MATCH_WITHIN = timedelta(days=14)

_SQL = """
WITH asked AS (
    SELECT * FROM unnest(%(dealers)s::bigint[], %(docs)s::text[], %(lines)s::int[]) AS a(dealer_id, doc_no, line_no)
), declared AS (
    SELECT t.*, own.code AS own_code, own.name AS own_name
    FROM asked JOIN dealers_stockadjustment t USING (dealer_id, doc_no, line_no)
    JOIN dealers_dealer own ON own.id = t.dealer_id
), meant AS (
    SELECT DISTINCT ON (t.dealer_id, t.doc_no, t.line_no) t.*, d.id AS other_id, d.code AS other_code,
           d.name AS other_name
    FROM declared t
    LEFT JOIN dealers_dealer d ON lower(trim(t.counterparty)) IN (lower(d.code), lower(d.name)) AND d.id <> t.dealer_id
    ORDER BY t.dealer_id, t.doc_no, t.line_no, lower(d.code) = lower(trim(t.counterparty)) DESC
)
SELECT m.dealer_id, m.doc_no, m.line_no, m.other_id, m.other_code, m.other_name, o.doc_no, o.line_no, o.change
FROM meant m
LEFT JOIN LATERAL (
    SELECT o.doc_no, o.line_no, o.change FROM dealers_stockadjustment o
    WHERE o.dealer_id = m.other_id AND o.product_id = m.product_id
      AND o.kind = CASE m.kind WHEN 'transfer_out' THEN 'transfer_in' ELSE 'transfer_out' END
      AND lower(trim(o.counterparty)) IN (lower(m.own_code), lower(m.own_name))
      AND o.occurred_at BETWEEN m.occurred_at - %(within)s::interval AND m.occurred_at + %(within)s::interval
    ORDER BY abs(o.change + m.change), abs(extract(epoch FROM o.occurred_at - m.occurred_at)), o.doc_no, o.line_no
    LIMIT 1
) o ON true
"""


@dataclass(frozen=True, slots=True)
class OtherSide:
    """Who a transfer names, and the line the other side declared that comes nearest.

    ``state``: ``unknown`` (nobody of that code or name), ``undeclared`` (the other side says nothing), ``differs``
    (it says another quantity) or ``matched``.
    """

    state: str
    dealer_id: int | None = None
    code: str = ""
    name: str = ""
    doc_no: str = ""
    line_no: int | None = None
    quantity: int | None = None


def other_sides(lines: Sequence[StockAdjustment]) -> dict[tuple[int, str, int], OtherSide]:
    """The other side of each transfer to or from another dealer, by its key; one statement for all."""
    params: dict[str, Any] = {
        "dealers": [line.dealer_id for line in lines],
        "docs": [line.doc_no for line in lines],
        "lines": [line.line_no for line in lines],
        "within": MATCH_WITHIN,
    }
    changes = {(line.dealer_id, line.doc_no, line.line_no): line.change for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        rows = cursor.fetchall()
    return {tuple(row[:3]): _other_side(changes[tuple(row[:3])], *row[3:]) for row in rows}


def _other_side(
    change: int,
    dealer_id: int | None,
    code: str | None,
    name: str | None,
    doc_no: str | None,
    line_no: int | None,
    found: int | None,
) -> OtherSide:
    if dealer_id is None:
        return OtherSide("unknown")
    if found is None:
        return OtherSide("undeclared", dealer_id, code or "", name or "")
    state = "matched" if found == -change else "differs"
    return OtherSide(state, dealer_id, code or "", name or "", doc_no or "", line_no, abs(found))
