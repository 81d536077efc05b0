"""The whole set of bands on one day against another: what was added, ended or changed; set-based."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from pricing.models import PriceBand
from pricing.selectors.band_coverage import pattern_of

ADDED, ENDED, CHANGED = "added", "ended", "changed"
KINDS = (ADDED, CHANGED, ENDED)


@dataclass(frozen=True, slots=True)
class ComparisonWish:
    """Which two days, and which part of the bands."""

    before: date
    after: date
    words: str = ""
    category: str = ""
    scope: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One series: its band on the earlier day and on the later one, either of which may be missing."""

    kind: str
    before: PriceBand | None
    after: PriceBand | None

    @property
    def band(self) -> PriceBand:
        found = self.after or self.before
        assert found is not None, "a difference has a band on one of its days"
        return found


def count_differences(wish: ComparisonWish) -> dict[str, int]:
    """How many series differ, by kind. One query."""
    sql, params = _differing(wish, with_kind=False)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, count(*) FROM ({sql}) d GROUP BY 1", params)
        found = dict(cursor.fetchall())
    return {kind: found.get(kind, 0) for kind in KINDS}


def differences(wish: ComparisonWish, *, offset: int, limit: int) -> list[Difference]:
    """Some of the differing series, by SKU and place. Two queries for any number of bands."""
    sql, params = _differing(wish, with_kind=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, before_id, after_id FROM ({sql}) d"
            " ORDER BY sku, scope DESC, region_id NULLS LAST, city_tier LIMIT %s OFFSET %s",
            [*params, limit, offset],
        )
        rows = cursor.fetchall()
    ids = [band_id for _kind, *pair in rows for band_id in pair if band_id is not None]
    bands = PriceBand.objects.select_related("product", "region", "legal_basis").in_bulk(ids)
    return [Difference(kind, bands.get(before), bands.get(after)) for kind, before, after in rows]


def _differing(wish: ComparisonWish, *, with_kind: bool) -> tuple[str, list[Any]]:
    narrowed, params = "", []
    for condition, value in (
        ("(p.sku ILIKE %s OR p.name_zh ILIKE %s OR p.name_en ILIKE %s)", wish.words),
        ("p.category = %s", wish.category),
        ("b.scope = %s", wish.scope),
    ):
        if value:
            narrowed += f" AND {condition}"
            params += [pattern_of(value)] * 3 if value is wish.words else [value]
    day = f"""
        SELECT b.*, p.sku FROM pricing_priceband b JOIN dealers_product p ON p.id = b.product_id
        WHERE b.superseded_at IS NULL AND b.valid @> %s::date{narrowed}
    """
    content = "({0}.floor, {0}.ceiling, {0}.enforcement, {0}.legal_basis_id)".format
    key = "(product_id, scope, coalesce(region_id, 0), coalesce(city_tier, 0))"
    sides = ", ".join(f"coalesce(a.{name}, b.{name}) AS {name}" for name in ("sku", "scope", "region_id", "city_tier"))
    sql = f"""
        SELECT {sides}, a.id AS before_id, b.id AS after_id,
            CASE WHEN a.id IS NULL THEN '{ADDED}' WHEN b.id IS NULL THEN '{ENDED}' ELSE '{CHANGED}' END AS kind
        FROM (SELECT *, {key} AS key FROM ({day}) x) a
        FULL JOIN (SELECT *, {key} AS key FROM ({day}) y) b USING (key)
        WHERE {content("a")} IS DISTINCT FROM {content("b")}
    """
    asked = [wish.before, *params, wish.after, *params]
    if with_kind and wish.kind:
        return f"SELECT * FROM ({sql}) k WHERE kind = %s", [*asked, wish.kind]
    return sql, asked
