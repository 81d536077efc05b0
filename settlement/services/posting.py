"""Posting the statements of an approved half-month: set-based, all entries by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from dealers.foundation.bulk_plans import plan_for_bulk
from dealers.models import User
from settlement.choices import AccountCode, LineKind
from settlement.errors import CalculatedTooEarly
from settlement.models import SettlementRun
from settlement.selectors.ledger import PAID_AFTER

#: The account each kind of line is charged to; the other side is what the dealer is owed.
ACCOUNT_OF_KIND: Mapping[LineKind, AccountCode] = {
    LineKind.REBATE: AccountCode.REBATE_EXPENSE,
    LineKind.FORFEITURE: AccountCode.REBATE_EXPENSE,
    LineKind.REMOTE_SUBSIDY: AccountCode.SUBSIDY_EXPENSE,
    LineKind.MARKET_SUPPORT: AccountCode.SUBSIDY_EXPENSE,
    LineKind.PRICE_PROTECTION: AccountCode.PRICE_PROTECTION_EXPENSE,
    LineKind.REFERRAL: AccountCode.REFERRAL_EXPENSE,
    LineKind.PENALTY: AccountCode.PENALTY_INCOME,
    LineKind.CLAWBACK: AccountCode.REBATE_EXPENSE,
    LineKind.ADJUSTMENT: AccountCode.ADJUSTMENT_EXPENSE,
}


def post_statements(*, run: SettlementRun, actor: User, at: datetime) -> int:
    """Post one transaction per statement that moves anything; returns how many.

    Each charges the accounts of its lines' kinds and credits the dealer with the statement's total. Raises
    :class:`CalculatedTooEarly` when an opening balance is no longer what the ledger said at the run's cutoff.
    """
    with connection.cursor() as cursor:
        plan_for_bulk(cursor)
        payable = AccountCode.DEALER_PAYABLE
        cursor.execute(_STALE_OPENING, [payable, run.cutoff, payable, run.pk, run.draft])
        if cursor.fetchone()[0]:
            raise CalculatedTooEarly(period=run.period)
        cursor.execute(_CHARGES, [[*ACCOUNT_OF_KIND], [*ACCOUNT_OF_KIND.values()], run.pk, run.draft])
        cursor.execute(_TRANSACTIONS, [run.pk, run.period, at, actor.pk])
        posted = int(cursor.rowcount)
        cursor.execute(_ENTRIES, [AccountCode.DEALER_PAYABLE, run.pk])
    return posted


_STALE_OPENING = f"""
    SELECT EXISTS (
        SELECT 1 FROM settlement_statement s
        LEFT JOIN ({PAID_AFTER}) later ON later.dealer_id = s.dealer_id
        LEFT JOIN settlement_accountbalance b ON b.account = %s AND b.dealer_id = s.dealer_id
        WHERE s.run_id = %s AND s.draft = %s AND s.opening <> coalesce(later.amount, 0) - coalesce(b.balance, 0)
    )
"""
_CHARGES = """
    DROP TABLE IF EXISTS pg_temp.run_charges;
    CREATE TEMP TABLE run_charges ON COMMIT DROP AS
    SELECT s.dealer_id, k.account, sum(l.amount) AS amount
    FROM settlement_statement s
    JOIN settlement_statementline l ON l.statement_id = s.id AND l.amount <> 0
    JOIN unnest(%s::text[], %s::text[]) AS k(kind, account) ON k.kind = l.kind
    WHERE s.run_id = %s AND s.draft = %s
    GROUP BY s.dealer_id, k.account HAVING sum(l.amount) <> 0
"""
_TRANSACTIONS = """
    INSERT INTO settlement_journaltransaction (run_id, dealer_id, memo, posted_at, posted_by_id)
    SELECT %s, c.dealer_id, %s, %s, %s FROM run_charges c GROUP BY c.dealer_id ORDER BY c.dealer_id
"""
_ENTRIES = """
    INSERT INTO settlement_journalentry (transaction_id, account, dealer_id, amount)
    SELECT t.id, e.account, e.dealer_id, e.amount FROM (
        SELECT c.dealer_id AS owner, c.account, NULL::bigint AS dealer_id, c.amount FROM run_charges c
        UNION ALL
        SELECT c.dealer_id, %s, c.dealer_id, -sum(c.amount) FROM run_charges c
        GROUP BY c.dealer_id HAVING sum(c.amount) <> 0
    ) e
    JOIN settlement_journaltransaction t ON t.run_id = %s AND t.dealer_id = e.owner
"""
