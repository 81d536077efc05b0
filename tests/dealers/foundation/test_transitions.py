"""A lifecycle follows its table and says what could happen instead."""

import pytest

from dealers.foundation.transitions import To, TransitionRefused, TransitionTable

TABLE = TransitionTable(
    "promo",
    {
        ("draft", "submit"): To("submitted", ("lead_time", "complete")),
        ("draft", "withdraw"): "withdrawn",
        ("submitted", "return"): "draft",
        ("submitted", "approve"): "approved",
    },
    initial="draft",
)


def test_an_event_leads_where_the_table_says() -> None:
    assert TABLE.next("draft", "submit") == "submitted"
    assert TABLE.guards("draft", "submit") == ("lead_time", "complete")
    assert TABLE.guards("submitted", "approve") == ()


def test_any_other_event_is_refused_with_what_is_possible() -> None:
    with pytest.raises(TransitionRefused) as refusal:
        TABLE.next("draft", "approve")
    assert refusal.value.allowed == ("submit", "withdraw")
    assert str(refusal.value) == "approve is not possible in state draft; possible are: submit, withdraw"


def test_nothing_happens_in_a_final_state() -> None:
    assert TABLE.is_final("approved")
    with pytest.raises(TransitionRefused, match="state approved is final"):
        TABLE.next("approved", "submit")


def test_the_table_can_be_seen_whole() -> None:
    assert TABLE.states == ("draft", "submitted", "withdrawn", "approved")
    assert TABLE.events_from("submitted") == ("return", "approve")
    assert TABLE.allows("draft", "withdraw")
    assert not TABLE.allows("approved", "withdraw")
    assert ("submitted", "approve", To("approved")) in TABLE.rows


def test_a_state_that_nothing_leads_to_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nothing leads from draft to lost"):
        TransitionTable("broken", {("draft", "go"): "done", ("lost", "go"): "done"}, initial="draft")
