"""What a day of a feed came to: a table of cases, and the law that an outage of ours makes nobody later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.rules.sync_calendar import (
    Count,
    DayFacts,
    DayState,
    Obligation,
    read_inventory_days,
    read_sales_day,
)
from dealers.rules.sync_clock import ClockState, read_clock

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
START = datetime(2026, 5, 9, 16, tzinfo=UTC)  # 10 May, 00:00 in Shanghai


def hours(count: float) -> datetime:
    return START + count * HOUR


def day(n: int = 0, obligation: Obligation = Obligation.DUE, **known) -> DayFacts:
    return DayFacts(START + n * DAY, START + (n + 1) * DAY, obligation, DAY, DAY, **known)


NONE: list[tuple[datetime, datetime]] = []
DOWN = [(hours(20), hours(30))]


@pytest.mark.parametrize(
    ("facts", "outages", "at", "state"),
    [
        (day(), NONE, hours(10), DayState.NOT_YET_DUE),
        (day(), NONE, hours(23.9), DayState.NOT_YET_DUE),
        (day(), NONE, hours(24), DayState.MISSING),
        (day(), NONE, hours(400), DayState.MISSING),
        (day(received_at=hours(23)), NONE, hours(400), DayState.ON_TIME),
        (day(received_at=hours(24)), NONE, hours(400), DayState.LATE),
        (day(received_at=hours(90)), NONE, hours(400), DayState.LATE),
        (day(received_at=hours(90)), NONE, hours(50), DayState.MISSING),
        (day(received_at=hours(23), declared=True), NONE, hours(400), DayState.DECLARED_ZERO),
        (day(received_at=hours(90), declared=True), NONE, hours(400), DayState.DECLARED_ZERO),
        (day(), DOWN, hours(26), DayState.OUR_OUTAGE),
        (day(), DOWN, hours(33.9), DayState.OUR_OUTAGE),
        (day(), DOWN, hours(34), DayState.MISSING),
        (day(received_at=hours(33)), DOWN, hours(400), DayState.ON_TIME),
        (day(received_at=hours(34)), DOWN, hours(400), DayState.LATE),
        (day(obligation=Obligation.EXEMPT), NONE, hours(400), DayState.EXEMPT),
        (day(obligation=Obligation.EXEMPT, received_at=hours(300)), NONE, hours(400), DayState.ON_TIME),
        (day(obligation=Obligation.ONBOARDING), NONE, hours(400), DayState.ONBOARDING),
        (day(obligation=Obligation.ONBOARDING, received_at=hours(3)), NONE, hours(4), DayState.ON_TIME),
        (day(obligation=Obligation.NONE), NONE, hours(400), DayState.NO_DUTY),
    ],
)
def test_a_day_of_sales(facts, outages, at, state):
    assert read_sales_day(facts, outages=outages, at=at).state == state


def test_the_reading_says_how_far_our_outage_moved_the_deadline():
    reading = read_sales_day(day(), outages=DOWN, at=hours(26))
    assert (reading.due_at, reading.hold_at, reading.moved_by) == (hours(34), hours(58), 10 * HOUR)


@pytest.mark.parametrize(
    ("counts", "outages", "at", "states"),
    [
        ([], NONE, hours(71), ["on_time", "late", "missing"]),
        ([(2, 3), (25, 26), (47, 48)], NONE, hours(70), ["on_time", "on_time", "on_time"]),
        ([(2, 3), (40, 41)], NONE, hours(60), ["on_time", "on_time", "on_time"]),
        ([(2, 60)], NONE, hours(70), ["on_time", "late", "missing"]),
        ([(2, 49), (50, 51)], NONE, hours(70), ["on_time", "late", "on_time"]),
        ([(2, 3), (55, 56)], NONE, hours(70), ["on_time", "late", "on_time"]),
        ([(2, 3), (50, 51)], [(hours(10), hours(34))], hours(60), ["on_time", "our_outage", "on_time"]),
        ([(2, 3)], NONE, hours(4), ["on_time", "not_yet_due", "not_yet_due"]),
        ([(2, 3), (1, 25)], NONE, hours(26.5), ["on_time", "late", "not_yet_due"]),
    ],
)
def test_days_of_stock_counts(counts, outages, at, states):
    found = read_inventory_days(
        [day(n) for n in range(3)],
        first_due=START,
        counts=[Count(hours(as_of), hours(received)) for as_of, received in counts],
        outages=outages,
        at=at,
    )
    assert [reading.state.value for reading in found] == states


def test_an_older_count_that_comes_later_makes_nothing_fresher():
    counts = [Count(hours(20), hours(21)), Count(hours(2), hours(30))]
    second = read_inventory_days([day(1)], first_due=START, counts=counts, at=hours(40))[0]
    assert second.age == 20 * HOUR


spans = st.lists(
    st.tuples(st.integers(-50, 200), st.integers(1, 60)).map(lambda s: (hours(s[0]), hours(sum(s)))), max_size=5
)
SEVERITY = [ClockState.ON_TIME, ClockState.LATE, ClockState.OVERDUE]


@given(others=spans, outages=spans, at=st.integers(-10, 300))
def test_an_outage_of_ours_never_makes_anyone_later(others, outages, at):
    terms = {"anchor": START, "at": hours(at), "interval": DAY, "grace": DAY}
    without, with_outage = read_clock(**terms, pauses=others), read_clock(**terms, pauses=[*others, *outages])
    assert SEVERITY.index(with_outage.state) <= SEVERITY.index(without.state)
    assert with_outage.due_at >= without.due_at
    assert with_outage.hold_at >= without.hold_at
    assert with_outage.elapsed <= without.elapsed


@given(outages=spans, received=st.integers(0, 200), at=st.integers(0, 300))
def test_no_day_that_was_on_time_becomes_late_by_an_outage(outages, received, at):
    facts = day(received_at=hours(received))
    before, after = (read_sales_day(facts, outages=down, at=hours(at)).state for down in ((), outages))
    blamed = (DayState.LATE, DayState.MISSING)
    assert after not in blamed or before in blamed
