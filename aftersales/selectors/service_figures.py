"""How dealers served their customers over some days, for any number of dealers in one query.

Counted are the tickets a dealer was given in those days. What became of them is taken as it stands at ``as_of``: a
response that is missing by then, and was due, is missed, whether or not the sweep has recorded it yet.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from aftersales.rules.figures import ServiceFigures
from dealers.foundation.clock import start_of_day
from dealers.foundation.periods import Quarter

_FIGURES_SQL = """
SELECT c.dealer_id,
    count(*),
    count(*) FILTER (WHERE c.in_time OR c.missed),
    count(*) FILTER (WHERE c.in_time),
    count(*) FILTER (WHERE c.has_it AND t.resolved_at < %(as_of)s),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.resolved_at - c.started_at)::double precision)
        FILTER (WHERE c.has_it AND t.resolved_at < %(as_of)s),
    count(*) FILTER (WHERE c.has_it AND t.reopened > 0),
    count(*) FILTER (WHERE c.has_it AND t.complaint_at < %(as_of)s),
    count(*) FILTER (WHERE c.has_it AND t.rated_at < %(as_of)s AND t.rating IS NOT NULL),
    coalesce(sum(t.rating) FILTER (WHERE c.has_it AND t.rated_at < %(as_of)s), 0)
FROM (
    SELECT k.dealer_id, k.ticket_id, k.started_at, k.ended_at IS NULL AS has_it,
        coalesce(k.responded_at < k.due_at, false) AS in_time,
        coalesce(k.responded_at, k.ended_at, %(as_of)s) >= k.due_at AND NOT EXISTS (
            SELECT 1 FROM aftersales_servicebreach b
            WHERE b.clock_id = k.id AND b.waived_at IS NOT NULL AND b.waived_by <> ''
        ) AS missed
    FROM aftersales_responseclock k
    WHERE k.dealer_id > 0 AND k.started_at >= %(first)s AND k.started_at < %(last)s AND k.started_at < %(as_of)s
        AND (%(dealers)s::bigint[] IS NULL OR k.dealer_id = ANY(%(dealers)s::bigint[]))
) c JOIN aftersales_ticket t ON t.id = c.ticket_id
GROUP BY c.dealer_id
"""


def service_figures(
    *, first: date, end: date, as_of: datetime, dealer_ids: Collection[int] | None = None
) -> dict[int, ServiceFigures]:
    """The figures of every dealer that was given a ticket from ``first`` up to, not including, ``end``; or of some."""
    params = {
        "first": start_of_day(first),
        "last": start_of_day(end),
        "as_of": as_of,
        "dealers": None if dealer_ids is None else list(dealer_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES_SQL, params)
        return {dealer_id: _figures(*row) for dealer_id, *row in cursor.fetchall()}


def figures_of(dealer_id: int, quarter: Quarter, *, as_of: datetime) -> ServiceFigures:
    """The figures of one dealer and quarter; zeros when it was given no ticket."""
    found = service_figures(first=quarter.start, end=quarter.end, as_of=as_of, dealer_ids=[dealer_id])
    return found.get(dealer_id, ServiceFigures())


def _figures(
    tickets: int,
    judged: int,
    in_time: int,
    resolved: int,
    seconds: float | None,
    reopened: int,
    complaints: int,
    rated: int,
    stars: int,
) -> ServiceFigures:
    return ServiceFigures(tickets, judged, in_time, resolved, _hours(seconds), reopened, complaints, rated, int(stars))


def _hours(seconds: float | None) -> Decimal | None:
    if seconds is None:
        return None
    return (Decimal(str(seconds)) / 3600).quantize(Decimal("0.1"), ROUND_HALF_UP)
