"""The ways of plans, bills and transfers, seen whole."""

from __future__ import annotations

from settlement.choices import AccountCode, PaymentState, PlanState
from settlement.rules.payment_life import (
    BILL_LIFE,
    NOTES_FREE,
    PLAN_LIFE,
    REOPENED,
    TRANSFER_LIFE,
    home_of,
    states_at,
)


def test_every_state_lies_on_a_way() -> None:
    assert {*BILL_LIFE.states, *TRANSFER_LIFE.states} == set(PaymentState.values)
    assert set(PLAN_LIFE.states) == set(PlanState.values)


def test_a_payment_that_ends_is_paid_or_owed_again() -> None:
    for life in (BILL_LIFE, TRANSFER_LIFE):
        for state in life.states:
            if life.is_final(state):
                assert home_of(state) in (AccountCode.BANK, AccountCode.DEALER_PAYABLE)


def test_every_state_stands_on_one_account() -> None:
    homes = (
        AccountCode.DEALER_PAYABLE,
        AccountCode.PAYMENTS_UNDER_WAY,
        AccountCode.NOTES_PAYABLE,
        AccountCode.BANK,
    )
    assert sorted(state for home in homes for state in states_at(home)) == sorted(PaymentState.values)


def test_what_reopens_is_what_rulebook_says_and_a_cancelled_order() -> None:
    assert set(REOPENED) == {"refused", "returned", "overdue", "cancelled"}
    assert PaymentState.OVERDUE not in NOTES_FREE
