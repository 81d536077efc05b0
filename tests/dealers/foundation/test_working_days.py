"""Deadlines in working days follow the State Council calendar and say when they are provisional."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.clock import business_day, parse_instant, start_of_day
from dealers.foundation.working_days import (
    DayOff,
    WorkCalendar,
    deadline,
    latest_submission,
    lead_is_sufficient,
    load_state_council_calendar,
    working_days_between,
)

CALENDAR = load_state_council_calendar()
PLAIN = WorkCalendar(version="plain", covers_until=date(2200, 1, 1))
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2029, 12, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # Saturday worked before the Spring Festival
        (date(2026, 2, 15), False),
        (date(2026, 2, 17), False),  # New Year by the moon, a Tuesday
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday worked after it
        (date(2026, 9, 20), True),  # Sunday worked before National Day
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday worked after it
        (date(2026, 10, 11), False),
        (date(2026, 11, 21), False),  # an ordinary Saturday
    ],
)
def test_working_days_of_2026_follow_the_published_notice(day: date, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works
    assert not CALENDAR.is_provisional(day)


@pytest.mark.parametrize(
    ("triggered_at", "working_days", "last_day"),
    [
        ("2026-11-02T10:00:00+08:00", 1, date(2026, 11, 3)),
        ("2026-11-06T23:59:59+08:00", 1, date(2026, 11, 9)),  # Friday night
        ("2026-11-07T10:00:00+08:00", 1, date(2026, 11, 9)),  # Saturday
        ("2026-02-13T10:00:00+08:00", 1, date(2026, 2, 14)),  # the make-up Saturday counts
        ("2026-02-13T10:00:00+08:00", 5, date(2026, 2, 27)),
        ("2026-02-27T10:00:00+08:00", 2, date(2026, 3, 2)),
        ("2026-09-30T18:00:00+08:00", 3, date(2026, 10, 10)),
        ("2026-09-30T16:00:00Z", 1, date(2026, 10, 8)),  # already the 1st of October in Beijing
    ],
)
def test_a_deadline_expires_at_the_end_of_its_last_working_day(
    triggered_at: str, working_days: int, last_day: date
) -> None:
    answer = deadline(parse_instant(triggered_at), working_days, CALENDAR)
    assert answer.last_day == last_day
    assert answer.expires_at == start_of_day(last_day + timedelta(days=1))
    assert not answer.provisional
    assert answer.calendar_version == CALENDAR.version


def test_a_deadline_names_the_days_it_counted_and_skipped() -> None:
    answer = deadline(parse_instant("2026-04-30T09:00:00+08:00"), 1, CALENDAR)
    assert answer.counted == (date(2026, 5, 6),)
    assert answer.skipped == tuple((date(2026, 5, day), DayOff.HOLIDAY) for day in range(1, 6))
    weekend = deadline(parse_instant("2026-11-06T09:00:00+08:00"), 1, CALENDAR)
    assert weekend.skipped == ((date(2026, 11, 7), DayOff.WEEKEND), (date(2026, 11, 8), DayOff.WEEKEND))


def test_a_deadline_has_passed_from_midnight_on() -> None:
    answer = deadline(parse_instant("2026-11-02T10:00:00+08:00"), 1, CALENDAR)
    assert not answer.has_passed(parse_instant("2026-11-03T23:59:59+08:00"))
    assert answer.has_passed(parse_instant("2026-11-04T00:00:00+08:00"))


def test_a_deadline_beyond_the_published_calendar_is_provisional() -> None:
    calendar = WorkCalendar(
        version="to the end of 2026", covers_until=date(2027, 1, 1), provisional_off=frozenset({date(2027, 1, 1)})
    )
    assert not deadline(parse_instant("2026-12-30T10:00:00+08:00"), 1, calendar).provisional
    answer = deadline(parse_instant("2026-12-31T10:00:00+08:00"), 1, calendar)
    assert answer.provisional
    assert answer.skipped[0] == (date(2027, 1, 1), DayOff.PROVISIONAL_HOLIDAY)
    assert answer.last_day == date(2027, 1, 4)


def test_the_calendar_expects_holidays_beyond_its_coverage() -> None:
    new_year = date(CALENDAR.covers_until.year, 1, 1)
    assert CALENDAR.day_off(new_year) is DayOff.PROVISIONAL_HOLIDAY
    assert CALENDAR.is_provisional(new_year)


@given(INSTANTS, st.integers(1, 60))
def test_a_deadline_always_ends_with_a_working_day(triggered_at: datetime, working_days: int) -> None:
    answer = deadline(triggered_at, working_days, CALENDAR)
    assert CALENDAR.is_working_day(answer.last_day)
    assert answer.expires_at == start_of_day(answer.last_day + timedelta(days=1))
    assert len(answer.counted) == working_days
    assert business_day(triggered_at) < answer.counted[0]


@given(INSTANTS, st.integers(1, 60))
def test_the_days_of_a_deadline_are_counted_or_skipped_once_each(triggered_at: datetime, working_days: int) -> None:
    answer = deadline(triggered_at, working_days, CALENDAR)
    days = sorted([*answer.counted, *(day for day, _reason in answer.skipped)])
    first = business_day(triggered_at) + timedelta(days=1)
    assert days == [first + timedelta(days=number) for number in range((answer.last_day - first).days + 1)]
    assert working_days_between(first, answer.last_day + timedelta(days=1), CALENDAR) == working_days


@given(INSTANTS, st.integers(1, 20), st.integers(1, 60))
def test_a_lead_suffices_exactly_when_its_deadline_ends_before_the_start(
    submitted_at: datetime, working_days: int, ahead: int
) -> None:
    starts_on = business_day(submitted_at) + timedelta(days=ahead)
    ends_in_time = deadline(submitted_at, working_days, CALENDAR).expires_at <= start_of_day(starts_on)
    assert lead_is_sufficient(submitted_at, starts_on, working_days, CALENDAR) is ends_in_time


@pytest.mark.parametrize(
    ("starts_on", "latest"),
    [
        (date(2026, 11, 16), date(2026, 11, 8)),  # Monday; the five days before fill the week, so Sunday is the last
        (date(2026, 11, 14), date(2026, 11, 8)),
        (date(2026, 11, 13), date(2026, 11, 5)),
        (date(2026, 2, 16), date(2026, 2, 9)),  # the make-up Saturday is one of the five
        (date(2026, 10, 9), date(2026, 9, 23)),  # Mid-Autumn and National Day lie between
    ],
)
def test_five_working_days_lie_between_submission_and_start(starts_on: date, latest: date) -> None:
    assert latest_submission(starts_on, 5, CALENDAR) == latest
    assert lead_is_sufficient(start_of_day(latest + timedelta(days=1)) - timedelta(seconds=1), starts_on, 5, CALENDAR)
    assert not lead_is_sufficient(start_of_day(latest + timedelta(days=1)), starts_on, 5, CALENDAR)


@pytest.mark.parametrize("working_days", [0, -1, 100_000])
def test_a_deadline_has_at_least_one_working_day(working_days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        deadline(parse_instant("2026-11-02T10:00:00+08:00"), working_days, PLAIN)


def test_a_span_that_ends_before_it_starts_has_no_working_days() -> None:
    assert working_days_between(date(2026, 11, 9), date(2026, 11, 2), PLAIN) == 0
    assert working_days_between(date(2026, 11, 2), date(2026, 11, 9), PLAIN) == 5
