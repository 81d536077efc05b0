"""Days belong to Beijing, instants to UTC, and an instant is read only when it says its offset."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.clock import business_day, now, parse_date, parse_instant, start_of_day
from dealers.foundation.refusals import Refused

INSTANTS = st.datetimes(datetime(1995, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))


def test_now_is_aware_and_follows_the_machine_clock() -> None:
    moment = datetime(2026, 11, 15, 16, 0, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        assert now() == moment
        assert now().tzinfo is UTC


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-15T15:59:59Z", date(2026, 11, 15)),
        ("2026-11-15T16:00:00Z", date(2026, 11, 16)),
        ("2026-11-15T23:59:59.999999+08:00", date(2026, 11, 15)),
        ("2026-12-31T17:00:00Z", date(2027, 1, 1)),
    ],
)
def test_a_business_day_begins_at_midnight_in_beijing(instant: str, day: date) -> None:
    assert business_day(parse_instant(instant)) == day


def test_an_instant_without_offset_has_no_business_day() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        business_day(datetime(2026, 11, 15))


@given(INSTANTS)
def test_every_instant_lies_within_its_business_day(instant: datetime) -> None:
    day = business_day(instant)
    assert start_of_day(day) <= instant < start_of_day(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-05T09:30:00+08:00", datetime(2026, 11, 5, 1, 30, tzinfo=UTC)),
        ("2026-11-05T09:30+08:00", datetime(2026, 11, 5, 1, 30, tzinfo=UTC)),
        ("2026-11-05T09:30:00Z", datetime(2026, 11, 5, 9, 30, tzinfo=UTC)),
        ("2026-11-05T09:30:00.5-05:00", datetime(2026, 11, 5, 14, 30, 0, 500000, tzinfo=UTC)),
    ],
)
def test_iso_instants_with_an_offset_are_read_into_utc(text: str, instant: datetime) -> None:
    parsed = parse_instant(text)
    assert parsed == instant
    assert parsed.tzinfo is UTC


@given(INSTANTS)
def test_an_instant_written_out_reads_back_the_same(instant: datetime) -> None:
    assert parse_instant(instant.isoformat()) == instant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "instant_missing"),
        ("2026-11-05", "instant_is_date"),
        ("2026-11-05T09:30:00", "instant_without_offset"),
        ("2026-11-05 09:30:00+08:00", "instant_with_space"),
        ("2026-W45-4T09:30:00+08:00", "not_an_instant"),
        ("20261105T093000Z", "not_an_instant"),
        ("2026-11-05T09:30:00+08:00\n", "not_an_instant"),
        ("2026-11-05T09:30:0\uff10Z", "not_an_instant"),
        ("yesterday", "not_an_instant"),
        ("2026-02-29T09:30:00Z", "instant_not_real"),
        ("2026-11-05T24:00:00Z", "instant_not_real"),
        ("2026-11-05T09:30:60Z", "instant_not_real"),
        ("0001-01-01T00:00:00+08:00", "instant_not_real"),
        ("2026-11-05T09:30:00+14:30", "instant_bad_offset"),
        ("2026-11-05T09:30:00+99:00", "instant_not_real"),
    ],
)
def test_every_other_time_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_instant(text)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["", "2026-1-5", "20260105", "2026-02-30", "2026-11-05T00:00:00Z", "2026-11-0\uff15"])
def test_only_real_days_written_in_full_are_dates(text: str) -> None:
    assert parse_date("2028-02-29") == date(2028, 2, 29)
    with pytest.raises(Refused):
        parse_date(text)
