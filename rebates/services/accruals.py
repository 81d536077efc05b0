"""Recording what an approved settlement has settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection


def append_accruals(*, source: str, params: Sequence[Any], posted_at: datetime) -> int:
    """Append the accruals of a settlement in the caller's transaction with one statement; how many there were.

    ``source`` is a ``SELECT`` of the columns dealer_id, kind, program, window, period, for_period, policy_id, base,
    entitlement, due, in this order. A window settled twice by one half-month is refused by the table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO rebates_accrual (dealer_id, kind, program, "window", period, for_period, policy_id, base,'
            f" entitlement, due, posted_at) SELECT s.*, %s FROM ({source}) s",
            [posted_at, *params],
        )
        return int(cursor.rowcount)
