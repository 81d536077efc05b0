"""Keeping how a draft differs from the one it replaces, before that one is removed: one statement of SQL."""

from __future__ import annotations

from django.db import connection

from settlement.models import SettlementRun

_AMOUNTS = """
    SELECT s.dealer_id, l.kind, sum(l.amount) AS amount
    FROM settlement_statement s JOIN settlement_statementline l ON l.statement_id = s.id
    WHERE s.run_id = %s AND s.draft = %s GROUP BY 1, 2
    UNION ALL
    SELECT s.dealer_id, 'opening', s.opening FROM settlement_statement s
    WHERE s.run_id = %s AND s.draft = %s AND s.opening <> 0
"""


def keep_changes(run: SettlementRun, *, draft: int, previous: int) -> int:
    """Replace what is kept of the run by the differences of two drafts that both still exist; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM settlement_draftchange WHERE run_id = %s", [run.pk])
        if not previous:
            return 0
        cursor.execute(
            f"INSERT INTO settlement_draftchange (run_id, draft, previous, dealer_id, kind, was, becomes)"
            f" SELECT %s, %s, %s, dealer_id, kind, coalesce(b.amount, 0), coalesce(a.amount, 0)"
            f" FROM ({_AMOUNTS}) a FULL JOIN ({_AMOUNTS}) b USING (dealer_id, kind)"
            f" WHERE coalesce(a.amount, 0) <> coalesce(b.amount, 0)",
            [run.pk, draft, previous, *([run.pk, draft] * 2), *([run.pk, previous] * 2)],
        )
        return int(cursor.rowcount)
