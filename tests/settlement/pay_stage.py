"""Dealers with closed half-months, and the people who pay them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, User
from rebates.choices import CreditKind
from rebates.services.credits import NewCredit, record_credits
from settlement.choices import AccountCode
from settlement.models import BankAccount, Payable, Payment, PaymentPlan, SettlementRun
from settlement.rules.bills import BillGiven
from settlement.selectors.ledger import balance, payable_to
from settlement.services.bank_accounts import AccountGiven, confirm_account, propose_account
from settlement.services.bills import draw_bill
from settlement.services.consents import say_about_bills
from settlement.services.plans import PlanWish, draw_up_plan, release_plan
from tests import factories
from tests.settlement.world import after, close, dealer, half

FIRST, SECOND, THIRD = "2026-01-H1", "2026-01-H2", "2026-02-H1"
_serial = count(1)


def owe(shop: Dealer, period: str, amount: str) -> None:
    """Let the half-month's statement move the dealer's balance by exactly this amount."""
    month = half(period)
    credit = NewCredit(
        dealer_id=shop.pk,
        kind=CreditKind.ADJUSTMENT,
        program="TEST",
        reference=f"owe-{next(_serial)}",
        for_period=month,
        amount=Decimal(amount),
        proof={},
    )
    record_credits([credit], actor=None, at=month.starts_at + timedelta(days=1))


def settled(*amounts: str, shop: Dealer | None = None, policy: bool = True) -> Dealer:
    """A dealer whose first half-months closed with these totals, one after the other."""
    if policy:
        factories.PolicyVersion()
    shop = shop or dealer("D1")
    period = half(FIRST)
    for amount in amounts:
        if amount != "0":
            owe(shop, str(period), amount)
        close(str(period))
        period = period.next()
    return shop


def noon(period: str, days: int = 2) -> datetime:
    """An instant after the half-month was closed."""
    return after(period, days)


def clerk() -> User:
    return factories.User(role=Role.FINANCE_CLERK)


def approver() -> User:
    return factories.User(role=Role.FINANCE_APPROVER)


@dataclass
class Office:
    """A clerk, an approver, and a plan between them. ``at`` is when they work."""

    at: datetime
    clerk: User = field(default_factory=clerk)
    approver: User = field(default_factory=approver)

    def plan(self, *, note: str = "", **wish: Any) -> PaymentPlan:
        drawn_up = draw_up_plan(wish=PlanWish(**wish), note=note, actor=self.clerk, at=self.at)
        return release_plan(plan=drawn_up, actor=self.approver, at=self.at)

    def bill(
        self, plan: PaymentPlan, shop: Dealer, notes: str, *, shares: Mapping[str, Decimal] | None = None, **fields: Any
    ) -> Payment:
        given = bill_given(notes, **fields)
        return draw_bill(plan=plan, dealer=shop, given=given, shares=shares, actor=self.clerk, at=self.at)


def bill_given(notes: str = "", **fields: Any) -> BillGiven:
    """A bill that fits together; a number of its own unless one is given."""
    issued_on = date(2026, 1, 20)
    given = {
        "number": bill_number(issued_on),
        "range": notes,
        "drawer": "半月品牌有限公司",
        "acceptor": "上海银行",
        "issued_on": issued_on,
        "due_on": date(2026, 7, 20),
    }
    return BillGiven(**{**given, **fields})


def bill_number(day: date = date(2026, 1, 20), serial: int | None = None) -> str:
    return f"5313290000011{day:%Y%m%d}{serial or next(_serial):08d}0"


def consent(shop: Dealer, at: datetime) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=shop)
    say_about_bills(dealer=shop, consents=True, actor=owner, at=at)


def bank_account(shop: Dealer, at: datetime, number: str = "6222020200000012345") -> BankAccount:
    given = AccountGiven(shop.name, "招商银行上海分行", "308290003010", number)
    account = propose_account(dealer=shop, given=given, actor=clerk(), at=at)
    return confirm_account(account=account, actor=approver(), at=at)


def open_of(shop: Dealer) -> list[tuple[str, str]]:
    """What is open (positive) or carried (negative) of each half-month, the oldest first."""
    return [
        (str(half_of(row)), str(row.left if row.amount > 0 else -row.left))
        for row in Payable.objects.filter(dealer=shop).order_by("ordinal")
        if row.left
    ]


def half_of(row: Payable) -> HalfMonth:
    return HalfMonth.from_ordinal(row.ordinal)


def books(shop: Dealer) -> dict[str, Decimal]:
    """What stands on the accounts a payment passes, credits positive."""
    return {
        "payable": payable_to(shop.pk),
        "under_way": -balance(AccountCode.PAYMENTS_UNDER_WAY),
        "notes": -balance(AccountCode.NOTES_PAYABLE),
        "bank": -balance(AccountCode.BANK),
    }


def latest_run() -> SettlementRun:
    return SettlementRun.objects.latest("ordinal")
