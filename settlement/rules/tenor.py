"""How long a bill may run: calendar months from its day of issue, cut at the month's end.

Six months from 31 August end on the last day of February; from 28 February they end on 28 August. Bills issued from
1 January 2023 may run for six months at most (policy ``settlement.bill.max_tenor_months``); those issued before could
run for twelve, and a policy of today says nothing about them.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

#: The day on which the measures of the People's Bank and the regulator of November 2022 took effect.
SHORTER_SINCE = date(2023, 1, 1)
MONTHS_BEFORE = 12


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_due(issued_on: date, months: int) -> date:
    """The last day on which a bill issued then may fall due; ``months`` is what the policy says."""
    return months_after(issued_on, months if issued_on >= SHORTER_SINCE else MONTHS_BEFORE)


def refuse_tenor(issued_on: date, due_on: date, months: int) -> None:
    """Raises ``Refused`` for a bill that falls due on its day of issue or before, or runs too long."""
    if due_on <= issued_on:
        raise Refused("bill_due_too_early", _("lies not after the day of issue %(issued)s"), issued=issued_on)
    latest = latest_due(issued_on, months)
    if due_on > latest:
        raise Refused(
            "bill_tenor",
            _("is too late: issued on %(issued)s, the bill may fall due on %(latest)s at the latest"),
            issued=issued_on,
            latest=latest,
        )
