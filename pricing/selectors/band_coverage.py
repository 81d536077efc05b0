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


#: Products and places of the question. A product's ``reach`` is the set of places its bands in force name: 0 the
#: country, negative a city tier, positive a region; a place is covered when one of its ``names`` is among them.
#: Products of the same reach have the same gaps, so that few combinations are reckoned however many products there are.
_FRAME = """
WITH places AS (
    SELECT r.id, r.code, r.name_zh, r.name_en, p.code AS province, p.name_zh AS province_zh, p.name_en AS province_en,
        ARRAY[r.id, coalesce(r.parent_id, r.id), -coalesce(r.city_tier, 0)]::bigint[] AS names
    FROM dealers_region r JOIN dealers_region p ON p.id = coalesce(r.parent_id, r.id)
    WHERE NOT EXISTS (SELECT FROM dealers_region c WHERE c.parent_id = r.id){of_places}
), goods AS (
    SELECT id, sku, name_zh, name_en, category FROM dealers_product WHERE true{of_goods}
), reaches AS (
    SELECT product_id, array_agg(DISTINCT place ORDER BY place) AS reach FROM (
        SELECT product_id,
            CASE scope WHEN 'national' THEN 0 WHEN 'city_tier' THEN -city_tier ELSE region_id END::bigint AS place
        FROM pricing_priceband WHERE superseded_at IS NULL AND valid @> %(on)s::date
    ) named GROUP BY 1
), bare AS (
    SELECT g.*, coalesce(b.reach, ARRAY[]::bigint[]) AS reach FROM goods g
    LEFT JOIN reaches b ON b.product_id = g.id WHERE NOT coalesce(0 = ANY(b.reach), false)
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
    SELECT g.category, p.province, 0, sum(g.goods), 0
    FROM (SELECT category, reach, count(*) AS goods FROM bare GROUP BY 1, 2) g
    JOIN places p ON NOT g.reach && p.names GROUP BY 1, 2
    UNION ALL
    SELECT g.category, p.province, 0, 0, sum(u.lines)
    FROM unjudged u JOIN bare g ON g.id = u.product_id JOIN places p ON p.id = u.region_id AND NOT g.reach && p.names
    GROUP BY 1, 2
) parts GROUP BY 1, 2 ORDER BY 1, 2
"""
_COLUMNS = """
SELECT g.sku, g.name_zh, g.name_en, g.category, p.code, p.name_zh, p.name_en, p.province_zh, p.province_en
"""
_REPORTED = f"""
{_COLUMNS}, u.lines FROM unjudged u
JOIN bare g ON g.id = u.product_id JOIN places p ON p.id = u.region_id AND NOT g.reach && p.names
ORDER BY u.lines DESC, g.sku, p.code
"""
#: By SKU as they come, so that a page ends as soon as it is full.
_SILENT = f"""
{_COLUMNS}, 0 FROM (SELECT * FROM bare ORDER BY sku) g CROSS JOIN LATERAL (
    SELECT * FROM places WHERE NOT g.reach && names ORDER BY code
) p
WHERE NOT EXISTS (SELECT FROM unjudged u WHERE u.product_id = g.id AND u.region_id = p.id)
ORDER BY g.sku, p.code
"""


def gap_summary(wish: GapWish) -> list[GapCell]:
    """Gaps by category and province. One query."""
    sql, params = _framed(wish, _SUMMARY)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [GapCell(*row) for row in cursor.fetchall()]


def gaps(wish: GapWish, *, offset: int, limit: int) -> list[Gap]:
    """Some gaps: those with the most lines reported lately first, then by SKU and place. At most three queries."""
    found = _rows(wish, _REPORTED, offset, limit)
    if wish.reported or len(found) == limit:
        return found
    before = offset + len(found) if found or not offset else _count(wish, _REPORTED)
    return found + _rows(wish, _SILENT, max(0, offset - before), limit - len(found))


def every_gap(wish: GapWish) -> Iterator[Gap]:
    """All of them in the same order, held by the database and not by us."""
    for question in (_REPORTED,) if wish.reported else (_REPORTED, _SILENT):
        sql, params = _framed(wish, question)
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from (Gap(*row) for row in rows)


def _rows(wish: GapWish, question: str, offset: int, limit: int) -> list[Gap]:
    sql, params = _framed(wish, question + " LIMIT %(limit)s OFFSET %(offset)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "limit": limit, "offset": offset})
        return [Gap(*row) for row in cursor.fetchall()]


def _count(wish: GapWish, question: str) -> int:
    frame, params = _framed(wish, "")
    with connection.cursor() as cursor:
        cursor.execute(f"{frame} SELECT count(*) FROM ({question}) q", params)
        return int(cursor.fetchone()[0])


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
