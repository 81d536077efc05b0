"""What a dealer has of each product now, how fast it sells, and how long it lasts.

The last count is carried on by what is known since: sales and declared changes. Goods shipped since stay under way
until a count shows them. One statement per dealer, whatever the number of products.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dealers.foundation.clock import business_day
from pricing.rules.stock_cover import Cover, CoverTerms, cover_of
from pricing.terms import StockTerms

#: A product not counted for so long is left out: nobody knows what is there.
LOOK_BACK = timedelta(days=92)

_SQL = """
WITH known AS (
    SELECT coalesce((SELECT sales_days FROM dealers_syncclock WHERE dealer_id = %(dealer)s), '{}')
        * datemultirange(daterange(%(first)s, %(today)s)) AS days
), counts AS (
    SELECT DISTINCT ON (product_id) product_id, as_of, sum(on_hand) AS on_hand, sum(in_transit) AS in_transit
    FROM dealers_inventoryline
    WHERE dealer_id = %(dealer)s AND as_of > %(oldest)s AND as_of < %(at)s AND {products}
    GROUP BY product_id, as_of ORDER BY product_id, as_of DESC
), sales AS (
    SELECT c.product_id, sum(s.quantity) FILTER (WHERE s.sold_at >= c.as_of) AS since,
           sum(s.quantity) FILTER (WHERE k.days @> s.sold_on) AS averaged
    FROM counts c CROSS JOIN known k
    JOIN pricing_saleline s ON s.dealer_id = %(dealer)s AND s.product_id = c.product_id AND s.sold_at < %(at)s
        AND s.sold_on >= least(%(first)s, (SELECT (min(as_of) AT TIME ZONE 'Asia/Shanghai')::date FROM counts))
    GROUP BY c.product_id
), shipped AS (
    SELECT c.product_id, sum(s.quantity) AS since FROM counts c
    JOIN dealers_shipment s ON s.dealer_id = %(dealer)s AND s.product_id = c.product_id AND s.shipped_at >= c.as_of
        AND s.shipped_at < %(at)s
    GROUP BY c.product_id
), changed AS (
    SELECT c.product_id, sum(a.change) AS since FROM counts c
    JOIN dealers_stockadjustment a ON a.dealer_id = %(dealer)s AND a.product_id = c.product_id
        AND a.kind <> 'opening_balance' AND a.occurred_at >= c.as_of AND a.occurred_at < %(at)s
    GROUP BY c.product_id
)
SELECT p.id, p.sku, p.name_zh, p.name_en, c.as_of, c.on_hand, c.in_transit, coalesce(sales.since, 0),
       coalesce(shipped.since, 0), coalesce(changed.since, 0), coalesce(sales.averaged, 0),
       (SELECT coalesce(sum(upper(span) - lower(span)), 0) FROM known, unnest(known.days) span)
FROM counts c JOIN dealers_product p ON p.id = c.product_id
LEFT JOIN sales USING (product_id) LEFT JOIN shipped USING (product_id) LEFT JOIN changed USING (product_id)
ORDER BY p.sku
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product of a dealer: the last count, what happened since, and how long it lasts."""

    product_id: int
    sku: str
    name_zh: str
    name_en: str
    counted_at: datetime
    counted: int
    in_transit: int
    sold_since: int
    shipped_since: int
    changed_since: int
    cover: Cover

    @property
    def on_hand(self) -> int:
        """Units reckoned to be on the shelf now; below zero when more was reported sold than was there."""
        return self.counted - self.sold_since + self.changed_since

    @property
    def under_way(self) -> int:
        """Units under way: those the count said, and those shipped since."""
        return self.in_transit + self.shipped_since


def cover_terms(terms: StockTerms) -> CoverTerms:
    """The terms of the policy for days of stock."""
    return CoverTerms(
        average_days=terms.average_days,
        least_days=terms.least_days,
        lead_days=terms.lead_days,
        reserve_days=terms.reserve_days,
        target_days=terms.target_days,
        overstock_days=terms.overstock_days,
    )


def shelves_of(
    dealer_id: int, *, terms: StockTerms, at: datetime, products: Collection[int] | None = None
) -> list[Shelf]:
    """Every product the dealer counted lately, by SKU. The average takes whole days before today."""
    today = business_day(at)
    params: dict[str, Any] = {
        "dealer": dealer_id,
        "at": at,
        "oldest": at - LOOK_BACK,
        "today": today,
        "first": today - timedelta(days=terms.average_days),
        "products": list(products or ()),
    }
    narrowed = "true" if products is None else "product_id = ANY(%(products)s)"
    with connection.cursor() as cursor:
        cursor.execute(_SQL.replace("{products}", narrowed), params)
        rows = cursor.fetchall()
    limits = cover_terms(terms)
    return [_shelf(row, limits) for row in rows]


def _shelf(row: tuple[Any, ...], limits: CoverTerms) -> Shelf:
    product_id, sku, name_zh, name_en, counted_at = row[:5]
    counted, in_transit, sold_since, shipped_since, changed_since, sold, known_days = (int(units) for units in row[5:])
    on_hand = counted - sold_since + changed_since
    cover = cover_of(
        on_hand=max(on_hand, 0),
        in_transit=max(in_transit + shipped_since, 0),
        sold=sold,
        known_days=known_days,
        terms=limits,
    )
    return Shelf(
        product_id=product_id,
        sku=sku,
        name_zh=name_zh,
        name_en=name_en,
        counted_at=counted_at,
        counted=counted,
        in_transit=in_transit,
        sold_since=sold_since,
        shipped_since=shipped_since,
        changed_since=changed_since,
        cover=cover,
    )
