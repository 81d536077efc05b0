"""What closing a half-month adds to, and takes from, what dealers are owed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby

from django.db import connection

from settlement.models import Payable, SetOff, SettlementRun
from settlement.rules.set_off import Part, set_off
from settlement.selectors.open_amounts import LEFT


def open_payables(*, run: SettlementRun, at: datetime) -> int:
    """Record the contribution of every statement of a run being closed, and set debts off; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRIBUTIONS, [run.ordinal, at, run.pk, run.draft])
        opened = int(cursor.rowcount)
        cursor.execute(_TWO_SIDED)
        set_off_debts(dealer_ids=[dealer_id for (dealer_id,) in cursor.fetchall()], at=at)
    return opened


def set_off_debts(*, dealer_ids: Collection[int], at: datetime) -> int:
    """Set what these dealers owe off against what they are owed, the oldest first; returns how many set-offs.

    In the caller's transaction. Afterwards nobody of them has both something open and something carried.
    """
    if not dealer_ids:
        return 0
    made = [
        SetOff(dealer_id=dealer_id, credit_id=one.credit, debt_id=one.debt, amount=one.amount, at=at)
        for dealer_id, rows in _open_by_dealer(dealer_ids)
        for one in set_off(
            [Part(row.pk, row.left) for row in rows if row.amount > 0],
            [Part(row.pk, row.left) for row in rows if row.amount < 0],
        )
    ]
    SetOff.objects.bulk_create(made, batch_size=2000)
    return len(made)


def _open_by_dealer(dealer_ids: Collection[int]) -> Iterator[tuple[int, list[Payable]]]:
    open_ones = Payable.objects.filter(LEFT, dealer__in=dealer_ids)
    rows = open_ones.order_by("dealer_id", "ordinal").select_for_update()
    for dealer_id, group in groupby(rows, key=lambda row: row.dealer_id):
        yield dealer_id, list(group)


_CONTRIBUTIONS = """
    INSERT INTO settlement_payable (statement_id, dealer_id, ordinal, since, amount, paid, set_off)
    SELECT id, dealer_id, %s, %s, total, 0, 0 FROM settlement_statement
    WHERE run_id = %s AND draft = %s AND total <> 0 ORDER BY dealer_id
"""
#: Dealers that have something open and something carried at once.
_TWO_SIDED = """
    SELECT dealer_id FROM settlement_payable
    WHERE amount > paid + set_off OR amount < -set_off
    GROUP BY dealer_id HAVING bool_or(amount > 0) AND bool_or(amount < 0) ORDER BY dealer_id
"""
