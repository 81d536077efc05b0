"""The way of a dispute, act by act, and what it holds back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from settlement.choices import DisputeAct, DisputeState
from settlement.rules.dispute_life import DISPUTE_LIFE, PENDING, frozen_part


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("open", {"prepare", "withdraw"}),
        ("prepared", {"prepare", "send_back", "accept", "reject", "ask", "withdraw"}),
        ("needs_action", {"answer", "lapse", "withdraw"}),
        ("accepted", set()),
        ("rejected", set()),
        ("withdrawn", set()),
    ],
)
def test_each_state_allows_its_acts_and_no_other(state: str, acts: set[str]) -> None:
    assert set(DISPUTE_LIFE.events_from(state)) == acts


def test_nothing_is_decided_that_was_not_prepared() -> None:
    deciding = {DisputeAct.ACCEPT, DisputeAct.REJECT, DisputeAct.ASK}
    assert {state for state, event, _to in DISPUTE_LIFE.rows if event in deciding} == {DisputeState.PREPARED}


def test_pending_are_exactly_the_states_that_lead_on() -> None:
    assert {state for state in DISPUTE_LIFE.states if not DISPUTE_LIFE.is_final(state)} == set(PENDING)


@pytest.mark.parametrize(
    ("amounts", "held"),
    [([], "0.00"), (["300.00"], "300.00"), (["-500.00"], "0.00"), (["300.00", "-500.00", "0.00"], "300.00")],
)
def test_lines_for_the_dealer_are_held_back_and_lines_against_it_stay_deducted(amounts: list[str], held: str) -> None:
    assert frozen_part(Decimal(amount) for amount in amounts) == Decimal(held)
