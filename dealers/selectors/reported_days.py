"""Days of sales reported in time, counted by the database for all dealers whose clock nothing but our outages stops.

What a day comes to, the rule of the calendar says once for all of them: until when its report was in time, and whether
it is owed when none came. The database only compares and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from dealers.choices import Feed
from dealers.foundation.clock import business_day
from dealers.rules.punctuality import Punctuality
from dealers.rules.sync_calendar import DayFacts, DayState, Obligation, Span, read_sales_day
from dealers.selectors.report_duties import Duties

_SQL = """
SELECT f.dealer_id, count(*), count(*) FILTER (WHERE f.first_received_at < d.due_at), count(*) FILTER (WHERE d.owed)
FROM dealers_feedday f
JOIN unnest(%(days)s::date[], %(due)s::timestamptz[], %(owed)s::boolean[], %(onboarding)s::int[])
     AS d (day, due_at, owed, onboarding) ON d.day = f.day
JOIN dealers_dealer r ON r.id = f.dealer_id AND f.day >= r.activated_on + d.onboarding
WHERE f.feed = %(feed)s AND f.day >= %(first)s AND f.day <= %(last)s AND f.first_received_at <= %(at)s
    AND f.dealer_id = ANY(%(dealers)s::bigint[])
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class _DueDay:
    """A day on which a dealer past its onboarding owes a report, or will."""

    day: date
    due_at: datetime
    owed: bool
    onboarding_days: int


class ReportedDays:
    """Counts of some dealers without exemptions; one query, however many they are."""

    def __init__(self, duties: Duties, dealer_ids: Collection[int], *, outages: Sequence[Span], at: datetime) -> None:
        self._days = _due_days(duties, outages, at)
        self._found = self._counted(dealer_ids, at) if self._days and dealer_ids else {}
        self._owed: dict[date, int] = {}

    def of(self, dealer_id: int, activated_on: date) -> Punctuality:
        """The due days of a dealer that is active since that day, and those in time."""
        if activated_on not in self._owed:
            self._owed[activated_on] = sum(
                day.owed and day.day >= activated_on + timedelta(days=day.onboarding_days) for day in self._days
            )
        reported, in_time, owed = self._found.get(dealer_id, (0, 0, 0))
        return Punctuality(self._owed[activated_on] - owed + reported, in_time)

    def _counted(self, dealer_ids: Collection[int], at: datetime) -> dict[int, tuple[int, int, int]]:
        params: dict[str, Any] = {
            "days": [day.day for day in self._days],
            "due": [day.due_at for day in self._days],
            "owed": [day.owed for day in self._days],
            "onboarding": [day.onboarding_days for day in self._days],
            "first": self._days[0].day,
            "last": self._days[-1].day,
            "feed": Feed.SALES,
            "at": at,
            "dealers": list(dealer_ids),
        }
        with connection.cursor() as cursor:
            cursor.execute(_SQL, params)
            return {dealer_id: (reported, in_time, owed) for dealer_id, reported, in_time, owed in cursor.fetchall()}


def _due_days(duties: Duties, outages: Sequence[Span], at: datetime) -> list[_DueDay]:
    found = []
    for (start, end), terms in zip(duties.bounds(), duties.terms(), strict=True):
        if terms is None or Feed.SALES not in terms.feeds:
            continue
        facts = DayFacts(start, end, Obligation.DUE, terms.interval, terms.grace)
        reading = read_sales_day(facts, outages=outages, at=at)
        assert reading.due_at is not None
        owed = reading.state in (DayState.LATE, DayState.MISSING)
        found.append(_DueDay(business_day(start), reading.due_at, owed, terms.onboarding_days))
    return found
