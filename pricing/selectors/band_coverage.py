"""Where no band is in force: products by the places they may be sold in, reckoned by the database.

A place is a city, or a province without cities. The pairs are never listed in memory: a product with a national band
has no gap, the others are counted and paged by PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

#: How far back reported lines without a band are counted; what is sold now matters most.
RECENT_DAYS = 30
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class GapWish:
    """On which day, and in which part of the catalogue and the country."""

    on: date
    words: str = ""
    category: str = ""
    province: str = ""
    reported: bool = False


class Gap(NamedTuple):
    """A product nobody has set a band for in a place; ``lines`` sold there lately read ``no_band``."""

    sku: str
    name_zh: str
    name_en: str
    category: str
    region: str
    region_zh: str
    region_en: str
    province_zh: str
    province_en: str
    lines: int


class GapCell(NamedTuple):
    """Gaps of a category in a province, among so many pairs of product and place."""

    category: str
    province: str
    pairs: int
    gaps: int
    lines: int


#: Products and places of the question, and the pairs that have a band on the day.
_FRAME = """
WITH places AS (
    SELECT r.id, r.code, r.name_zh, r.name_en, r.parent_id, r.city_tier, p.code AS province
    FROM dealers_region r JOIN dealers_region p ON p.id = coalesce(r.parent_id, r.id)
    WHERE NOT EXISTS (SELECT FROM dealers_region c WHERE c.parent_id = r.id){of_places}
), goods AS (
    SELECT id, sku, name_zh, name_en, category FROM dealers_product WHERE true{of_goods}
), bands AS (
    SELECT product_id, scope, region_id, city_tier FROM pricing_priceband
    WHERE superseded_at IS NULL AND valid @> %(on)s::date
), bare AS (
    SELECT g.* FROM goods g
    WHERE NOT EXISTS (SELECT FROM bands b WHERE b.product_id = g.id AND b.scope = 'national')
), covered AS (
    SELECT b.product_id, p.id AS place_id FROM bands b JOIN bare g ON g.id = b.product_id
        JOIN places p ON p.id = b.region_id
    UNION SELECT b.product_id, p.id FROM bands b JOIN bare g ON g.id = b.product_id
        JOIN places p ON p.parent_id = b.region_id
    UNION SELECT b.product_id, p.id FROM bands b JOIN bare g ON g.id = b.product_id
        JOIN places p ON p.city_tier = b.city_tier
), unjudged AS (
    SELECT product_id, region_id, count(*) AS lines FROM pricing_saleline
    WHERE verdict = 5 AND sold_on >= %(since)s AND sold_on <= %(on)s
    GROUP BY 1, 2
)
"""
_SUMMARY = """
SELECT category, province, sum(pairs)::bigint, sum(gaps)::bigint, sum(lines)::bigint FROM (
    SELECT g.category, p.province, g.goods * p.places AS pairs, 0 AS gaps, 0 AS lines
    FROM (SELECT category, count(*) AS goods FROM goods GROUP BY 1) g
    CROSS JOIN (SELECT province, count(*) AS places FROM places GROUP BY 1) p
    UNION ALL
    SELECT g.category, p.province, 0, g.goods * p.places, 0
    FROM (SELECT category, count(*) AS goods FROM bare GROUP BY 1) g
    CROSS JOIN (SELECT province, count(*) AS places FROM places GROUP BY 1) p
    UNION ALL
    SELECT g.category, p.province, 0, -count(*), 0
    FROM covered c JOIN bare g ON g.id = c.product_id JOIN places p ON p.id = c.place_id GROUP BY 1, 2
    UNION ALL
    SELECT g.category, p.province, 0, 0, sum(u.lines)
    FROM unjudged u JOIN bare g ON g.id = u.product_id JOIN places p ON p.id = u.region_id
    LEFT JOIN covered c ON c.product_id = u.product_id AND c.place_id = u.region_id
    WHERE c.product_id IS NULL GROUP BY 1, 2
) parts GROUP BY 1, 2 ORDER BY 1, 2
"""
_LIST = """
SELECT g.sku, g.name_zh, g.name_en, g.category, p.code, p.name_zh, p.name_en, v.name_zh, v.name_en,
    coalesce(u.lines, 0) AS lines
FROM bare g CROSS JOIN places p
JOIN dealers_region v ON v.code = p.province
LEFT JOIN covered c ON c.product_id = g.id AND c.place_id = p.id
{reported} JOIN unjudged u ON u.product_id = g.id AND u.region_id = p.id
WHERE c.product_id IS NULL
ORDER BY lines DESC, g.sku, p.code
"""


def gap_summary(wish: GapWish) -> list[GapCell]:
    """Gaps by category and province. One query."""
    sql, params = _framed(wish, _SUMMARY)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [GapCell(*row) for row in cursor.fetchall()]


def gaps(wish: GapWish, *, offset: int, limit: int) -> list[Gap]:
    """Some of the gaps, those with the most lines reported lately first, then by SKU and place. One query."""
    sql, params = _framed(wish, _list_sql(wish) + " LIMIT %(limit)s OFFSET %(offset)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "limit": limit, "offset": offset})
        return [Gap(*row) for row in cursor.fetchall()]


def every_gap(wish: GapWish) -> Iterator[Gap]:
    """All of them in the same order, held by the database and not by us."""
    sql, params = _framed(wish, _list_sql(wish))
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from (Gap(*row) for row in rows)


def _list_sql(wish: GapWish) -> str:
    return _LIST.format(reported="" if wish.reported else "LEFT")


def _framed(wish: GapWish, question: str) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"on": wish.on, "since": wish.on - timedelta(days=RECENT_DAYS)}
    of_places = of_goods = ""
    if wish.province:
        of_places = " AND p.code = %(province)s"
        params["province"] = wish.province
    if wish.category:
        of_goods += " AND category = %(category)s"
        params["category"] = wish.category
    if wish.words:
        of_goods += " AND (sku ILIKE %(words)s OR name_zh ILIKE %(words)s OR name_en ILIKE %(words)s)"
        params["words"] = pattern_of(wish.words)
    return _FRAME.format(of_places=of_places, of_goods=of_goods) + question, params


def pattern_of(words: str) -> str:
    """Words to be found anywhere in a text, as a pattern of ``LIKE``."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
