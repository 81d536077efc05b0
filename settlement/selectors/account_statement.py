"""One account over a month, entry by entry with the balance after each; also of one dealer alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from dealers.foundation.clock import start_of_day
from dealers.foundation.money import ZERO
from settlement.rules.tenor import months_after


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """Which account, of whom (None: everybody), from when up to when (exclusive)."""

    account: str
    dealer_id: int | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """Balances debits positive; ``entries`` is how many entries there are in all."""

    opening: Decimal
    debit: Decimal
    credit: Decimal
    entries: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


def month_of(day: date) -> tuple[datetime, datetime]:
    """From when up to when the month of a day runs in the business zone."""
    first = day.replace(day=1)
    return start_of_day(first), start_of_day(months_after(first, 1))


def account_month(question: AccountQuestion) -> AccountMonth:
    """What the account had before, what moved it, and how often; one query."""
    sql = f"""
        SELECT coalesce(sum(e.amount) FILTER (WHERE t.posted_at < %(since)s), 0),
               coalesce(sum(e.amount) FILTER (WHERE t.posted_at >= %(since)s AND e.amount > 0), 0),
               -coalesce(sum(e.amount) FILTER (WHERE t.posted_at >= %(since)s AND e.amount < 0), 0),
               count(*) FILTER (WHERE t.posted_at >= %(since)s)
        FROM settlement_journalentry e JOIN settlement_journaltransaction t ON t.id = e.transaction_id
        WHERE e.account = %(account)s AND t.posted_at < %(until)s {_of_dealer(question)}
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, _params(question))
        return AccountMonth(*cursor.fetchone())


def account_entries(question: AccountQuestion, *, opening: Decimal, offset: int, most: int) -> list[dict[str, Any]]:
    """Some entries in the order they were posted, each with the balance after it; one query."""
    sql = f"""
        SELECT t.id, t.posted_at, t.memo, r.period, d.code, d.name, e.amount,
               %(opening)s + sum(e.amount) OVER (ORDER BY t.posted_at, e.id) AS balance
        FROM settlement_journalentry e JOIN settlement_journaltransaction t ON t.id = e.transaction_id
        LEFT JOIN settlement_settlementrun r ON r.id = t.run_id LEFT JOIN dealers_dealer d ON d.id = t.dealer_id
        WHERE e.account = %(account)s AND t.posted_at >= %(since)s AND t.posted_at < %(until)s {_of_dealer(question)}
        ORDER BY t.posted_at, e.id LIMIT %(most)s OFFSET %(offset)s
    """
    names = ("transaction", "posted_at", "memo", "period", "dealer", "dealer_name", "amount", "balance")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_params(question), "opening": opening, "offset": offset, "most": most})
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["debit"] = max(row["amount"], ZERO)
        row["credit"] = max(-row["amount"], ZERO)
    return rows


def _of_dealer(question: AccountQuestion) -> str:
    return "" if question.dealer_id is None else "AND e.dealer_id = %(dealer)s"


def _params(question: AccountQuestion) -> dict[str, Any]:
    return {
        "account": question.account,
        "dealer": question.dealer_id,
        "since": question.since,
        "until": question.until,
    }
