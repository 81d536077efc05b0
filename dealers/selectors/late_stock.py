"""Counts and shipments that became known after the stock at an earlier instant was reckoned with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from dealers.selectors.dated_stock import AskedInstant
from dealers.selectors.purchases import ALL_DEALERS, Shard

_SQL = """
WITH asked AS (
    SELECT * FROM unnest(%(products)s::bigint[], %(ats)s::timestamptz[], %(counted_after)s::timestamptz[])
        AS a(product_id, at, counted_after)
), told AS (
    SELECT dealer_id, product_id, as_of FROM dealers_inventoryline WHERE {late_counts}
    UNION ALL
    SELECT dealer_id, product_id, as_of FROM dealers_inventorylinehistory WHERE {late_counts}
)
SELECT i.dealer_id, a.at FROM told i
    JOIN asked a ON a.product_id = i.product_id AND i.as_of <= a.at AND i.as_of > a.counted_after
UNION
SELECT s.dealer_id, a.at FROM dealers_shipment s
    JOIN asked a ON a.product_id = s.product_id AND s.shipped_at <= a.at
    WHERE s.known_from > %(since)s AND s.known_from <= %(known_at)s AND s.product_id = ANY(%(products)s)
        AND s.shipped_at <= %(last)s{shard}
"""
_LATE_COUNTS = (
    "known_from > %(since)s AND known_from <= %(known_at)s AND as_of > %(first)s AND as_of <= %(last)s"
    " AND product_id = ANY(%(products)s)"
)


def late_stock_facts(
    instants: Sequence[AskedInstant], *, since: datetime, known_at: datetime, shard: Shard = ALL_DEALERS
) -> set[tuple[int, datetime]]:
    """(dealer, instant) pairs whose stock facts learnt after ``since``, up to ``known_at``, may tell otherwise.

    A count within the time looked at, or a receipt or return before the instant, of a product asked for there. One
    query.
    """
    if not instants:
        return set()
    params: dict[str, Any] = {
        "products": [one.product_id for one in instants],
        "ats": [one.at for one in instants],
        "counted_after": [one.counted_after for one in instants],
        "first": min(one.counted_after for one in instants),
        "last": max(one.at for one in instants),
        "since": since,
        "known_at": known_at,
    }
    late_counts = _LATE_COUNTS + shard.condition("dealer_id")
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(late_counts=late_counts, shard=shard.condition("s.dealer_id")), params)
        return set(cursor.fetchall())
