"""When a notice leaves by e-mail: what the person wants, what may not be silenced, and when the daily mail is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from dealers.choices import EmailWay, NoticeKind
from dealers.foundation.clock import business_day, start_of_day

#: A deadline or a right hangs on these: a person may have them in the daily mail, but not silence them.
NEVER_SILENT = frozenset(
    {
        NoticeKind.SYNC_LATE,
        NoticeKind.HOLD_PLACED,
        NoticeKind.STATEMENT,
        NoticeKind.POLICY,
        NoticeKind.PAYMENT,
        NoticeKind.EXIT,
        NoticeKind.BULLETIN,
        NoticeKind.CASE,
        NoticeKind.AFTERSALES,  # customers to answer within hours, reports that become cases
        NoticeKind.AGREEMENT,  # papers and contracts whose end stops supply
        NoticeKind.STANDING,  # corrective plans by a day, changes of tier
    }
)
#: The hour of the day, in Asia/Shanghai, from which the daily mail leaves.
DAILY_MAIL_AT = timedelta(hours=8)


def ways_open(kind: str) -> tuple[EmailWay, ...]:
    """What a person may choose for notices of ``kind``."""
    return (EmailWay.AT_ONCE, EmailWay.DAILY) if kind in NEVER_SILENT else tuple(EmailWay)


def way_of(kind: str, *, wanted: str | None, has_address: bool) -> EmailWay:
    """When a notice of ``kind`` leaves for somebody who chose ``wanted`` (None chose nothing).

    Who silenced a kind before it could not be silenced any more has it in the daily mail.
    """
    if not has_address:
        return EmailWay.NEVER
    chosen = EmailWay(wanted) if wanted else EmailWay.AT_ONCE
    return chosen if chosen in ways_open(kind) else EmailWay.DAILY


def daily_mail_before(at: datetime) -> datetime:
    """The latest instant, at or before ``at``, at which a daily mail was due; it holds what was told before."""
    today = start_of_day(business_day(at)) + DAILY_MAIL_AT
    return today if today <= at else today - timedelta(days=1)
