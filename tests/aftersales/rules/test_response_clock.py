"""By when somebody has to answer: 24 hours of our being up, nights and weekends included."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.rules.response_clock import Span, due_instant, is_missed, levels_reached
from tests.pricing.promo_stage import moment

FRIDAY = moment("2026-11-06 18:30")


def span(first: str, last: str) -> Span:
    return moment(first), moment(last)


@pytest.mark.parametrize(
    ("outages", "due"),
    [
        ([], "2026-11-07 18:30"),
        ([span("2026-11-06 20:00", "2026-11-06 21:00")], "2026-11-07 19:30"),
        ([span("2026-11-06 18:00", "2026-11-06 19:00")], "2026-11-07 19:00"),
        ([span("2026-11-06 10:00", "2026-11-06 18:30")], "2026-11-07 18:30"),
        ([span("2026-11-07 18:00", "2026-11-07 20:00")], "2026-11-07 20:30"),
        ([span("2026-11-07 18:30", "2026-11-07 20:00")], "2026-11-07 18:30"),
        (
            [span("2026-11-06 20:00", "2026-11-06 22:00"), span("2026-11-06 21:00", "2026-11-06 23:00")],
            "2026-11-07 21:30",
        ),
        (
            [span("2026-11-07 17:30", "2026-11-07 18:30"), span("2026-11-07 19:00", "2026-11-07 19:30")],
            "2026-11-07 20:00",
        ),
        (
            [span("2026-11-07 19:00", "2026-11-07 19:30"), span("2026-11-07 17:30", "2026-11-07 18:30")],
            "2026-11-07 20:00",
        ),
    ],
    ids=[
        "a weekend counts",
        "an hour down is an hour more",
        "only what falls after the start",
        "what ended before does not matter",
        "down when it would be due",
        "down from the very instant",
        "two that overlap count once",
        "the extension meets another",
        "in whatever order they are known",
    ],
)
def test_the_response_is_due_when_its_hours_of_being_up_are_over(outages: list[Span], due: str) -> None:
    assert due_instant(FRIDAY, 24, outages) == moment(due)


MINUTES = st.integers(min_value=-600, max_value=4000)


@given(st.lists(st.tuples(MINUTES, st.integers(min_value=1, max_value=900)), max_size=8))
def test_from_start_to_due_we_were_up_for_exactly_the_hours(outages: list[tuple[int, int]]) -> None:
    spans = [(FRIDAY + timedelta(minutes=first), FRIDAY + timedelta(minutes=first + long)) for first, long in outages]
    due = due_instant(FRIDAY, 24, spans)
    minutes = int((due - FRIDAY).total_seconds()) // 60
    down = {minute for first, long in outages for minute in range(max(0, first), min(minutes, first + long))}
    assert minutes - len(down) == 24 * 60


@pytest.mark.parametrize(
    ("responded", "looked", "missed"),
    [
        ("2026-11-07 18:29", "2026-11-09 00:00", False),
        ("2026-11-07 18:30", "2026-11-09 00:00", True),
        (None, "2026-11-07 18:29", False),
        (None, "2026-11-07 18:30", True),
    ],
)
def test_an_answer_at_the_very_instant_is_late(responded: str | None, looked: str, missed: bool) -> None:
    due = moment("2026-11-07 18:30")
    assert is_missed(due, moment(responded) if responded else None, moment(looked)) is missed


@pytest.mark.parametrize(("after", "levels"), [(-1, 0), (0, 1), (3, 1), (4, 2), (23, 2), (24, 3), (999, 3)])
def test_one_after_another_is_told(after: int, levels: int) -> None:
    due: datetime = moment("2026-11-07 18:30")
    assert levels_reached(due, due + timedelta(hours=after), (0, 4, 24)) == levels
