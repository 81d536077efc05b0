"""Paying: a plan between two people, bills and transfers out of it, and what happens when they fail."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from dealers.choices import Role
from dealers.errors import NotPermitted, OwnWork
from dealers.models import AuditRecord, Notice, PolicyVersion, WebhookEvent
from settlement.choices import BillKind, PlanState
from settlement.errors import (
    BillUsedAlready,
    NoBankAccount,
    NoConsentToBills,
    NothingToPlan,
    PaidOtherwise,
    PaymentRefused,
    PlanOutdated,
    ReasonMissing,
    WrongPaymentState,
    WrongPlanState,
)
from settlement.models import Allocation, Bill, Payable, Payment, PaymentPlan
from settlement.selectors.ledger_faults import ledger_faults
from settlement.services.consents import say_about_bills
from settlement.services.payment_steps import move_payment
from settlement.services.plans import PlanWish, draw_up_plan, end_plan, refuse_plan, release_plan, withdraw_plan
from settlement.services.transfers import make_bank_file, order_transfers
from tests import factories
from tests.settlement import world
from tests.settlement.pay_stage import (
    FIRST,
    SECOND,
    THIRD,
    Office,
    bank_account,
    bill_number,
    books,
    clerk,
    consent,
    noon,
    open_of,
    owe,
    settled,
)
from tests.settlement.world import close

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office(noon(SECOND))


def test_140_first_and_940_at_the_end_leave_nothing_and_not_a_fen_more_can_be_paid(office: Office) -> None:
    shop = settled("1080", "0")
    consent(shop, office.at)
    first = office.plan(plan_cap=Decimal("140"))
    office.bill(first, shop, "1-14000")
    assert open_of(shop) == [(FIRST, "940.00")]
    rest = office.plan()
    for notes in ("1-94001", "1-108000"):
        with pytest.raises(PaymentRefused):
            office.bill(rest, shop, notes)
    office.bill(rest, shop, "1-94000")
    assert open_of(shop) == []
    assert books(shop)["payable"] == 0
    assert PaymentPlan.objects.get(pk=rest.pk).state == PlanState.COMPLETED
    with pytest.raises(WrongPlanState):
        office.bill(rest, shop, "1-1")
    with pytest.raises(NothingToPlan):
        office.plan()
    assert [*ledger_faults()] == []


def test_the_database_itself_refuses_a_fen_too_much(office: Office) -> None:
    shop = settled("1080", "0")
    bank_account(shop, office.at)
    paid = order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)[0]
    payable = paid.allocations.get().payable
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(
            payment=paid, payable=payable, dealer_id=shop.pk, amount=Decimal("0.01"), at=office.at
        )


def test_one_bill_pays_two_half_months_and_two_bills_pay_one(office: Office) -> None:
    shop = settled("100", "50")
    consent(shop, office.at)
    plan = office.plan()
    one = office.bill(plan, shop, "1-12000")
    two = office.bill(plan, shop, "1-3000")
    paid = [
        (row.payment_id, row.payable.ordinal - one.allocations.first().payable.ordinal, str(row.amount))  # type: ignore[union-attr]
        for row in Allocation.objects.order_by("pk")
    ]
    assert paid == [(one.pk, 0, "100.00"), (one.pk, 1, "20.00"), (two.pk, 1, "30.00")]


def test_a_bill_may_say_which_half_months_it_pays(office: Office) -> None:
    shop = settled("100", "50")
    consent(shop, office.at)
    plan = office.plan()
    office.bill(plan, shop, "1-6000", shares={FIRST: Decimal("20"), SECOND: Decimal("40")})
    assert open_of(shop) == [(FIRST, "80.00"), (SECOND, "10.00")]
    with pytest.raises(PaymentRefused):
        office.bill(plan, shop, "1-100", shares={"2025-01-H1": Decimal("1")})


def test_a_plan_is_never_released_by_whoever_drew_it_up(office: Office) -> None:
    settled("100", "0")
    drawn_up = draw_up_plan(wish=PlanWish(), actor=office.clerk, at=office.at)
    with pytest.raises(NotPermitted):
        release_plan(plan=drawn_up, actor=office.clerk, at=office.at)
    office.clerk.role = Role.FINANCE_APPROVER
    office.clerk.save()
    with pytest.raises(OwnWork):
        release_plan(plan=drawn_up, actor=office.clerk, at=office.at)
    drawn_up.state, drawn_up.decided_by, drawn_up.decided_at = PlanState.RELEASED, office.clerk, office.at
    with pytest.raises(IntegrityError), transaction.atomic():
        drawn_up.save()


def test_nothing_is_paid_out_of_a_plan_that_is_not_released(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    drawn_up = draw_up_plan(wish=PlanWish(), actor=office.clerk, at=office.at)
    with pytest.raises(WrongPlanState):
        office.bill(drawn_up, shop, "1-100")
    refuse_plan(plan=drawn_up, note="wrong dealers", actor=office.approver, at=office.at)
    with pytest.raises(WrongPlanState):
        release_plan(plan=drawn_up, actor=office.approver, at=office.at)


def test_what_one_plan_keeps_no_other_takes_until_it_is_given_up(office: Office) -> None:
    shop = settled("100", "0")
    first = draw_up_plan(wish=PlanWish(dealer_cap=Decimal("60")), actor=office.clerk, at=office.at)
    second = draw_up_plan(wish=PlanWish(), actor=office.clerk, at=office.at)
    assert [str(item.amount) for item in second.items.all()] == ["40.00"]
    withdraw_plan(plan=first, actor=office.clerk, at=office.at)
    third = office.plan(dealers=[shop.pk])
    assert [str(item.amount) for item in third.items.all()] == ["60.00"]
    end_plan(plan=third, note="cash is short", actor=office.clerk, at=office.at)
    assert office.plan().items.get().amount == 60


def test_a_plan_is_not_released_when_a_later_statement_took_away_what_it_pays(office: Office) -> None:
    settled("100", "-30")  # the plan below is drawn up in between
    plan = PaymentPlan.objects.create(
        number="PLAN-T", minimum=0, drawn_up_by=office.clerk, drawn_up_at=office.at, state=PlanState.DRAFTED
    )
    payable = Payable.objects.earliest("ordinal")
    plan.items.create(payable=payable, dealer_id=payable.dealer_id, amount=100)
    with pytest.raises(PlanOutdated):
        release_plan(plan=plan, actor=office.approver, at=office.at)


def test_less_than_the_minimum_payout_is_not_planned(office: Office) -> None:
    terms = factories.PolicyVersion()
    PolicyVersion.objects.filter(pk=terms.pk).update(
        document={**terms.document, "settlement": {**terms.document["settlement"], "minimum_payout": "50.00"}},
        digest="0" * 64,
    )
    settled("49.99", "0", policy=False)
    with pytest.raises(NothingToPlan):
        office.plan()


def test_without_consent_there_is_no_bill_and_with_it_withdrawn_there_is_none_again(office: Office) -> None:
    shop = settled("100", "0")
    plan = office.plan()
    with pytest.raises(NoConsentToBills):
        office.bill(plan, shop, "1-100")
    owner = factories.User(role=Role.DEALER_OWNER, dealer=shop)
    say_about_bills(dealer=shop, consents=True, actor=owner, at=office.at)
    office.bill(plan, shop, "1-100")
    say_about_bills(dealer=shop, consents=False, actor=owner, at=office.at + timedelta(hours=1))
    office.at += timedelta(hours=2)
    with pytest.raises(NoConsentToBills):
        office.bill(plan, shop, "1-100")
    assert [word.consents for word in shop.bill_consents.order_by("at")] == [True, False]


def test_only_the_dealer_itself_consents(office: Office) -> None:
    shop = settled("100", "0")
    for person in (
        office.clerk,
        factories.User(role=Role.DEALER_OWNER),
        factories.User(role=Role.DEALER_OPERATOR, dealer=shop),
    ):
        with pytest.raises(NotPermitted):
            say_about_bills(dealer=shop, consents=True, actor=person, at=office.at)


def test_a_bill_passes_the_accounts_on_its_way(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    stands = [books(shop)]
    for act in ("accept", "deliver", "settle"):
        move_payment(payment=bill, act=act, actor=office.clerk, at=office.at)
        stands.append(books(shop))
    where = [next(name for name, amount in one.items() if amount == 100) for one in stands]
    assert where == ["under_way", "under_way", "notes", "bank"]
    assert all(sum(one.values()) == 100 for one in stands)
    assert [(step.before, step.after) for step in bill.steps.all()] == [
        ("", "drafted"),
        ("drafted", "accepted"),
        ("accepted", "delivered"),
        ("delivered", "settled"),
    ]
    assert Bill.objects.get().kind == BillKind.BANKERS


@pytest.mark.parametrize(
    ("acts", "failing"),
    [((), "refuse"), (("accept",), "refuse"), (("accept", "deliver"), "return"), (("accept", "deliver"), "overdue")],
)
def test_a_bill_that_fails_reopens_what_it_paid_by_new_entries(
    office: Office, acts: tuple[str, ...], failing: str
) -> None:
    shop = settled("100", "50")
    consent(shop, office.at)
    person = shop.people.get()
    bill = office.bill(office.plan(), shop, "1-12000")
    for act in acts:
        move_payment(payment=bill, act=act, actor=office.clerk, at=office.at)
    with pytest.raises(ReasonMissing):
        move_payment(payment=bill, act=failing, actor=office.clerk, at=office.at)
    before = list(Allocation.objects.order_by("pk").values_list("pk", "amount"))
    move_payment(payment=bill, act=failing, reason="acceptor is short of funds", actor=office.clerk, at=office.at)
    after = list(Allocation.objects.order_by("pk").values_list("pk", "amount"))
    assert after[: len(before)] == before
    assert sorted(amount for _pk, amount in after[len(before) :]) == [-100, -20]
    assert books(shop) == {"payable": 150, "under_way": 0, "notes": 0, "bank": 0}
    assert open_of(shop) == [(FIRST, "100.00"), (SECOND, "50.00")]
    assert [*ledger_faults()] == []
    told = Notice.objects.filter(recipient=person, params__reason="payment_failed").get()
    assert told.params["remark"] == "acceptor is short of funds"
    assert WebhookEvent.objects.filter(kind="payment.changed", dealer=shop).latest("pk").data["state"] == bill_state(
        bill
    )


def bill_state(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def test_what_is_reopened_meets_what_the_dealer_owes_by_then(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    owe(shop, THIRD, "-30")
    close(THIRD)
    assert open_of(shop) == [(THIRD, "-30.00")]
    move_payment(payment=bill, act="refuse", reason="typing error", actor=office.clerk, at=noon(THIRD))
    assert open_of(shop) == [(FIRST, "70.00")]
    assert books(shop)["payable"] == 70
    assert [*ledger_faults()] == []


def test_an_overdue_bill_paid_late_closes_again_what_is_still_open(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    for act in ("accept", "deliver"):
        move_payment(payment=bill, act=act, actor=office.clerk, at=office.at)
    move_payment(payment=bill, act="overdue", reason="no funds", actor=office.clerk, at=office.at)
    move_payment(payment=bill, act="settle", actor=office.clerk, at=office.at)
    assert open_of(shop) == []
    assert books(shop) == {"payable": 0, "under_way": 0, "notes": 0, "bank": 100}
    assert [*ledger_faults()] == []


def test_an_overdue_bill_is_not_settled_late_when_its_amount_was_paid_otherwise(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bank_account(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    for act in ("accept", "deliver"):
        move_payment(payment=bill, act=act, actor=office.clerk, at=office.at)
    move_payment(payment=bill, act="overdue", reason="no funds", actor=office.clerk, at=office.at)
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    with pytest.raises(PaidOtherwise):
        move_payment(payment=bill, act="settle", actor=office.clerk, at=office.at)


def test_a_step_that_does_not_follow_is_refused_and_the_same_step_twice_is_one(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    with pytest.raises(WrongPaymentState):
        move_payment(payment=bill, act="settle", actor=office.clerk, at=office.at)
    for _again in range(2):
        move_payment(payment=bill, act="accept", actor=office.clerk, at=office.at)
    assert bill.steps.count() == 2


@pytest.mark.parametrize(
    ("used", "wanted"),
    [("1-5000", "5000-6000"), ("1-5000", "1-5000"), ("2000-3000", "1-5000"), ("", "1-5000"), ("1-5000", "")],
)
def test_no_note_of_a_bill_is_handed_over_twice(office: Office, used: str, wanted: str) -> None:
    shop = settled("100", "50")
    consent(shop, office.at)
    plan = office.plan()
    number = bill_number()
    amount = Decimal("50")
    first = office.bill(plan, shop, used, number=number, **({} if used else {"amount": amount}))
    again = {"number": number, **({} if wanted else {"amount": amount})}
    with pytest.raises(BillUsedAlready) as refusal:
        office.bill(plan, shop, wanted, **again)
    assert refusal.value.params["payment"] == first.number
    move_payment(payment=first, act="refuse", reason="wrong number", actor=office.clerk, at=office.at)
    assert office.bill(plan, shop, wanted, **again).amount


def test_the_next_notes_of_the_same_bill_go_to_another_payment(office: Office) -> None:
    shop = settled("100", "50")
    consent(shop, office.at)
    plan = office.plan()
    number = bill_number()
    office.bill(plan, shop, "1-5000", number=number)
    office.bill(plan, shop, "5001-10000", number=number)
    assert books(shop)["payable"] == 50


def test_a_bill_running_too_long_is_refused_by_the_policy(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    plan = office.plan()
    issued = {"issued_on": date(2025, 8, 31), "number": bill_number(date(2025, 8, 31))}
    with pytest.raises(PaymentRefused) as refusal:
        office.bill(plan, shop, "1-100", due_on=date(2026, 3, 1), **issued)
    assert refusal.value.params["field"] == "due_on"
    office.bill(plan, shop, "1-100", due_on=date(2026, 2, 28), **issued)


def test_transfers_go_to_the_confirmed_account_in_one_file_and_come_back_when_they_fail(office: Office) -> None:
    shop = settled("100", "0")
    plan = office.plan()
    with pytest.raises(NoBankAccount):
        order_transfers(plan=plan, actor=office.clerk, at=office.at)
    shop.name = "=cmd|恶意公司"
    bank_account(shop, office.at)
    payment = order_transfers(plan=plan, actor=office.clerk, at=office.at)[0]
    sent = make_bank_file(actor=office.clerk, at=office.at)
    written = bytes(sent.file.content).decode()
    payee = "'=cmd|恶意公司,6222020200000012345,招商银行上海分行,308290003010"
    assert written.splitlines()[1] == f"{payment.number},{payee},CNY,100.00,{payment.number} D1"
    assert (sent.transfers, sent.amount) == (1, 100)
    move_payment(payment=payment, act="settle", actor=office.clerk, at=office.at)
    assert books(shop) == {"payable": 0, "under_way": 0, "notes": 0, "bank": 100}
    move_payment(payment=payment, act="return", reason="account closed", actor=office.clerk, at=office.at)
    assert books(shop) == {"payable": 100, "under_way": 0, "notes": 0, "bank": 0}
    assert open_of(shop) == [(FIRST, "100.00")]
    with pytest.raises(WrongPlanState):
        order_transfers(plan=plan, actor=office.clerk, at=office.at)
    assert office.plan().items.get().amount == 100


def test_all_of_a_plan_is_ordered_with_the_same_number_of_queries_for_one_and_many(
    office: Office, django_assert_max_num_queries: object
) -> None:
    factories.PolicyVersion()
    shops = [world.dealer(f"E{number}") for number in range(8)]
    for shop in shops:
        owe(shop, FIRST, "10")
    close(FIRST)
    close(SECOND)
    for shop in shops:
        bank_account(shop, office.at)
    plan = office.plan()
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        made = order_transfers(plan=plan, actor=office.clerk, at=office.at)
    assert len(made) == 8


def test_whoever_enters_an_account_does_not_confirm_it_and_the_dealer_is_always_told(office: Office) -> None:
    shop = settled("100", "0")
    person = factories.User(role=Role.DEALER_OWNER, dealer=shop)
    account = bank_account(shop, office.at)
    assert Notice.objects.filter(recipient=person, params__reason="bank_account_confirmed").count() == 1
    later = office.at + timedelta(days=1)
    other = bank_account(shop, later, "6222020200000099999")
    account.refresh_from_db()
    assert account.valid.upper == later
    other.refresh_from_db()
    assert other.valid.lower == later
    other.decided_by = other.proposed_by
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_every_act_is_on_record(office: Office) -> None:
    shop = settled("100", "0")
    consent(shop, office.at)
    bill = office.bill(office.plan(), shop, "1-10000")
    move_payment(payment=bill, act="accept", actor=office.clerk, at=office.at)
    actions = list(AuditRecord.objects.order_by("pk").values_list("action", flat=True))
    assert [action for action in actions if action.startswith(("plan", "payment", "bills"))] == [
        "bills.consent",
        "plan.draw_up",
        "plan.release",
        "payment.make",
        "payment.accept",
    ]
    with pytest.raises(NotPermitted):
        draw_up_plan(wish=PlanWish(), actor=factories.User(role=Role.AUDITOR), at=office.at)
    assert clerk().role == Role.FINANCE_CLERK
