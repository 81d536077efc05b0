"""How the demo company paid its dealers: some by bill, the others by transfer, one bill that did not go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

from config.demo.people import Staff
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from settlement.choices import PaymentState, PlanState
from settlement.errors import NothingToPlan
from settlement.models import BankAccount, Payment, PaymentPlan
from settlement.rules.bills import BillGiven
from settlement.rules.tenor import months_after
from settlement.selectors.consents import takes_bills
from settlement.selectors.payments import plan_dealers
from settlement.services.bank_accounts import AccountGiven, confirm_account, propose_account
from settlement.services.bills import draw_bill
from settlement.services.consents import say_about_bills
from settlement.services.payment_steps import move_payment
from settlement.services.plans import PlanWish, draw_up_plan, release_plan
from settlement.services.transfers import make_bank_file, order_transfers

_BANKS = (
    ("招商银行上海分行", "308290003010"),
    ("中国工商银行杭州分行", "102331002011"),
    ("宁波银行总行", "313332082914"),
)
_BILL_BANK = "308290003010"
_serials = count(1001)
_TENORS = (3, 1, 6, 2)
_Act = Callable[[datetime], None]


def payment_events(periods: Sequence[HalfMonth], staff: Staff) -> Iterator[tuple[datetime, _Act]]:
    """Accounts and consents in the beginning, then a plan for each half-month but the latest that is closed."""
    yield periods[0].ends_at + timedelta(days=2, hours=9), lambda at: _record_accounts(staff, at)
    for place, period in enumerate(periods[:-2]):
        yield period.ends_at + timedelta(days=8, hours=10), _pay(period, staff, failing=place == 0)
    if len(periods) > 1:
        yield periods[-1].ends_at + timedelta(days=3, hours=11), lambda at: _ask_for_release(periods[-2], staff, at)
    yield periods[-1].ends_at + timedelta(days=5, hours=9), lambda at: _collect_due(staff, at)


def _record_accounts(staff: Staff, at: datetime) -> None:
    for place, owner in enumerate(staff.owners()):
        assert owner.dealer is not None
        if place % 2 == 0:
            say_about_bills(dealer=owner.dealer, consents=True, actor=owner, at=at)
    for dealer in Dealer.objects.filter(pk__gt=0).order_by("pk"):
        bank, number = _BANKS[dealer.pk % len(_BANKS)]
        given = AccountGiven(dealer.name, bank, number, f"62220202{dealer.pk:011d}")
        account: BankAccount = propose_account(dealer=dealer, given=given, actor=staff["clerk"], at=at)
        confirm_account(account=account, note="已电话核实", actor=staff["approver"], at=at)


def _pay(period: HalfMonth, staff: Staff, *, failing: bool) -> _Act:
    def act(at: datetime) -> None:
        try:
            plan = draw_up_plan(wish=PlanWish(periods=[period.ordinal]), note=f"{period}", actor=staff["clerk"], at=at)
        except NothingToPlan:
            return
        release_plan(plan=plan, actor=staff["approver"], at=at + timedelta(hours=3))
        bills = _draw_bills(plan, staff, at + timedelta(hours=4))
        for place, bill in enumerate(bills):
            for step in ("accept", "deliver"):
                move_payment(payment=bill, act=step, actor=staff["clerk"], at=at + timedelta(hours=6))
            if failing and place == 0:
                move_payment(
                    payment=bill,
                    act="return",
                    reason="经销商开户行系统升级，无法签收",
                    actor=staff["clerk"],
                    at=at + timedelta(days=1),
                )
        if not _is_released(plan):
            return
        sent = order_transfers(plan=plan, actor=staff["clerk"], at=at + timedelta(hours=5))
        make_bank_file(actor=staff["clerk"], at=at + timedelta(hours=5))
        for payment in sent[:-1]:
            move_payment(payment=payment, act="settle", actor=staff["clerk"], at=at + timedelta(days=1))

    return act


def _ask_for_release(period: HalfMonth, staff: Staff, at: datetime) -> None:
    """A plan for a part of what is open, and an account of another bank: both wait for the approver."""
    first = list(Dealer.objects.filter(pk__gt=0).order_by("pk")[:6])
    wish = PlanWish(dealers=[dealer.pk for dealer in first], periods=[period.ordinal])
    with suppress(NothingToPlan):
        draw_up_plan(wish=wish, note="先付首批", actor=staff["clerk"], at=at)
    owner = next(iter(staff.owners()))
    assert owner.dealer is not None
    given = AccountGiven(owner.dealer.name, "中国建设银行上海静安支行", "105290036005", "31050161000012345678")
    propose_account(dealer=owner.dealer, given=given, reason="基本户变更，开户许可证随函寄出", actor=owner, at=at)


def _draw_bills(plan: PaymentPlan, staff: Staff, at: datetime) -> list[Payment]:
    today = business_day(at)
    drawn: list[Payment] = []
    for row in plan_dealers(plan):
        if not takes_bills(row["dealer_id"], at=at):
            continue
        notes = int(row["rest"] * 100)
        given = BillGiven(
            number=f"5{_BILL_BANK}{today:%Y%m%d}{next(_serials):08d}0",
            range=f"1-{notes}",
            drawer="半月品牌有限公司",
            acceptor="招商银行上海分行",
            issued_on=today,
            due_on=months_after(today, _TENORS[len(drawn) % len(_TENORS)]),
        )
        dealer = Dealer.objects.get(pk=row["dealer_id"])
        drawn.append(draw_bill(plan=plan, dealer=dealer, given=given, actor=staff["clerk"], at=at))
    return drawn


def _collect_due(staff: Staff, at: datetime) -> None:
    """The acceptors pay the bills that are due."""
    due = Payment.objects.filter(state=PaymentState.DELIVERED, bill__due_on__lt=business_day(at))
    for payment in due.order_by("pk"):
        move_payment(payment=payment, act="settle", actor=staff["clerk"], at=at)


def _is_released(plan: PaymentPlan) -> bool:
    return PaymentPlan.objects.filter(pk=plan.pk, state=PlanState.RELEASED).exists()
