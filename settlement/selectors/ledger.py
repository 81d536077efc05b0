"""Reading the books: balances now and at an instant, the trial balance, what a dealer is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from dealers.foundation.money import ZERO
from dealers.selectors.purchases import ALL_DEALERS, Shard
from settlement.choices import AccountCode
from settlement.models import AccountBalance, JournalEntry, SettlementRun


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the trial balance; debits and credits are both positive."""

    account: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit


def balance(account: AccountCode, *, dealer_id: int | None = None, at: datetime | None = None) -> Decimal:
    """The balance of an account, debits positive; up to and including instant ``at``, or now."""
    if at is None:
        rows = AccountBalance.objects.filter(account=account)
        if dealer_id is not None:
            rows = rows.filter(dealer_id=dealer_id)
        return rows.aggregate(total=Sum("balance"))["total"] or ZERO
    entries = JournalEntry.objects.filter(account=account, transaction__posted_at__lte=at)
    if dealer_id is not None:
        entries = entries.filter(dealer_id=dealer_id)
    return entries.aggregate(total=Sum("amount"))["total"] or ZERO


def payable_to(dealer_id: int, *, at: datetime | None = None) -> Decimal:
    """What a dealer is owed, positive in its favour."""
    return -balance(AccountCode.DEALER_PAYABLE, dealer_id=dealer_id, at=at)


def trial_balance(*, at: datetime | None = None) -> list[AccountLine]:
    """Debits and credits of every account up to and including ``at``; their totals are equal."""
    entries = JournalEntry.objects.all() if at is None else JournalEntry.objects.filter(transaction__posted_at__lte=at)
    rows = (
        entries.values("account")
        .annotate(debit=Sum("amount", filter=Q(amount__gt=0)), credit=Sum("amount", filter=Q(amount__lt=0)))
        .order_by("account")
    )
    return [AccountLine(row["account"], row["debit"] or ZERO, -(row["credit"] or ZERO)) for row in rows]


def entries_of(dealer_id: int) -> QuerySet[JournalEntry]:
    """The postings to what a dealer is owed, the newest first, with their transactions."""
    return (
        JournalEntry.objects.filter(account=AccountCode.DEALER_PAYABLE, dealer_id=dealer_id)
        .select_related("transaction", "transaction__run")
        .order_by("-id")
    )


def payables(shard: Shard = ALL_DEALERS, *, cutoff: datetime) -> Mapping[int, int]:
    """What every dealer is owed as a settlement with that cutoff finds it, in cents, zero balances left out.

    What the runs have posted, less the payments posted up to the cutoff. Later ones belong to the next settlement, so
    that paying somebody never makes a calculated draft stale.
    """
    sql = (
        "SELECT b.dealer_id, ((coalesce(l.amount, 0) - b.balance) * 100)::bigint FROM settlement_accountbalance b"
        f" LEFT JOIN ({PAID_AFTER}) l ON l.dealer_id = b.dealer_id"
        f" WHERE b.account = %s AND b.balance <> coalesce(l.amount, 0) {shard.condition('b.dealer_id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [AccountCode.DEALER_PAYABLE, cutoff, AccountCode.DEALER_PAYABLE])
        return dict(cursor.fetchall())


#: What transactions beside the runs moved on an account kept per dealer after an instant.
PAID_AFTER = (
    "SELECT e.dealer_id, sum(e.amount) AS amount FROM settlement_journaltransaction t"
    " JOIN settlement_journalentry e ON e.transaction_id = t.id AND e.account = %s"
    " WHERE t.run_id IS NULL AND t.posted_at > %s GROUP BY 1"
)


def payables_before(run: SettlementRun, shard: Shard = ALL_DEALERS) -> Mapping[int, int]:
    """What every dealer was owed before an approved run was posted, in cents, from the entries themselves.

    The earlier runs, and the payments posted up to its cutoff: the very same its calculation found.
    """
    sql = (
        "SELECT e.dealer_id, (-sum(e.amount) * 100)::bigint FROM settlement_journalentry e"
        " JOIN settlement_journaltransaction t ON t.id = e.transaction_id"
        " LEFT JOIN settlement_settlementrun r ON r.id = t.run_id"
        " WHERE e.account = %s AND (r.ordinal < %s OR (r.id IS NULL AND t.posted_at <= %s))"
        f" {shard.condition('e.dealer_id')} GROUP BY 1 HAVING sum(e.amount) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [AccountCode.DEALER_PAYABLE, run.ordinal, run.cutoff])
        return dict(cursor.fetchall())
