"""The way of an application, row by row."""

from __future__ import annotations

import pytest

from dealers.foundation.transitions import TransitionRefused
from dealers.rules.admission_life import ADMISSION_LIFE, EDITABLE, IN_FLIGHT, UNSUCCESSFUL, ApplicationAct

THE_STRAIGHT_WAY = (
    ("submit", "applied"),
    ("take_up", "checking"),
    ("ask", "questions"),
    ("answer", "checking"),
    ("recommend", "to_decide"),
    ("admit", "admitted"),
    ("contract", "contracted"),
    ("activate", "active"),
)


def test_the_straight_way_leads_from_a_draft_to_an_active_dealer() -> None:
    state = ADMISSION_LIFE.initial
    for event, reached in THE_STRAIGHT_WAY:
        state = ADMISSION_LIFE.next(state, event)
        assert state == reached
    assert ADMISSION_LIFE.is_final(state)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("draft", "take_up"),
        ("applied", "recommend"),
        ("checking", "admit"),
        ("to_decide", "contract"),
        ("admitted", "activate"),
        ("refused", "submit"),
        ("active", "withdraw"),
    ],
)
def test_no_step_is_left_out(state: str, event: str) -> None:
    with pytest.raises(TransitionRefused):
        ADMISSION_LIFE.next(state, event)


def test_every_decision_asks_for_another_person() -> None:
    for event in (ApplicationAct.ADMIT, ApplicationAct.REFUSE, ApplicationAct.SEND_BACK):
        assert "another_person" in ADMISSION_LIFE.guards("to_decide", event)


def test_it_can_be_withdrawn_until_it_is_over() -> None:
    open_states = {state for state in ADMISSION_LIFE.states if ADMISSION_LIFE.allows(state, "withdraw")}
    assert open_states == {"draft", *map(str, IN_FLIGHT)}
    assert all(ADMISSION_LIFE.is_final(state) for state in UNSUCCESSFUL)
    assert open_states >= EDITABLE
