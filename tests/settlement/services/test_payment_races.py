"""Two people at once, each on a connection of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.errors import Refused
from settlement.errors import BillUsedAlready, NothingToPlan, NotInPlan, PaymentRefused, WrongPlanState
from settlement.models import Allocation, BankFile, Payment, PaymentPlan
from settlement.selectors.ledger_faults import ledger_faults
from settlement.services.plans import PlanWish, draw_up_plan
from settlement.services.transfers import make_bank_file, order_transfers
from tests.settlement.pay_stage import SECOND, Office, bank_account, bill_number, clerk, consent, noon, open_of, settled
from tests.settlement.services.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_clerks_who_pay_the_last_yuan_at_once_one_does() -> None:
    office = Office(noon(SECOND))
    shop = settled("1080", "0")
    consent(shop, office.at)
    plan = office.plan()
    found = at_once(
        lambda: office.bill(plan, shop, "1-94000"),
        lambda: office.bill(plan, shop, "1-94000"),
    )
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert [type(one) for one in found if not isinstance(one, Payment)] == [PaymentRefused]
    assert open_of(shop) == [("2026-01-H1", "140.00")]
    found = at_once(*[lambda: office.bill(plan, shop, "1-14000")] * 2)
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert all(isinstance(one, (Payment, WrongPlanState, NotInPlan)) for one in found), found
    assert open_of(shop) == []
    assert sum(Allocation.objects.values_list("amount", flat=True)) == Decimal("1080")
    assert [*ledger_faults()] == []


def test_of_two_plans_drawn_up_at_once_neither_takes_what_the_other_has() -> None:
    settled("100", "0")
    at = noon(SECOND)
    found = at_once(*(lambda who=who: draw_up_plan(wish=PlanWish(), actor=who, at=at) for who in (clerk(), clerk())))
    assert {type(one) for one in found} == {PaymentPlan, NothingToPlan}, found


def test_of_two_bills_with_the_same_notes_at_once_one_is_taken() -> None:
    office = Office(noon(SECOND))
    shop = settled("100", "0")
    consent(shop, office.at)
    plan = office.plan()
    number = bill_number()
    found = at_once(
        lambda: office.bill(plan, shop, "1-5000", number=number),
        lambda: office.bill(plan, shop, "5000-6000", number=number),
    )
    assert {type(one) for one in found} == {Payment, BillUsedAlready}, found


def test_two_bank_files_at_once_hold_no_transfer_twice() -> None:
    office = Office(noon(SECOND))
    shop = settled("100", "50")
    bank_account(shop, office.at)
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    found = at_once(*[lambda: make_bank_file(actor=office.clerk, at=office.at)] * 2)
    assert sum(isinstance(one, BankFile) for one in found) == 1
    assert all(isinstance(one, (BankFile, Refused)) for one in found), found
