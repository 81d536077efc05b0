"""The instants at which dealers counted their stock, and when each count came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dealers.rules.sync_calendar import Count

#: Found by leaping from one count to the next in the key of the count lines, which a count has thousands of.
_SQL = """
WITH RECURSIVE dealers AS (
    SELECT unnest(%(dealers)s::bigint[]) AS dealer_id
), counted AS (
    SELECT d.dealer_id, i.as_of FROM dealers d CROSS JOIN LATERAL (
        (SELECT as_of FROM dealers_inventoryline i WHERE i.dealer_id = d.dealer_id AND as_of < %(start)s
         ORDER BY as_of DESC LIMIT 1)
        UNION ALL
        (SELECT as_of FROM dealers_inventoryline i WHERE i.dealer_id = d.dealer_id AND as_of >= %(start)s
         ORDER BY as_of LIMIT 1)) i
), leaps AS (
    SELECT dealer_id, max(as_of) AS as_of FROM counted GROUP BY dealer_id
    UNION ALL
    SELECT dealer_id, (SELECT min(i.as_of) FROM dealers_inventoryline i
                       WHERE i.dealer_id = leaps.dealer_id AND i.as_of > leaps.as_of AND i.as_of < %(end)s)
    FROM leaps WHERE leaps.as_of IS NOT NULL
), instants AS (
    SELECT dealer_id, as_of FROM counted UNION SELECT dealer_id, as_of FROM leaps
)
SELECT n.dealer_id, n.as_of, least(first.known_from, before.known_from), d.receipt::text, d.dealer_id
FROM instants n
CROSS JOIN LATERAL (SELECT known_from, delivery_id FROM dealers_inventoryline i
                    WHERE i.dealer_id = n.dealer_id AND i.as_of = n.as_of
                    ORDER BY product_id, warehouse LIMIT 1) first
LEFT JOIN LATERAL (SELECT min(h.known_from) AS known_from FROM dealers_inventorylinehistory h
                   WHERE h.dealer_id = n.dealer_id AND h.as_of = n.as_of) before ON true
LEFT JOIN dealers_feeddelivery d ON d.id = first.delivery_id
WHERE n.as_of < %(end)s
ORDER BY 1, 3, 2
"""


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
        cursor.execute(_SQL, {"dealers": list(dealer_ids), "start": start, "end": end})
        for dealer_id, as_of, received_at, receipt, owner in cursor.fetchall():
            made = CountMade(Count(as_of, received_at), receipt or "", owner is not None)
            found.setdefault(dealer_id, []).append(made)
    return found
