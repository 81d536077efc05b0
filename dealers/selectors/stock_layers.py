"""Stock by price layer, for one product of one dealer or for everyone at an instant, in one statement.

PostgreSQL finds each product's last count and cuts the receipts down to those that can matter; the rule in
:mod:`dealers.rules.stock_layers` lays them. Rows are streamed: memory does not grow with the company.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from dealers.rules.stock_layers import Receipt, StockLayers, stock_layers
from dealers.selectors.purchases import ALL_DEALERS, Shard

_ROWS_AT_ONCE = 20_000

_COUNTS_NOW = "SELECT dealer_id, product_id, as_of, on_hand, in_transit FROM dealers_inventoryline i"
_COUNTS_KNOWN = """
    SELECT dealer_id, product_id, as_of, on_hand, in_transit FROM dealers_inventoryline i
        WHERE known_from <= %(known_at)s
    UNION ALL
    SELECT dealer_id, product_id, as_of, on_hand, in_transit FROM dealers_inventorylinehistory i
        WHERE known_from <= %(known_at)s AND known_until > %(known_at)s
"""
#: A product's newest count sums its warehouses; receipts up to that instant lie behind it, the newest first.
_SQL = """
WITH told AS ({counts}), counts AS (
    SELECT DISTINCT ON (dealer_id, product_id) dealer_id, product_id, as_of,
           sum({on_hand}) AS on_hand, sum(in_transit) AS in_transit
    FROM told i WHERE as_of <= %(at)s {of_counts}
    GROUP BY dealer_id, product_id, as_of
    ORDER BY dealer_id, product_id, as_of DESC
), receipts AS (
    SELECT c.dealer_id, c.product_id, c.as_of, c.on_hand, c.in_transit,
           s.shipped_at, s.doc_no, s.line_no, s.quantity, s.unit_price,
           sum(greatest(s.quantity, 0)) OVER newest - greatest(s.quantity, 0) AS newer,
           sum(least(s.quantity, 0)) OVER (PARTITION BY c.dealer_id, c.product_id) AS returned
    FROM counts c
    LEFT JOIN dealers_shipment s ON s.dealer_id = c.dealer_id AND s.product_id = c.product_id
        AND s.shipped_at <= c.as_of {of_receipts}
    WINDOW newest AS (PARTITION BY c.dealer_id, c.product_id ORDER BY s.shipped_at DESC, s.doc_no DESC, s.line_no DESC)
)
SELECT dealer_id, product_id, as_of, on_hand, in_transit, shipped_at, doc_no, line_no, quantity, unit_price
FROM receipts WHERE doc_no IS NULL OR returned < 0 OR newer < greatest(on_hand, 1)
ORDER BY dealer_id, product_id
"""


@dataclass(frozen=True, slots=True)
class LayeredStock:
    """A product on a dealer's shelf: the units counted last, and the receipts they are laid to.

    ``counted_at`` tells how old the count is; a product that was never counted has none of these.
    """

    dealer_id: int
    product_id: int
    counted_at: datetime
    on_hand: int
    in_transit: int
    layers: StockLayers


def layered_stock(
    *,
    at: datetime,
    dealers: Collection[int] | None = None,
    products: Collection[int] | None = None,
    shard: Shard = ALL_DEALERS,
    known_at: datetime | None = None,
    with_in_transit: bool = False,
) -> Iterator[LayeredStock]:
    """Every product's last count at or before ``at``, laid to its receipts, by dealer and product key.

    The count is the product's own last one: a product that a later count does not name is unknown then, not zero.
    With ``known_at`` only facts received up to that instant count, whatever was restated since; ``with_in_transit``
    lets units on their way to the dealer count as on hand.
    """
    params: dict[str, Any] = {"at": at, "known_at": known_at}
    narrowed = shard.condition("i.dealer_id")
    if dealers is not None:
        params["dealers"] = list(dealers)
        narrowed += " AND i.dealer_id = ANY(%(dealers)s)"
    if products is not None:
        params["products"] = list(products)
        narrowed += " AND i.product_id = ANY(%(products)s)"
    sql = _SQL.format(
        counts=_COUNTS_NOW if known_at is None else _COUNTS_KNOWN,
        on_hand="on_hand + in_transit" if with_in_transit else "on_hand",
        of_counts=narrowed,
        of_receipts="" if known_at is None else "AND s.known_from <= %(known_at)s",
    )
    for (dealer_id, product_id), group in groupby(_streamed(sql, params), key=itemgetter(0, 1)):
        rows = list(group)
        _dealer, _product, counted_at, on_hand, in_transit = rows[0][:5]
        receipts = (Receipt(*row[5:]) for row in rows if row[6] is not None)
        layers = stock_layers(int(on_hand), receipts)
        yield LayeredStock(dealer_id, product_id, counted_at, int(on_hand), int(in_transit), layers)


def _streamed(sql: str, params: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows by portions, held by the database and not by us."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
