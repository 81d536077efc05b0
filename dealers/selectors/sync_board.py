"""Who is behind with reports at an instant: counted for all dealers in sight, listed for one page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from dealers.choices import DealerState, Role
from dealers.rules.sync_clock import ClockState
from dealers.selectors.sync import READINGS_SQL, SweepTerms, clock_params
from dealers.selectors.visibility import visible_dealers

#: A dealer whose duty to report has not begun.
ONBOARDING = "onboarding"

_COUNT_SQL = """
, states AS (
    SELECT d.id,
           CASE WHEN c.dealer_id IS NULL THEN 'onboarding'
                WHEN greatest(c.inventory_elapsed, c.sales_elapsed) >= %(hold_after)s::interval THEN 'overdue'
                WHEN greatest(c.inventory_elapsed, c.sales_elapsed) >= %(interval)s::interval THEN 'late'
                ELSE 'on_time' END AS state
    FROM dealers_dealer d LEFT JOIN clocks c ON c.dealer_id = d.id
    WHERE d.state = 'active' {only}
)
SELECT state, count(*), array_agg(id) FILTER (WHERE state = %(wanted)s) FROM states GROUP BY state
"""


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """How many active dealers are in each state, and the keys of those in the state asked for."""

    by_state: dict[str, int]
    wanted: tuple[int, ...]


def sync_counts(user: Any, *, terms: SweepTerms, at: datetime, wanted: str = "") -> SyncCounts:
    """Count the active dealers in sight by the worse of their two feeds; one statement reckons everyone."""
    params = {**clock_params(terms, at), "wanted": wanted}
    only = ""
    if user.dealer_id is not None or user.role == Role.CHANNEL_MANAGER:
        in_sight = visible_dealers(user).filter(state=DealerState.ACTIVE)
        params["in_sight"] = list(in_sight.values_list("pk", flat=True))
        only = "AND d.id = ANY(%(in_sight)s)"
    with connection.cursor() as cursor:
        cursor.execute((READINGS_SQL + _COUNT_SQL).replace("{only}", only), params)
        rows = cursor.fetchall()
    counts = dict.fromkeys((ClockState.OVERDUE, ClockState.LATE, ClockState.ON_TIME, ONBOARDING), 0)
    found: tuple[int, ...] = ()
    for state, count, keys in rows:
        counts[state] = count
        found = tuple(keys) if keys else found
    return SyncCounts({str(state): count for state, count in counts.items()}, found)
