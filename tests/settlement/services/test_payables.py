"""What is open after each half-month, and that paying moves nothing a closed or calculated half-month rests on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from settlement.errors import CalculatedTooEarly
from settlement.models import JournalEntry, Payable, SetOff, Statement
from settlement.selectors.ledger import payable_to
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import first_difference
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.transfers import order_transfers
from tests.settlement import world
from tests.settlement.pay_stage import (
    FIRST,
    SECOND,
    THIRD,
    Office,
    approver,
    bank_account,
    latest_run,
    noon,
    open_of,
    owe,
    settled,
)
from tests.settlement.world import after, calculate, close, half, statement

pytestmark = pytest.mark.django_db


def test_each_statement_opens_its_own_total_and_not_its_closing() -> None:
    shop = settled("100", "30")
    assert [str(statement(period, shop).closing) for period in (FIRST, SECOND)] == ["100.00", "130.00"]
    assert open_of(shop) == [(FIRST, "100.00"), (SECOND, "30.00")]
    assert payable_to(shop.pk) == 130


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (("100", "-30"), [(FIRST, "70.00")]),
        (("-30", "100"), [(SECOND, "70.00")]),
        (("100", "20", "-110"), [(SECOND, "10.00")]),
        (("100", "-130"), [(SECOND, "-30.00")]),
        (("100", "-130", "10"), [(SECOND, "-20.00")]),
        (("100", "-100"), []),
        (("0", "5"), [(SECOND, "5.00")]),
    ],
)
def test_what_a_statement_takes_away_is_set_off_against_the_oldest(
    totals: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    shop = settled(*totals)
    assert open_of(shop) == expected
    open_sum = sum((Decimal(left) for _period, left in expected if Decimal(left) > 0), Decimal(0))
    assert open_sum == max(payable_to(shop.pk), Decimal(0))
    assert [*ledger_faults()] == []


def test_what_is_paid_after_a_calculation_makes_it_neither_stale_nor_wrong() -> None:
    shop = settled("100")
    bank_account(shop, noon(FIRST))
    owe(shop, SECOND, "40")
    calculate(SECOND)
    office = Office(after(SECOND, 2))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    put_up_for_review(period=half(SECOND), actor=None, at=after(SECOND, 3))
    run = approve_run(period=half(SECOND), actor=approver(), at=after(SECOND, 3))
    assert (statement(SECOND, shop).opening, statement(SECOND, shop).closing) == (100, 140)
    assert payable_to(shop.pk) == 40
    assert open_of(shop) == [(SECOND, "40.00")]
    assert first_difference(run) is None
    assert close(THIRD).state == "closed"
    assert (statement(THIRD, shop).opening, statement(THIRD, shop).closing) == (40, 40)
    assert first_difference(latest_run()) is None


def test_a_payment_before_the_cutoff_lowers_the_opening_balance() -> None:
    shop = settled("100")
    bank_account(shop, noon(FIRST))
    office = Office(noon(FIRST))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    close(SECOND)
    assert (statement(SECOND, shop).opening, statement(SECOND, shop).closing) == (0, 0)
    assert first_difference(latest_run()) is None


def test_a_payment_dated_before_the_cutoff_of_a_draft_has_it_calculated_again() -> None:
    shop = settled("100")
    bank_account(shop, noon(FIRST))
    calculate(SECOND, at=after(SECOND))
    office = Office(after(SECOND) - timedelta(hours=1))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    put_up_for_review(period=half(SECOND), actor=None, at=after(SECOND, 2))
    with pytest.raises(CalculatedTooEarly):
        approve_run(period=half(SECOND), actor=approver(), at=after(SECOND, 2))


def test_a_payment_that_comes_late_to_a_closed_half_month_is_posted_after_it() -> None:
    shop = settled("100", "0")
    bank_account(shop, noon(FIRST))
    office = Office(after(FIRST, 3))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    posted = JournalEntry.objects.filter(transaction__run=None).values_list("transaction__posted_at", flat=True)
    assert set(posted) == {latest_run().cutoff + timedelta(microseconds=1)}
    assert first_difference(latest_run()) is None


def test_the_database_lets_nobody_set_what_is_paid_by_hand() -> None:
    settled("100", "-30")
    payable = Payable.objects.earliest("ordinal")
    for sql in (
        "UPDATE settlement_payable SET paid = 1",
        "DELETE FROM settlement_payable",
        "UPDATE settlement_setoff SET amount = 1",
        f"INSERT INTO settlement_setoff (dealer_id, credit_id, debt_id, amount, at)"
        f" SELECT dealer_id, {payable.pk}, {payable.pk}, 1, now() FROM settlement_payable LIMIT 1",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert SetOff.objects.get().amount == 30


def test_closing_asks_the_same_number_of_queries_for_one_dealer_and_for_many(
    django_assert_max_num_queries: object,
) -> None:
    shop = settled("100")
    others = [world.dealer(f"E{number}") for number in range(6)]
    for one in (shop, *others):
        owe(one, SECOND, "-7")
    calculate(SECOND)
    put_up_for_review(period=half(SECOND), actor=None, at=after(SECOND))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        approve_run(period=half(SECOND), actor=approver(), at=after(SECOND))
    assert Statement.objects.filter(run=latest_run()).count() == 7
    assert Payable.objects.count() == 8
