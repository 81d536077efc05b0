"""The way of a case, seen whole."""

from __future__ import annotations

from settlement.choices import CasePriority, CaseState
from settlement.rules.case_life import CASE_LIFE, OPEN_STATES, CaseAct, priority_of


def test_every_state_lies_on_the_way_and_the_way_ends() -> None:
    assert set(CASE_LIFE.states) == set(CaseState.values)
    assert {state for state in CASE_LIFE.states if CASE_LIFE.is_final(state)} == {
        CaseState.UPHELD,
        CaseState.OVERTURNED,
    }


def test_the_dealer_is_heard_before_anything_is_decided_or_applied() -> None:
    assert [state for state, act, _to in CASE_LIFE.rows if act == CaseAct.DECIDE] == [CaseState.DEALER_REPLY]
    assert [state for state, act, _to in CASE_LIFE.rows if act == CaseAct.APPLY] == [CaseState.DECIDED]


def test_evidence_joins_a_case_until_it_is_decided() -> None:
    assert CaseState.DECIDED not in OPEN_STATES
    assert OPEN_STATES[0] == CASE_LIFE.initial


def test_a_case_that_may_stop_supply_comes_first() -> None:
    assert priority_of(supply_hold_ahead=True) == CasePriority.HIGH
    assert priority_of(supply_hold_ahead=False) == CasePriority.NORMAL
