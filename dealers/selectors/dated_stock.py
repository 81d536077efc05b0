"""Stock by price layer at many instants at once, as it was known at another: what settles a fall of list prices.

One statement answers for every dealer, product and instant, and its rows are streamed dealer by dealer: memory holds
one dealer's goods, whatever the size of the company. :mod:`dealers.selectors.stock_layers` asks for one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from dealers.rules.stock_layers import Receipt, StockLayers, stock_layers
from dealers.selectors.purchases import ALL_DEALERS, Shard

_ROWS_AT_ONCE = 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AskedInstant:
    """A product whose stock is asked for at an instant.

    Counts after ``counted_after`` are looked at, receipts from ``came_from`` on make a dealer somebody who received
    the product. Unless it is asked ``of_everyone`` only the dealers named beside it are looked at.
    """

    product_id: int
    at: datetime
    counted_after: datetime
    came_from: datetime
    with_in_transit: bool = False
    of_everyone: bool = True


class DatedStock(NamedTuple):
    """What a dealer held of a product at an instant. Never counted: ``counted_at`` is None; ``came`` lately or not."""

    product_id: int
    at: datetime
    counted_at: datetime | None
    on_hand: int
    came: bool
    layers: StockLayers


@dataclass(frozen=True, slots=True)
class StockQuestion:
    """Which stock is asked for. ``only`` are (dealer, instant) pairs for what is not asked of everyone."""

    instants: Sequence[AskedInstant]
    known_at: datetime
    only: Iterable[tuple[int, datetime]] = ()
    shard: Shard = ALL_DEALERS


#: Counts in the state known at the instant: present rows, and earlier ones that have been restated since.
_TOLD = """
asked AS (
    SELECT * FROM unnest(%(products)s::bigint[], %(ats)s::timestamptz[], %(places)s::int[],
                         %(counted_after)s::timestamptz[], %(came_from)s::timestamptz[], %(in_transit)s::bool[],
                         %(everyone)s::bool[])
        AS a(product_id, at, place, counted_after, came_from, in_transit, everyone)
), only_of AS (
    SELECT * FROM unnest(%(only_dealers)s::bigint[], %(only_ats)s::timestamptz[]) AS o(dealer_id, at)
), told AS (
    SELECT dealer_id, product_id, as_of, on_hand, in_transit FROM dealers_inventoryline
        WHERE known_from <= %(known_at)s AND as_of > %(first)s AND as_of <= %(last)s AND product_id = ANY(%(products)s)
    UNION ALL
    SELECT dealer_id, product_id, as_of, on_hand, in_transit FROM dealers_inventorylinehistory
        WHERE known_from <= %(known_at)s AND known_until > %(known_at)s
            AND as_of > %(first)s AND as_of <= %(last)s AND product_id = ANY(%(products)s)
), came AS (
    SELECT DISTINCT s.dealer_id, s.product_id, a.place
    FROM dealers_shipment s
    JOIN asked a ON a.product_id = s.product_id AND s.shipped_at >= a.came_from AND s.shipped_at < a.at
    WHERE s.quantity > 0 AND s.known_from <= %(known_at)s AND s.product_id = ANY(%(products)s)
        AND s.shipped_at >= %(first_came)s AND s.shipped_at < %(last)s
        AND (a.everyone OR (s.dealer_id, a.at) IN (SELECT o.dealer_id, o.at FROM only_of o)){shipped_to}
)"""
_OF_ASKED = """told i
    JOIN asked a ON a.product_id = i.product_id AND i.as_of <= a.at AND i.as_of > a.counted_after
    WHERE (a.everyone OR (i.dealer_id, a.at) IN (SELECT o.dealer_id, o.at FROM only_of o)){counted_by}"""
#: A product's newest count sums its warehouses; receipts up to that count lie behind it, the newest first. Instants
#: are told as numbers: hundreds of thousands of times a time zone would have to be found for them.
_STOCK = f"""
WITH {_TOLD}, counts AS (
    SELECT DISTINCT ON (i.dealer_id, i.product_id, a.place) i.dealer_id, i.product_id, a.place, i.as_of,
           sum(i.on_hand + CASE WHEN a.in_transit THEN i.in_transit ELSE 0 END) AS on_hand
    FROM {_OF_ASKED}
    GROUP BY i.dealer_id, i.product_id, a.place, i.as_of
    ORDER BY i.dealer_id, i.product_id, a.place, i.as_of DESC
), held AS (
    SELECT dealer_id, product_id, place, c.as_of, coalesce(c.on_hand, 0) AS on_hand, coalesce(r.came, false) AS came
    FROM counts c FULL JOIN (SELECT *, true AS came FROM came) r USING (dealer_id, product_id, place)
), receipts AS (
    SELECT h.*, s.shipped_at, s.doc_no, s.line_no, s.quantity, s.unit_price,
           sum(greatest(s.quantity, 0)) OVER newest - greatest(s.quantity, 0) AS newer,
           sum(least(s.quantity, 0)) OVER (PARTITION BY h.dealer_id, h.product_id, h.place) AS returned
    FROM held h
    LEFT JOIN dealers_shipment s ON s.dealer_id = h.dealer_id AND s.product_id = h.product_id
        AND s.shipped_at <= h.as_of AND s.known_from <= %(known_at)s AND s.product_id = ANY(%(products)s){{shipped_to}}
    WINDOW newest AS (
        PARTITION BY h.dealer_id, h.product_id, h.place ORDER BY s.shipped_at DESC, s.doc_no DESC, s.line_no DESC
    )
)
SELECT dealer_id, product_id, place, (extract(epoch FROM as_of) * 1000000)::bigint, on_hand, came,
       (extract(epoch FROM shipped_at) * 1000000)::bigint, doc_no, line_no, quantity, unit_price
FROM receipts WHERE doc_no IS NULL OR returned < 0 OR newer < greatest(on_hand, 1)
ORDER BY dealer_id, product_id, place
"""
_DEALERS = f"""
WITH {_TOLD}
SELECT i.dealer_id FROM {_OF_ASKED} AND i.on_hand + CASE WHEN a.in_transit THEN i.in_transit ELSE 0 END > 0
UNION SELECT dealer_id FROM came
"""


def dealers_with_stock(question: StockQuestion) -> set[int]:
    """The dealers who held any of it in the days looked at, or received any. One query."""
    if not question.instants:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_sql(_DEALERS, question), _params(question))
        return {dealer_id for (dealer_id,) in cursor.fetchall()}


def dated_stock(question: StockQuestion) -> Iterator[tuple[int, list[DatedStock]]]:
    """Dealer by dealer in the order of their keys what each held, by product and instant. One query.

    A product that was neither counted nor received lately is left out. The rows stay with the database: whoever stops
    half-way leaves them behind until the transaction ends.
    """
    if not question.instants:
        return
    instants = _instants(question)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_sql(_STOCK, question), _params(question))
        for dealer_id, rows in groupby(_fetched(cursor), key=itemgetter(0)):
            yield dealer_id, [_stock(list(of_one), instants) for _, of_one in groupby(rows, key=itemgetter(1, 2))]


def _instants(question: StockQuestion) -> list[datetime]:
    """The instants asked for, once each: rows name them by their places."""
    return sorted({one.at for one in question.instants})


def _stock(rows: list[tuple[Any, ...]], instants: Sequence[datetime]) -> DatedStock:
    _dealer, product_id, place, counted, on_hand, came = rows[0][:6]
    receipts = [
        Receipt(_instant(shipped), doc_no, line_no, quantity, unit_price)
        for *_of_count, shipped, doc_no, line_no, quantity, unit_price in rows
        if doc_no is not None
    ]
    counted_at = None if counted is None else _instant(counted)
    return DatedStock(product_id, instants[place], counted_at, on_hand, came, stock_layers(on_hand, receipts))


@lru_cache(maxsize=1 << 14)
def _instant(microseconds: int) -> datetime:
    """Remembered: goods are counted together, and come together."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _sql(text: str, question: StockQuestion) -> str:
    shard = question.shard
    return text.format(counted_by=shard.condition("i.dealer_id"), shipped_to=shard.condition("s.dealer_id"))


def _params(question: StockQuestion) -> dict[str, Any]:
    asked = question.instants
    only = list(question.only)
    places = {at: place for place, at in enumerate(_instants(question))}
    return {
        "known_at": question.known_at,
        "products": [one.product_id for one in asked],
        "ats": [one.at for one in asked],
        "places": [places[one.at] for one in asked],
        "counted_after": [one.counted_after for one in asked],
        "came_from": [one.came_from for one in asked],
        "in_transit": [one.with_in_transit for one in asked],
        "everyone": [one.of_everyone for one in asked],
        "only_dealers": [dealer_id for dealer_id, _ in only],
        "only_ats": [at for _, at in only],
        "first": min(one.counted_after for one in asked),
        "first_came": min(one.came_from for one in asked),
        "last": max(one.at for one in asked),
    }
