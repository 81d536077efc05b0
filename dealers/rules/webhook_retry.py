"""When a webhook that was not taken is tried again, and when it is given up.

The wait doubles from half a minute up to twelve hours, shaken by a fifth either way, so that receivers that were away
together are not asked together. After three days without success it is given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=12)
GIVEN_UP_AFTER = timedelta(days=3)
#: A receiver that took nothing for so long when something is given up is not called any more.
SWITCHED_OFF_AFTER = timedelta(days=2)
_SHAKE = 0.2
_MOST_DOUBLINGS = 11


def next_attempt(*, attempts: int, due_since: datetime, at: datetime, chance: float) -> datetime | None:
    """When to try again after ``attempts`` failures, the last of them at ``at``; None when it is given up.

    ``chance`` is a random number from 0 up to 1.
    """
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, _MOST_DOUBLINGS), LONGEST_WAIT)
    again = at + wait * (1 + _SHAKE * (2 * chance - 1))
    return again if again < due_since + GIVEN_UP_AFTER else None
