"""Whether the books hold together: what the database enforces, asked again from the entries themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from settlement.choices import AccountCode

_CHECKS = (
    (
        "transaction",
        "SELECT transaction_id::text, '0.00', sum(amount)::text FROM settlement_journalentry"
        " GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "balance",
        "SELECT coalesce(b.account, e.account) || '/' || coalesce(b.dealer_id, e.dealer_id),"
        " coalesce(e.amount, 0)::text, coalesce(b.balance, 0)::text"
        " FROM settlement_accountbalance b FULL JOIN ("
        "SELECT account, coalesce(dealer_id, 0) AS dealer_id, sum(amount) AS amount"
        " FROM settlement_journalentry GROUP BY 1, 2"
        ") e ON e.account = b.account AND e.dealer_id = b.dealer_id"
        " WHERE coalesce(b.balance, 0) <> coalesce(e.amount, 0) ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "statement",
        "SELECT r.period || '/' || d.code, s.total::text, coalesce(p.amount, 0)::text"
        " FROM settlement_settlementrun r JOIN settlement_statement s ON s.run_id = r.id AND s.draft = r.draft"
        " JOIN dealers_dealer d ON d.id = s.dealer_id LEFT JOIN ("
        "SELECT t.run_id, e.dealer_id, -sum(e.amount) AS amount FROM settlement_journalentry e"
        " JOIN settlement_journaltransaction t ON t.id = e.transaction_id"
        " WHERE e.account = %(payable)s AND t.run_id IS NOT NULL GROUP BY 1, 2"
        ") p ON p.run_id = r.id AND p.dealer_id = s.dealer_id"
        " WHERE r.state = 'closed' AND s.total <> coalesce(p.amount, 0) ORDER BY 1 LIMIT %(most)s",
    ),
)


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """A place where the books do not agree: what should be there, and what is."""

    check: str
    place: str
    expected: str
    found: str


def ledger_faults(*, most: int = 20) -> Iterator[LedgerFault]:
    """The first faults of each check: transactions that do not sum to zero, balances that are not the sum of their
    entries, closed statements that were posted with another amount. Nothing means the books hold.
    """
    with connection.cursor() as cursor:
        for name, sql in _CHECKS:
            cursor.execute(sql, {"most": most, "payable": AccountCode.DEALER_PAYABLE})
            for place, expected, found in cursor.fetchall():
                yield LedgerFault(name, place, expected, found)
