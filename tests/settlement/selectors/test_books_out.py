"""What leaves the books: account statements, vouchers and the reconciliation."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from settlement.choices import AccountCode
from settlement.rules.chart import CHART
from settlement.selectors.account_statement import AccountQuestion, account_entries, account_month, month_of
from settlement.selectors.payment_board import aged_dealers, ageing, maturity_ladder
from settlement.selectors.reconciliation import reconciliation
from settlement.selectors.vouchers import VOUCHER_COLUMNS, voucher_months, voucher_rows
from settlement.services.payment_steps import move_payment
from settlement.services.transfers import make_bank_file, order_transfers
from tests.settlement.pay_stage import SECOND, Office, bank_account, consent, noon, settled

pytestmark = pytest.mark.django_db


def test_the_chart_names_every_account_once_in_both_languages() -> None:
    assert sorted(account.code for account in CHART) == sorted(AccountCode.values)
    assert all(account.name_zh and account.name_en for account in CHART)


def paid() -> Office:
    shop = settled("100", "50")
    bank_account(shop, noon(SECOND))
    office = Office(noon(SECOND))
    made = order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)[0]
    make_bank_file(actor=office.clerk, at=office.at)
    move_payment(payment=made, act="settle", actor=office.clerk, at=office.at)
    return office


def test_every_voucher_balances_and_a_month_always_gives_the_same() -> None:
    office = paid()
    months = voucher_months(at=office.at)
    assert [month.name for month in months] == ["2026-02", "2026-01"]
    assert [month.closed for month in months] == [False, True]
    for month in months:
        rows = [dict(zip(VOUCHER_COLUMNS, row, strict=True)) for row in voucher_rows(month.first)]
        assert rows == [dict(zip(VOUCHER_COLUMNS, row, strict=True)) for row in voucher_rows(month.first)]
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for row in rows:
            sums[row["voucher_no"]] += row["debit"] - row["credit"]
        assert set(sums.values()) == {0}
        assert [*sums] == [*range(1, len(sums) + 1)]
        assert sum(row["debit"] for row in rows) == month.debit
    words = [row[2] for row in voucher_rows(date(2026, 2, 1))]
    assert words == ["转", "转", "转", "转", "付", "付"]


def test_an_account_runs_from_its_opening_to_its_closing_balance() -> None:
    paid()
    question = AccountQuestion(AccountCode.DEALER_PAYABLE, None, *month_of(date(2026, 2, 10)))
    month = account_month(question)
    assert (month.opening, month.debit, month.credit, month.closing) == (-100, 150, 50, 0)
    rows = account_entries(question, opening=month.opening, offset=0, most=50)
    assert [row["balance"] for row in rows] == [-150, 0]
    assert [row["balance"] for row in account_entries(question, opening=month.opening, offset=1, most=50)] == [0]


def test_everything_agrees() -> None:
    paid()
    assert all(one.agrees for one in reconciliation())
    assert {one.key: one.left for one in reconciliation()}["paid_ledger"] == 150


def test_ageing_and_ladder_add_up_to_what_is_open_and_outstanding() -> None:
    shop = settled("100", "50")
    consent(shop, noon(SECOND))
    office = Office(noon(SECOND))
    office.bill(office.plan(), shop, "1-3000")
    aged = ageing(at=noon(SECOND, 60))
    assert [(row.bucket.key, row.open) for row in aged if row.open] == [("31-60", 50), ("61-120", 70)]
    assert [row["overdue"] for row in aged_dealers(at=noon(SECOND, 60))] == [70]
    ladder = {row.rung.key: row.amount for row in maturity_ladder(today=date(2026, 7, 15)) if row.bills}
    assert ladder == {"week": 30}
