"""The instants at which dealers counted their stock, and when each count came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dealers.rules.sync_calendar import Count

#: Found by leaping from one count to the next in the key of the count lines, which a count has thousands of: the newest
#: count before the start (or the first after it), then always the first line of the next one. A restated count came
#: when it first came.
_COUNTS = """
WITH RECURSIVE leaps AS (
    SELECT d.dealer_id, c.as_of, c.known_from, c.delivery_id
    FROM unnest(%(dealers)s::bigint[]) AS d (dealer_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT max(i.as_of) FROM dealers_inventoryline i WHERE i.dealer_id = d.dealer_id AND i.as_of < %(start)s),
            (SELECT min(i.as_of) FROM dealers_inventoryline i
             WHERE i.dealer_id = d.dealer_id AND i.as_of >= %(start)s AND i.as_of < %(end)s)) AS as_of) b
    CROSS JOIN LATERAL (SELECT i.as_of, i.known_from, i.delivery_id FROM dealers_inventoryline i
                        WHERE i.dealer_id = d.dealer_id AND i.as_of = b.as_of
                        ORDER BY i.product_id, i.warehouse LIMIT 1) c
    UNION ALL
    SELECT l.dealer_id, n.as_of, n.known_from, n.delivery_id FROM leaps l
    CROSS JOIN LATERAL (SELECT i.as_of, i.known_from, i.delivery_id FROM dealers_inventoryline i
                        WHERE i.dealer_id = l.dealer_id AND i.as_of > l.as_of AND i.as_of < %(end)s
                        ORDER BY i.as_of, i.product_id, i.warehouse LIMIT 1) n
), made AS (
    SELECT l.dealer_id, l.as_of, least(l.known_from, before.known_from) AS came_at, l.delivery_id FROM leaps l
    LEFT JOIN LATERAL (SELECT min(h.known_from) AS known_from FROM dealers_inventorylinehistory h
                       WHERE h.dealer_id = l.dealer_id AND h.as_of = l.as_of) before ON true
)
"""
_WITH_RECEIPTS = """
SELECT m.dealer_id, m.as_of, m.came_at, d.receipt::text, d.dealer_id
FROM made m LEFT JOIN dealers_feeddelivery d ON d.id = m.delivery_id ORDER BY 1, 3, 2
"""
_ALONE = "SELECT dealer_id, as_of, came_at FROM made ORDER BY 1, 3, 2"


@dataclass(frozen=True, slots=True)
class CountMade:
    """A count, the receipt it came with (empty when out of sight), and whether the dealer delivered it itself."""

    count: Count
    receipt: str
    own: bool


def counts_made(dealer_ids: Sequence[int], *, start: datetime, end: datetime) -> dict[int, list[CountMade]]:
    """Per dealer the counts from ``start`` up to ``end`` and the newest before, in the order they came; one query."""
    found: dict[int, list[CountMade]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS + _WITH_RECEIPTS, {"dealers": list(dealer_ids), "start": start, "end": end})
        for dealer_id, as_of, received_at, receipt, owner in cursor.fetchall():
            made = CountMade(Count(as_of, received_at), receipt or "", owner is not None)
            found.setdefault(dealer_id, []).append(made)
    return found


def counts_alone(dealer_ids: Sequence[int], *, start: datetime, end: datetime) -> dict[int, list[Count]]:
    """The same counts without their receipts, which cost as much again."""
    found: dict[int, list[Count]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS + _ALONE, {"dealers": list(dealer_ids), "start": start, "end": end})
        for dealer_id, as_of, came_at in cursor.fetchall():
            found.setdefault(dealer_id, []).append(Count(as_of, came_at))
    return found
