"""Statements, payables, payments and the ledger held against one another, with every difference opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from settlement.choices import AccountCode
from settlement.rules.payment_life import REOPENED, states_at
from settlement.selectors.ledger_faults import LedgerFault, ledger_faults


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two totals that must be equal; ``key`` names them, ``faults`` are the places where they part."""

    key: str
    left: Decimal
    right: Decimal
    faults: Sequence[LedgerFault]

    @property
    def difference(self) -> Decimal:
        return self.left - self.right

    @property
    def agrees(self) -> bool:
        return not self.difference and not self.faults


#: Each comparison with the two totals, and the checks that find where they part.
_COMPARISONS = (
    (
        "statements_ledger",
        "SELECT coalesce(sum(s.total), 0) FROM settlement_settlementrun r"
        " JOIN settlement_statement s ON s.run_id = r.id AND s.draft = r.draft WHERE r.state = 'closed'",
        "SELECT -coalesce(sum(e.amount), 0) FROM settlement_journalentry e"
        " JOIN settlement_journaltransaction t ON t.id = e.transaction_id"
        " WHERE e.account = %(payable)s AND t.run_id IS NOT NULL",
        ("statement",),
    ),
    (
        "statements_payables",
        "SELECT coalesce(sum(s.total), 0) FROM settlement_settlementrun r"
        " JOIN settlement_statement s ON s.run_id = r.id AND s.draft = r.draft WHERE r.state = 'closed'",
        "SELECT coalesce(sum(amount), 0) FROM settlement_payable",
        ("contribution",),
    ),
    (
        "payables_ledger",
        "SELECT coalesce(sum(amount - paid + CASE WHEN amount < 0 THEN set_off ELSE -set_off END), 0)"
        " FROM settlement_payable",
        "SELECT -coalesce(sum(balance), 0) FROM settlement_accountbalance WHERE account = %(payable)s",
        ("open", "two_sided", "payable"),
    ),
    (
        "payments_allocations",
        "SELECT coalesce(sum(amount), 0) FROM settlement_payment WHERE NOT state = ANY(%(reopened)s)",
        "SELECT coalesce(sum(amount), 0) FROM settlement_allocation",
        ("payment", "bill"),
    ),
    *(
        (
            key,
            f"SELECT coalesce(sum(amount), 0) FROM settlement_payment WHERE state = ANY(%({account.name})s)",
            f"SELECT -coalesce(sum(balance), 0) FROM settlement_accountbalance WHERE account = '{account.value}'",
            (),
        )
        for key, account in (
            ("under_way_ledger", AccountCode.PAYMENTS_UNDER_WAY),
            ("bills_ledger", AccountCode.NOTES_PAYABLE),
            ("paid_ledger", AccountCode.BANK),
        )
    ),
    (
        "entries_balances",
        "SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) FROM settlement_journalentry",
        "SELECT -coalesce(sum(amount) FILTER (WHERE amount < 0), 0) FROM settlement_journalentry",
        ("transaction", "balance"),
    ),
)


def reconciliation(*, most: int = 20) -> list[Comparison]:
    """Every comparison with its differences opened; a fixed number of queries."""
    params: dict[str, Any] = {
        "payable": AccountCode.DEALER_PAYABLE,
        "reopened": [*REOPENED],
        **{
            account.name: [*states_at(account)]
            for account in (AccountCode.PAYMENTS_UNDER_WAY, AccountCode.NOTES_PAYABLE, AccountCode.BANK)
        },
    }
    faults = list(ledger_faults(most=most))
    found = []
    with connection.cursor() as cursor:
        for key, left, right, checks in _COMPARISONS:
            sums = []
            for sql in (left, right):
                cursor.execute(sql, params)
                sums.append(cursor.fetchone()[0])
            found.append(Comparison(key, sums[0], sums[1], [fault for fault in faults if fault.check in checks]))
    return found
