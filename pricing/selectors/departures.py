"""The dealers that stand out by their sales of a half-month, the furthest from their own past first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from dealers.foundation.half_months import HalfMonth
from pricing.rules.departures import Departure, DepartureLimits, SalesFacts, departures

#: A dealer is compared with so many of its halves before: half a year.
HALVES_BEFORE = 12

_FACTS = """
    WITH span(period, days) AS (SELECT * FROM unnest(%(periods)s::int[], %(days)s::int[])),
    half AS (
        SELECT t.dealer_id, t.period, sum(t.amount) AS amount, sum(t.lines) AS lines, sum(t.breach_lines) AS breaches
        FROM pricing_salestally t
        WHERE t.period BETWEEN %(first)s AND %(last)s AND t.dealer_id > 0
          AND (%(dealers)s::bigint[] IS NULL OR t.dealer_id = ANY(%(dealers)s::bigint[]))
        GROUP BY 1, 2
    )
    SELECT h.dealer_id,
           coalesce(sum(h.amount) FILTER (WHERE h.period = %(last)s), 0),
           coalesce(sum(h.lines) FILTER (WHERE h.period = %(last)s), 0),
           coalesce(sum(h.breaches) FILTER (WHERE h.period = %(last)s), 0),
           count(*) FILTER (WHERE h.period < %(last)s),
           avg(h.amount / s.days) FILTER (WHERE h.period < %(last)s),
           stddev_samp(h.amount / s.days) FILTER (WHERE h.period < %(last)s),
           coalesce(sum(h.lines) FILTER (WHERE h.period < %(last)s), 0),
           coalesce(sum(h.breaches) FILTER (WHERE h.period < %(last)s), 0)
    FROM half h JOIN span s ON s.period = h.period GROUP BY 1 ORDER BY 1
"""


def dealers_that_depart(
    half: HalfMonth, *, limits: DepartureLimits, dealers: Collection[int] | None = None, most: int
) -> list[tuple[int, Departure]]:
    """Dealers and how ``half`` departs from their own past, the furthest first; one query, whoever is asked about.

    ``dealers`` None: all but the sandboxes, whose keys are below zero.
    """
    found = [(dealer, departure) for dealer, facts in _facts(half, dealers) for departure in departures(facts, limits)]
    found.sort(key=lambda one: (-abs(one[1].score), one[0]))
    return found[:most]


def _facts(half: HalfMonth, dealers: Collection[int] | None) -> Iterator[tuple[int, SalesFacts]]:
    first = half.ordinal - HALVES_BEFORE
    periods = range(first, half.ordinal + 1)
    given: dict[str, Any] = {
        "periods": list(periods),
        "days": [HalfMonth.from_ordinal(period).days for period in periods],
        "first": first,
        "last": half.ordinal,
        "dealers": None if dealers is None else list(dealers),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, given)
        rows = cursor.fetchall()
    for dealer, amount, lines, breaches, halves, mean, spread, past_lines, past_breaches in rows:
        yield (
            dealer,
            SalesFacts(
                days=half.days,
                amount=amount,
                lines=int(lines),
                breach_lines=int(breaches),
                halves=halves,
                mean=mean or Decimal(0),
                deviation=spread,
                past_lines=int(past_lines),
                past_breach_lines=int(past_breaches),
            ),
        )
