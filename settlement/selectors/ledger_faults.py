"""Whether the books hold together: what the database enforces, asked again from the entries themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from settlement.choices import AccountCode
from settlement.rules.payment_life import REOPENED, states_at

#: Accounts on which payments stand on their way.
PASSED = (AccountCode.PAYMENTS_UNDER_WAY, AccountCode.NOTES_PAYABLE, AccountCode.BANK)

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
    (
        "payable",
        "SELECT d.code || '/' || p.ordinal, (p.paid + p.set_off)::text, (a.amount + o.amount)::text"
        " FROM settlement_payable p JOIN dealers_dealer d ON d.id = p.dealer_id"
        " CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM settlement_allocation"
        " WHERE payable_id = p.id) a"
        " CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM settlement_setoff"
        " WHERE credit_id = p.id OR debt_id = p.id) o"
        " WHERE p.paid <> a.amount OR p.set_off <> o.amount ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "contribution",
        "SELECT r.period || '/' || d.code, s.total::text, coalesce(p.amount, 0)::text"
        " FROM settlement_settlementrun r JOIN settlement_statement s ON s.run_id = r.id AND s.draft = r.draft"
        " JOIN dealers_dealer d ON d.id = s.dealer_id LEFT JOIN settlement_payable p ON p.statement_id = s.id"
        " WHERE r.state = 'closed' AND s.total <> coalesce(p.amount, 0) ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "open",
        "SELECT coalesce(d.code, b.dealer_id::text), coalesce(p.amount, 0)::text, (-coalesce(b.balance, 0))::text"
        " FROM (SELECT dealer_id, sum(amount - paid + CASE WHEN amount < 0 THEN set_off ELSE -set_off END) AS amount"
        " FROM settlement_payable GROUP BY 1) p"
        " FULL JOIN (SELECT dealer_id, balance FROM settlement_accountbalance WHERE account = %(payable)s) b"
        " ON b.dealer_id = p.dealer_id LEFT JOIN dealers_dealer d ON d.id = coalesce(p.dealer_id, b.dealer_id)"
        " WHERE coalesce(p.amount, 0) <> -coalesce(b.balance, 0) ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "two_sided",
        "SELECT d.code, '0.00', sum(amount - set_off)::text FROM settlement_payable p"
        " JOIN dealers_dealer d ON d.id = p.dealer_id WHERE amount > paid + set_off OR amount < -set_off"
        " GROUP BY 1 HAVING bool_or(amount > 0) AND bool_or(amount < 0) ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "payment",
        "SELECT m.number, (CASE WHEN m.state = ANY(%(reopened)s) THEN 0 ELSE m.amount END)::text,"
        " coalesce(sum(a.amount), 0)::text FROM settlement_payment m"
        " LEFT JOIN settlement_allocation a ON a.payment_id = m.id GROUP BY m.id"
        " HAVING coalesce(sum(a.amount), 0) <> CASE WHEN m.state = ANY(%(reopened)s) THEN 0 ELSE m.amount END"
        " ORDER BY 1 LIMIT %(most)s",
    ),
    (
        "bill",
        "SELECT m.number, m.amount::text, coalesce(b.amount, t.amount, 0)::text FROM settlement_payment m"
        " LEFT JOIN settlement_bill b ON b.payment_id = m.id LEFT JOIN"
        " (SELECT payment_id, amount FROM settlement_transfer JOIN settlement_payment ON id = payment_id) t"
        " ON t.payment_id = m.id WHERE m.amount <> coalesce(b.amount, t.amount, 0) ORDER BY 1 LIMIT %(most)s",
    ),
    *(
        (
            "stands",
            f"SELECT '{account.value}', coalesce((SELECT sum(amount) FROM settlement_payment"
            f" WHERE state = ANY(%({account.name})s)), 0)::text, coalesce((SELECT -sum(e.amount)"
            " FROM settlement_journalentry e JOIN settlement_journaltransaction t ON t.id = e.transaction_id"
            f" WHERE t.run_id IS NULL AND e.account = '{account.value}'), 0)::text"
            " LIMIT %(most)s",
        )
        for account in PASSED
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
    """The first faults of each check. Nothing means the books hold:

    transactions sum to zero; balances are the sums of their entries; closed statements are posted, and open, with
    their amounts; what is open and carried of a dealer is what the ledger owes it, and never both; what is paid and
    set off is the sum of allocations and set-offs; every payment is allocated in full or not at all and is the amount
    of its bill; and the accounts payments pass hold the payments in their states.
    """
    params: dict[str, Any] = {
        "most": most,
        "payable": AccountCode.DEALER_PAYABLE,
        "reopened": [*REOPENED],
        **{account.name: [*states_at(account)] for account in PASSED},
    }
    with connection.cursor() as cursor:
        for name, sql in _CHECKS:
            cursor.execute(sql, params)
            for place, expected, found in cursor.fetchall():
                if Decimal(expected) != Decimal(found):
                    yield LedgerFault(name, place, expected, found)
