"""Waits double up to half a day, and after three days it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.rules.webhook_retry import GIVEN_UP_AFTER, LONGEST_WAIT, next_attempt

START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "wait"), [(1, 30), (2, 60), (3, 120), (8, 3840), (11, 30720), (12, 43200), (40, 43200)]
)
def test_the_wait_doubles_up_to_half_a_day(attempts: int, wait: int) -> None:
    assert next_attempt(attempts=attempts, due_since=START, at=START, chance=0.5) == START + timedelta(seconds=wait)


@given(chance=st.floats(0, 1, exclude_max=True))
def test_after_three_days_it_is_given_up(chance: float) -> None:
    at, attempts = START, 0
    while True:
        attempts += 1
        again = next_attempt(attempts=attempts, due_since=START, at=at, chance=chance)
        if again is None:
            break
        assert at < again < START + GIVEN_UP_AFTER
        at = again
    assert at - START > GIVEN_UP_AFTER - LONGEST_WAIT * 1.2
    assert 14 <= attempts <= 22
