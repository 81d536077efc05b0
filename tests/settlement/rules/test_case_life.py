"""The way of a case, seen whole."""

from __future__ import annotations

from settlement.choices import CasePriority, CaseState
from settlement.rules.case_life import (
    APPLICABLE_STATES,
    BEFORE_HEARING,
    CASE_LIFE,
    FINAL_STATES,
    OPEN_STATES,
    CaseAct,
    may_hear_appeal,
    may_judge,
    priority_of,
)


def test_every_state_lies_on_the_way_and_the_way_ends() -> None:
    assert set(CASE_LIFE.states) == set(CaseState.values)
    assert {state for state in CASE_LIFE.states if CASE_LIFE.is_final(state)} == set(FINAL_STATES)


def test_the_dealer_is_heard_before_anything_is_decided_or_applied() -> None:
    assert [state for state, act, _to in CASE_LIFE.rows if act == CaseAct.DECIDE] == [CaseState.DEALER_REPLY]
    assert [state for state, act, _to in CASE_LIFE.rows if act == CaseAct.APPLY] == [CaseState.DECIDED]
    assert CaseState.DEALER_REPLY not in BEFORE_HEARING


def test_without_a_hearing_a_case_can_only_end_in_the_dealers_favour() -> None:
    ways_out = {to.state for state, _act, to in CASE_LIFE.rows if state in BEFORE_HEARING} - set(BEFORE_HEARING)
    assert ways_out == {CaseState.DEALER_REPLY, CaseState.DISMISSED, CaseState.MERGED}


def test_nothing_is_applied_while_an_appeal_is_undecided() -> None:
    assert CaseState.APPEALED not in APPLICABLE_STATES


def test_an_appeal_comes_once() -> None:
    assert {state for state, act, _to in CASE_LIFE.rows if act == CaseAct.APPEAL} == {
        CaseState.DECIDED,
        CaseState.APPLIED,
    }
    assert CASE_LIFE.is_final(CaseState.UPHELD)


def test_evidence_joins_a_case_until_it_is_decided() -> None:
    assert CaseState.DECIDED not in OPEN_STATES
    assert OPEN_STATES[0] == CASE_LIFE.initial


def test_three_people_at_least() -> None:
    assert not may_judge(1, handled_by={1, 2})
    assert may_judge(3, handled_by={1, 2})
    assert not may_hear_appeal(3, handled_by={1, 2}, judged_by={3})
    assert not may_hear_appeal(2, handled_by={1, 2}, judged_by={3})
    assert may_hear_appeal(4, handled_by={1, 2}, judged_by={3})


def test_a_case_that_may_stop_supply_comes_first() -> None:
    assert priority_of(supply_hold_ahead=True) == CasePriority.HIGH
    assert priority_of(supply_hold_ahead=False) == CasePriority.NORMAL
