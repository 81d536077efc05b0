"""Half-months partition time, and windows are whole runs of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.periods import (
    HalfMonth,
    Quarter,
    Window,
    WindowKind,
    Year,
    is_half_month_boundary,
    next_half_month_boundary,
    window_of,
)
from dealers.foundation.refusals import Refused

PERIODS = st.builds(HalfMonth, st.integers(1995, 2199), st.integers(1, 12), st.integers(1, 2))
INSTANTS = st.datetimes(datetime(1995, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "start", "end", "days"),
    [
        ("2026-11-H1", date(2026, 11, 1), date(2026, 11, 16), 15),
        ("2026-11-H2", date(2026, 11, 16), date(2026, 12, 1), 15),
        ("2026-12-H2", date(2026, 12, 16), date(2027, 1, 1), 16),
        ("2026-01-H2", date(2026, 1, 16), date(2026, 2, 1), 16),
        ("2026-02-H1", date(2026, 2, 1), date(2026, 2, 16), 15),
        ("2026-02-H2", date(2026, 2, 16), date(2026, 3, 1), 13),
        ("2028-02-H2", date(2028, 2, 16), date(2028, 3, 1), 14),
        ("2000-02-H2", date(2000, 2, 16), date(2000, 3, 1), 14),
        ("2100-02-H2", date(2100, 2, 16), date(2100, 3, 1), 13),
    ],
)
def test_a_half_month_has_the_days_of_its_half(text: str, start: date, end: date, days: int) -> None:
    period = HalfMonth.parse(text)
    assert (period.start, period.end, period.days) == (start, end, days)
    assert len(list(period.dates())) == days


@pytest.mark.parametrize("month", [1, 3, 5, 7, 8, 10, 12])
def test_the_second_half_of_a_long_month_has_sixteen_days(month: int) -> None:
    assert HalfMonth(2026, month, 2).days == 16


@pytest.mark.parametrize(
    ("instant", "period"),
    [
        (datetime(2026, 11, 15, 15, 59, 59, 999999, tzinfo=UTC), "2026-11-H1"),
        (datetime(2026, 11, 15, 16, 0, tzinfo=UTC), "2026-11-H2"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-01-H1"),
        (date(2026, 11, 15), "2026-11-H1"),
        (date(2026, 11, 16), "2026-11-H2"),
    ],
)
def test_a_period_changes_at_midnight_in_beijing(instant: datetime | date, period: str) -> None:
    assert str(HalfMonth.containing(instant)) == period


@given(INSTANTS)
def test_every_instant_lies_in_exactly_one_period(instant: datetime) -> None:
    period = HalfMonth.containing(instant)
    assert period.starts_at <= instant < period.ends_at
    assert not period.previous().ends_at > instant
    assert not period.next().starts_at <= instant


@given(PERIODS)
def test_periods_follow_one_another_without_gap_or_overlap(period: HalfMonth) -> None:
    assert period.end == period.next().start
    assert period.ends_at == period.next().starts_at
    assert period < period.next()
    assert period.next().previous() == period


@given(PERIODS)
def test_a_period_reads_back_from_its_name_and_its_number(period: HalfMonth) -> None:
    assert HalfMonth.parse(str(period)) == period
    assert HalfMonth.from_ordinal(period.ordinal) == period
    assert period.next().ordinal == period.ordinal + 1


@given(PERIODS, PERIODS)
def test_periods_sort_in_time_by_value_and_by_name(one: HalfMonth, other: HalfMonth) -> None:
    assert (one < other) == (one.start < other.start) == (str(one) < str(other)) == (one.ordinal < other.ordinal)


def test_a_half_is_compared_with_its_like() -> None:
    assert str(HalfMonth.parse("2026-01-H1").previous_like_half()) == "2025-12-H1"
    assert str(HalfMonth.parse("2026-11-H2").previous_like_half()) == "2026-10-H2"
    assert str(HalfMonth.parse("2026-11-H2").same_half_last_year()) == "2025-11-H2"


@pytest.mark.parametrize(
    "text",
    ["", "2026-11", "2026-13-H1", "2026-00-H1", "2026-11-H3", "2026-11-h1", "2026-1-H1", "2026-11-H1\n", "0000-01-H1"],
)
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(Refused, match="2026-11-H1"):
        HalfMonth.parse(text)


def test_a_period_that_does_not_exist_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="no half-month"):
        HalfMonth(2026, 11, 3)


@given(st.dates(date(1995, 1, 1), date(2199, 12, 31)))
def test_a_change_takes_effect_at_the_next_boundary(day: date) -> None:
    boundary = next_half_month_boundary(day)
    assert is_half_month_boundary(boundary)
    between = (day + timedelta(days=number) for number in range(1, (boundary - day).days))
    assert not any(is_half_month_boundary(passed) for passed in between)


@pytest.mark.parametrize(
    ("kind", "period", "key", "starts_on", "ends_on", "count"),
    [
        ("half_month", "2026-11-H1", "2026-11-H1", date(2026, 11, 1), date(2026, 11, 16), 1),
        ("quarter", "2026-11-H1", "2026-Q4", date(2026, 10, 1), date(2027, 1, 1), 6),
        ("quarter", "2026-03-H2", "2026-Q1", date(2026, 1, 1), date(2026, 4, 1), 6),
        ("year", "2026-11-H1", "2026", date(2026, 1, 1), date(2027, 1, 1), 24),
    ],
)
def test_a_window_is_made_of_whole_half_months(
    kind: str, period: str, key: str, starts_on: date, ends_on: date, count: int
) -> None:
    window = window_of(kind, HalfMonth.parse(period))
    assert (window.key, window.starts_on, window.ends_on) == (key, starts_on, ends_on)
    assert len(window.periods()) == count
    assert Window.parse(key) == window


@given(st.sampled_from(WindowKind), PERIODS)
def test_a_window_partitions_into_its_periods(kind: WindowKind, period: HalfMonth) -> None:
    window = window_of(kind, period)
    periods = window.periods()
    assert period in window
    assert periods[0].start == window.starts_on
    assert periods[-1].end == window.ends_on
    assert all(window_of(kind, member) == window for member in periods)


def test_a_window_knows_what_has_cumulated_and_when_it_closes() -> None:
    window = Window.parse("2026-Q4")
    assert [str(period) for period in window.periods_through(HalfMonth(2026, 11, 1))] == [
        "2026-10-H1",
        "2026-10-H2",
        "2026-11-H1",
    ]
    assert window.closes_with(HalfMonth(2026, 12, 2))
    assert not window.closes_with(HalfMonth(2026, 12, 1))


@given(st.builds(Quarter, st.integers(1995, 2199), st.integers(1, 4)))
def test_quarters_follow_one_another(quarter: Quarter) -> None:
    assert quarter.end == quarter.next().start
    assert quarter.next().previous() == quarter
    assert Quarter.parse(str(quarter)) == quarter == Quarter.containing(quarter.start)


def test_years_follow_one_another() -> None:
    year = Year.parse("2026")
    assert year.end == year.next().start
    assert year.previous() == Year(2025)
    assert Year.containing(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == Year(2027)


@pytest.mark.parametrize("key", ["2026-Q5", "26", "0000", "2026-Q0", "", "2026-11"])
def test_nothing_else_is_a_window(key: str) -> None:
    with pytest.raises(Refused):
        Window.parse(key)
