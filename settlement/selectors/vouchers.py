"""The books of a month as vouchers for an accounting system.

A half-month is one voucher: its expenses in one line each, what it adds to the payables in a line per dealer. A
payment's step is one voucher. Each is balanced, numbered by when it was posted, and since entries never change and
none is posted into a past month, the same month gives the same vouchers whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import connection

from dealers.foundation.clock import business_day
from dealers.foundation.money import ZERO
from settlement.choices import AccountCode
from settlement.rules.chart import BY_CODE
from settlement.selectors.account_statement import month_of

VOUCHER_COLUMNS = (
    "month",
    "voucher_date",
    "voucher_word",
    "voucher_no",
    "line_no",
    "summary",
    "account",
    "account_name_zh",
    "account_name_en",
    "dealer",
    "dealer_name",
    "debit",
    "credit",
    "source",
)
#: The words Chinese vouchers are filed by: received, paid, transferred.
_RECEIVED, _PAID, _TRANSFERRED = "收", "付", "转"
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class VoucherMonth:
    """A month with anything posted; ``closed`` once nothing can be added to it."""

    first: date
    transactions: int
    debit: Decimal
    closed: bool

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


def voucher_months(*, at: datetime) -> list[VoucherMonth]:
    """The months with anything posted, the latest first; one query."""
    sql = """
        SELECT date_trunc('month', t.posted_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
               count(DISTINCT t.id), coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0)
        FROM settlement_journaltransaction t JOIN settlement_journalentry e ON e.transaction_id = t.id
        GROUP BY 1 ORDER BY 1 DESC
    """
    present = business_day(at).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [VoucherMonth(month, count, debit, month < present) for month, count, debit in cursor.fetchall()]


def voucher_rows(month: date) -> Iterator[tuple[Any, ...]]:
    """Every line of the month's vouchers in the order of :data:`VOUCHER_COLUMNS`; bounded in memory by a voucher."""
    since, until = month_of(month)
    name = f"{month:%Y-%m}"
    for number, (_key, group) in enumerate(groupby(_lines(since, until), key=lambda row: row["voucher"]), start=1):
        lines = list(group)
        word = _word(lines)
        for line_no, line in enumerate(lines, start=1):
            account = BY_CODE[line["account"]]
            source = line["period"] or line["memo"]
            yield (
                name,
                business_day(line["posted_at"]),
                word,
                number,
                line_no,
                f"半月结算 {source}" if line["period"] else f"经销商付款 {source}",
                account.code,
                account.name_zh,
                account.name_en,
                line["dealer"] or "",
                line["dealer_name"] or "",
                max(line["amount"], ZERO),
                max(-line["amount"], ZERO),
                source,
            )


def _word(lines: list[dict[str, Any]]) -> str:
    at_bank = sum((line["amount"] for line in lines if line["account"] == AccountCode.BANK), ZERO)
    return _RECEIVED if at_bank > 0 else _PAID if at_bank < 0 else _TRANSFERRED


def _lines(since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    names = ("voucher", "posted_at", "memo", "period", "account", "dealer", "dealer_name", "amount")
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [since, until])
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from (dict(zip(names, row, strict=True)) for row in rows)


_LINES = """
    SELECT v.first, v.posted_at, v.memo, r.period, v.account, d.code, d.name, v.amount FROM (
        SELECT min(min(t.id)) OVER (PARTITION BY coalesce(-t.run_id, t.id)) AS first,
               min(t.posted_at) AS posted_at, max(t.memo) AS memo, t.run_id, e.account, e.dealer_id,
               sum(e.amount) AS amount
        FROM settlement_journaltransaction t JOIN settlement_journalentry e ON e.transaction_id = t.id
        WHERE t.posted_at >= %s AND t.posted_at < %s
        GROUP BY coalesce(-t.run_id, t.id), t.run_id, e.account, e.dealer_id HAVING sum(e.amount) <> 0
    ) v LEFT JOIN settlement_settlementrun r ON r.id = v.run_id LEFT JOIN dealers_dealer d ON d.id = v.dealer_id
    ORDER BY v.posted_at, v.first, v.amount < 0, v.account, d.code
"""
