"""The one clock, and the business day in Asia/Shanghai.

Instants are aware and in UTC; a day belongs to the business zone. Nothing else in the product asks the
operating system what time it is, so a test moves time in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

# Checked before `fromisoformat`, which also reads week dates, compact forms and any separator.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WIDEST_OFFSET = timedelta(hours=14)


_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present instant, aware and in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def as_if_at(instant: datetime) -> Iterator[None]:
    """Let this thread take `instant` for the present: how a demo company gets a past it has lived through.

    No door of the product opens it; only the demo command does.
    """
    before = _told.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(before)


def business_day(instant: datetime) -> date:
    """The calendar day in the business zone on which `instant` falls. Raises ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset belongs to no business day")
    return instant.astimezone(BUSINESS_ZONE).date()


def start_of_day(day: date) -> datetime:
    """The instant at which `day` begins in the business zone, in UTC; also where the day before ends."""
    return datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE).astimezone(UTC)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its offset, such as `2026-11-05T09:30:00+08:00`, into UTC.

    Seconds may be absent, `Z` stands for UTC. A date alone or a time without offset is refused: guessing the
    zone would move a sale into another day. Raises `Refused`.
    """
    if not _INSTANT.fullmatch(text):
        raise _instant_refusal(text)
    try:
        instant = datetime.fromisoformat(text)
        in_utc = instant.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise Refused("instant_not_real", _("names a day or time that does not exist")) from error
    offset = instant.utcoffset()
    if offset is None or not -_WIDEST_OFFSET <= offset <= _WIDEST_OFFSET:
        raise Refused("instant_bad_offset", _("has an offset no place on earth uses; write +08:00 for Beijing time"))
    return in_utc


def parse_date(text: str) -> date:
    """Read a day written `YYYY-MM-DD` and nothing else. Raises `Refused`."""
    if not _DATE.fullmatch(text):
        raise Refused("not_a_date", _("is not a date; write it like 2026-11-05"))
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("date_not_real", _("names a day that does not exist")) from error


def _instant_refusal(text: str) -> Refused:
    if not text:
        return Refused("instant_missing", _("is empty where a time is needed"))
    if _DATE.fullmatch(text):
        return Refused(
            "instant_is_date", _("is only a date; a time with its offset is needed, like 2026-11-05T09:30:00+08:00")
        )
    if _INSTANT.fullmatch(f"{text}Z"):
        return Refused("instant_without_offset", _("has no offset; add it, like +08:00 for Beijing time"))
    if _INSTANT.fullmatch(text.replace(" ", "T", 1)):
        return Refused("instant_with_space", _("must have a T between date and time, like 2026-11-05T09:30:00+08:00"))
    return Refused("not_an_instant", _("is not a time; write it like 2026-11-05T09:30:00+08:00"))
