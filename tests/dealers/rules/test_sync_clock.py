"""The sync clock at its edges, and with the clock stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from dealers.rules.sync_clock import ClockState, read_clock

DAY = timedelta(hours=24)
ANCHOR = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)


def reading_after(hours: float, pauses=()):
    return read_clock(anchor=ANCHOR, at=ANCHOR + timedelta(hours=hours), interval=DAY, grace=DAY, pauses=pauses)


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (-1, ClockState.ON_TIME),
        (0, ClockState.ON_TIME),
        (23.99, ClockState.ON_TIME),
        (24, ClockState.LATE),
        (47.99, ClockState.LATE),
        (48, ClockState.OVERDUE),
        (500, ClockState.OVERDUE),
    ],
)
def test_a_feed_is_due_after_the_interval_and_overdue_after_the_grace(hours, state):
    assert reading_after(hours).state == state


def test_the_reading_says_when_it_will_be_late_and_when_held():
    reading = reading_after(1)
    assert reading.due_at == ANCHOR + DAY
    assert reading.hold_at == ANCHOR + 2 * DAY


def test_a_pause_stops_the_clock_and_moves_both_deadlines():
    pause = (ANCHOR + timedelta(hours=10), ANCHOR + timedelta(hours=20))
    reading = reading_after(30, [pause])
    assert reading.elapsed == timedelta(hours=20)
    assert reading.state == ClockState.ON_TIME
    assert reading.due_at == ANCHOR + timedelta(hours=34)


def test_overlapping_pauses_count_once():
    pauses = [
        (ANCHOR + timedelta(hours=5), ANCHOR + timedelta(hours=15)),
        (ANCHOR + timedelta(hours=10), ANCHOR + timedelta(hours=20)),
    ]
    assert reading_after(30, pauses).elapsed == timedelta(hours=15)


def test_a_pause_that_began_before_the_last_report_counts_from_the_report():
    pause = (ANCHOR - timedelta(hours=10), ANCHOR + timedelta(hours=5))
    reading = reading_after(28, [pause])
    assert reading.elapsed == timedelta(hours=23)
    assert reading.due_at == ANCHOR + timedelta(hours=29)


def test_an_open_pause_never_ends():
    reading = reading_after(1000, [(ANCHOR + timedelta(hours=1), None)])
    assert reading.state == ClockState.ON_TIME
    assert reading.hold_at.year == 9999
