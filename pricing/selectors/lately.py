"""What some dealers bought, sold and held in the last days of a window beside the days before, by category.

Asked for the few dealers whose bracket was crossed lately; a fixed number of queries for any number of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from dealers.foundation.clock import start_of_day
from dealers.selectors.purchases import MICROS
from pricing.selectors.earning import EARNS

_COUNTED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lately:
    """Amounts in micros, units as counted. ``recent`` are the last days, ``before`` the days of the window up to
    them; ``held_then`` is on the shelf when they began, ``held_now`` at the last count (None: not counted)."""

    bought_recent: int = 0
    units_bought_recent: int = 0
    earning_recent: int = 0
    units_sold_recent: int = 0
    units_sold_before: int = 0
    held_then: int | None = None
    held_now: int | None = None


def lately(dealers: Collection[int], *, first: date, split: date, until: date) -> Mapping[int, Mapping[str, Lately]]:
    """By dealer and category; the last days begin with ``split``. Four queries."""
    found: dict[int, dict[str, dict[str, int]]] = {}
    if not dealers:
        return {}
    params = {
        "dealers": sorted(dealers),
        "first": first,
        "split": split,
        "until": until,
        "split_at": start_of_day(split),
        "until_at": start_of_day(until),
        "within": _COUNTED_WITHIN,
    }
    for columns, sql in _QUERIES:
        for dealer_id, category, *values in _rows(sql, params):
            entry = found.setdefault(dealer_id, {}).setdefault(category, {})
            entry.update({name: int(value) for name, value in zip(columns, values, strict=True)})
    return {
        dealer_id: {category: Lately(**values) for category, values in by_category.items()}
        for dealer_id, by_category in found.items()
    }


def together(parts: Collection[Lately]) -> Lately:
    """Several categories as one; on hand is known when one of them was counted."""
    held_then = [part.held_then for part in parts if part.held_then is not None]
    held_now = [part.held_now for part in parts if part.held_now is not None]
    return Lately(
        sum(part.bought_recent for part in parts),
        sum(part.units_bought_recent for part in parts),
        sum(part.earning_recent for part in parts),
        sum(part.units_sold_recent for part in parts),
        sum(part.units_sold_before for part in parts),
        sum(held_then) if held_then else None,
        sum(held_now) if held_now else None,
    )


_BOUGHT = f"""
SELECT s.dealer_id, p.category, sum(s.quantity * s.unit_price) * {MICROS}, sum(s.quantity)
FROM dealers_shipment s JOIN dealers_product p ON p.id = s.product_id
WHERE s.dealer_id = ANY(%(dealers)s) AND s.shipped_on >= %(split)s AND s.shipped_on < %(until)s
GROUP BY 1, 2
"""
_SOLD = f"""
SELECT x.dealer_id, p.category,
       coalesce(sum(x.quantity * x.unit_price) FILTER (WHERE {EARNS} AND x.sold_on >= %(split)s), 0) * {MICROS},
       coalesce(sum(x.quantity) FILTER (WHERE x.sold_on >= %(split)s), 0),
       coalesce(sum(x.quantity) FILTER (WHERE x.sold_on < %(split)s), 0)
FROM pricing_saleline x JOIN dealers_product p ON p.id = x.product_id
WHERE x.dealer_id = ANY(%(dealers)s) AND x.sold_on >= %(first)s AND x.sold_on < %(until)s
GROUP BY 1, 2
"""
#: The newest count of every product within a week before an instant, its warehouses together.
_HELD = """
SELECT c.dealer_id, p.category, sum(c.on_hand) FROM (
    SELECT DISTINCT ON (i.dealer_id, i.product_id) i.dealer_id, i.product_id, sum(i.on_hand) AS on_hand
    FROM dealers_inventoryline i
    WHERE i.dealer_id = ANY(%(dealers)s) AND i.as_of < %({at})s AND i.as_of >= %({at})s - %(within)s
    GROUP BY i.dealer_id, i.product_id, i.as_of
    ORDER BY i.dealer_id, i.product_id, i.as_of DESC
) c JOIN dealers_product p ON p.id = c.product_id
GROUP BY 1, 2
"""
_QUERIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("bought_recent", "units_bought_recent"), _BOUGHT),
    (("earning_recent", "units_sold_recent", "units_sold_before"), _SOLD),
    (("held_then",), _HELD.format(at="split_at")),
    (("held_now",), _HELD.format(at="until_at")),
)


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
