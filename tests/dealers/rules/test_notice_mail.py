"""When a notice leaves by e-mail, as a table."""

from __future__ import annotations

from datetime import datetime

import pytest

from dealers.choices import EmailWay, NoticeKind
from dealers.foundation.clock import parse_instant
from dealers.rules.notice_mail import daily_mail_before, way_of, ways_open

WAYS = [
    (NoticeKind.PROMO, None, True, EmailWay.AT_ONCE),
    (NoticeKind.PROMO, "daily", True, EmailWay.DAILY),
    (NoticeKind.PROMO, "never", True, EmailWay.NEVER),
    (NoticeKind.PROMO, None, False, EmailWay.NEVER),
    (NoticeKind.STATEMENT, "daily", True, EmailWay.DAILY),
    (NoticeKind.STATEMENT, "never", True, EmailWay.DAILY),
    (NoticeKind.STATEMENT, None, False, EmailWay.NEVER),
]


@pytest.mark.parametrize(("kind", "wanted", "has_address", "way"), WAYS)
def test_a_notice_leaves_as_wanted_unless_a_deadline_hangs_on_it(
    kind: NoticeKind, wanted: str | None, has_address: bool, way: EmailWay
) -> None:
    assert way_of(kind, wanted=wanted, has_address=has_address) == way


def test_what_a_deadline_hangs_on_cannot_be_silenced() -> None:
    deadlines = (NoticeKind.HOLD_PLACED, NoticeKind.AFTERSALES, NoticeKind.AGREEMENT, NoticeKind.STANDING)
    assert all(EmailWay.NEVER not in ways_open(kind) for kind in deadlines)
    assert EmailWay.NEVER in ways_open(NoticeKind.PROMO)


@pytest.mark.parametrize(
    ("at", "before"),
    [
        ("2026-11-05T07:59:59+08:00", "2026-11-04T08:00:00+08:00"),
        ("2026-11-05T08:00:00+08:00", "2026-11-05T08:00:00+08:00"),
        ("2026-11-05T23:59:00+08:00", "2026-11-05T08:00:00+08:00"),
        ("2026-11-05T23:59:00Z", "2026-11-05T08:00:00+08:00"),
        ("2026-11-06T00:30:00Z", "2026-11-06T08:00:00+08:00"),
    ],
)
def test_the_mail_of_the_day_is_due_at_eight_in_the_morning_of_the_business_zone(at: str, before: str) -> None:
    found: datetime = daily_mail_before(parse_instant(at))
    assert found == parse_instant(before)
