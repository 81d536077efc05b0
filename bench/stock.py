"""How long the stock check of a whole company takes.

    python bench/stock.py --dealers 5000 --lines 1000000

Makes a scratch database and fills it with sales, weekly shipments and weekly counts that agree with them, but for
planted faults: every 500th shelf loses 30 units. Checks twice and reports seconds, what was found against what was
planted, and peak memory. The floor is one aggregate by dealer and product over the same sales, shipments and counts in
the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import peak_megabytes
from bench.scratch import scratch_database
from bench.sweep import timed, timed_with_result

FLOOR = "SELECT count(*) FROM (SELECT sum({1}) FROM {0} GROUP BY dealer_id, product_id) s"
SOURCES = (("pricing_saleline", "quantity"), ("dealers_shipment", "quantity"), ("dealers_inventoryline", "on_hand"))
FIRST_DAY, WEEKS, EVERY, LOST = date(2026, 3, 1), 8, 500, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=5_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--shelves", type=int, default=20, help="products a dealer keeps")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("stock"):
        result = measure(options.dealers, options.lines, options.shelves, options.shards)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:38} {value:>12,.3f}" if isinstance(value, float) else f"{name:38} {value:>12,}")


def measure(dealers: int, lines: int, shelves: int, shards: int) -> dict[str, float | int]:
    """Seconds of the check and of the layers, the floor of the same run, and their ratio."""
    from dealers.foundation.clock import start_of_day
    from dealers.selectors.stock_layers import layered_stock
    from pricing.services.stock_check import check_stock

    at = start_of_day(FIRST_DAY + timedelta(days=WEEKS * 7 + 3))
    fill(dealers, lines, shelves)
    floor = timed(lambda: [asked(FLOOR.format(*source)) for source in SOURCES])
    before = peak_megabytes()
    first, found = timed_with_result(lambda: check_stock(at=at, shards=shards))
    second, again = timed_with_result(lambda: check_stock(at=at, shards=shards))
    layers, shelves_seen = timed_with_result(lambda: sum(1 for _found in layered_stock(at=at)))
    ((counts,),) = asked("SELECT count(*) FROM dealers_inventoryline")
    ((shipments,),) = asked("SELECT count(*) FROM dealers_shipment")
    return {
        "dealers": dealers,
        "sale lines": lines,
        "counts": counts,
        "shipments": shipments,
        "faults planted": dealers * shelves // EVERY,
        "found": found.standing,
        "new in the second check": again.new,
        "seconds: floor, one aggregate each": floor,
        "seconds: check": first,
        "seconds: check again": second,
        "microseconds per event": first * 1e6 / (lines + counts + shipments),
        "ratio: check to floor": first / floor,
        "shelves laid to receipts": shelves_seen,
        "seconds: layers of everybody": layers,
        "megabytes before": before,
        "megabytes at most": peak_megabytes(),
    }


def asked(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def fill(dealers: int, lines: int, shelves: int) -> None:
    """Dealers with a clock that has every day, their sales, and what was shipped and counted to agree with them."""
    params = {
        "dealers": dealers,
        "lines": lines,
        "shelves": shelves,
        "first": FIRST_DAY.isoformat(),
        "weeks": WEEKS,
        "every": EVERY,
        "lost": LOST,
    }
    for sql in FILLING:
        asked(sql, params)


#: A shelf is a dealer and a product; its number decides whether it is one that loses units in the fourth week.
FILLING = (
    """
    INSERT INTO dealers_product (sku, name_zh, name_en, category, industry, gtin)
    SELECT 'B' || n, 'B' || n, 'B' || n, 'c', 'fmcg', '' FROM generate_series(1, %(shelves)s) n
    """,
    """
    INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
    SELECT 'B' || n, 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 1000000, '2026-01-01', 'active', now()
    FROM generate_series(1, %(dealers)s) n
    """,
    """
    INSERT INTO dealers_syncclock (dealer_id, sales_days)
    SELECT id, datemultirange(daterange('2026-01-01', '2026-12-31')) FROM dealers_dealer
    """,
    """
    CREATE TEMP TABLE shelf AS
    SELECT d.id AS dealer_id, p.id AS product_id, row_number() OVER (ORDER BY d.id, p.id) AS number
    FROM dealers_dealer d CROSS JOIN dealers_product p
    """,
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT s.dealer_id, 'B' || n, 1, 1, s.product_id, 1, t.at, (t.at AT TIME ZONE 'Asia/Shanghai')::date, 1 + n %% 3,
        10, 1, '', 1, 0, t.at, t.at, 1
    FROM generate_series(1, %(lines)s) n
    JOIN shelf s ON s.number = 1 + (n::bigint * 7919) %% (SELECT count(*) FROM shelf),
    LATERAL (SELECT %(first)s::timestamptz + (n::bigint * 104729 %% (%(weeks)s * 7 * 86400)) * interval '1 second')
        AS t(at)
    """,
    """
    INSERT INTO dealers_shipment (doc_no, line_no, dealer_id, product_id, quantity, unit_price, shipped_at, shipped_on,
        known_from, delivery_id)
    SELECT 'F' || w || '-' || number, 1, dealer_id, product_id, 5 + number %% 7, 8, t.at,
        (t.at AT TIME ZONE 'Asia/Shanghai')::date, t.at, 1
    FROM shelf CROSS JOIN generate_series(0, %(weeks)s - 1) w,
    LATERAL (SELECT %(first)s::timestamptz + w * interval '7 days' + interval '9 hours') t(at)
    """,
    """
    INSERT INTO dealers_inventoryline (dealer_id, as_of, product_id, warehouse, on_hand, in_transit, known_from,
        delivery_id)
    SELECT dealer_id, at, product_id, '', 1000 + sum(units) OVER running, 0, at, 1 FROM (
        SELECT s.dealer_id, s.product_id, m.week, m.at,
            CASE WHEN s.number %% %(every)s = 0 AND m.week = 4 THEN -%(lost)s ELSE 0 END
            + coalesce((SELECT sum(quantity) FROM dealers_shipment f WHERE f.dealer_id = s.dealer_id
                AND f.product_id = s.product_id AND f.shipped_at >= m.at - interval '7 days'
                AND f.shipped_at < m.at), 0)
            - coalesce(sold.units, 0) AS units
        FROM shelf s
        CROSS JOIN (SELECT week, %(first)s::timestamptz + week * interval '7 days' AS at
                    FROM generate_series(0, %(weeks)s) week) m
        LEFT JOIN (
            SELECT dealer_id, product_id, ceil(extract(epoch FROM sold_at - %(first)s::timestamptz + interval '1 us')
                / 604800)::int AS week, sum(quantity) AS units
            FROM pricing_saleline GROUP BY 1, 2, 3
        ) sold ON (sold.dealer_id, sold.product_id, sold.week) = (s.dealer_id, s.product_id, m.week)
    ) moved WINDOW running AS (PARTITION BY dealer_id, product_id ORDER BY week)
    """,
    "ANALYZE",
)


if __name__ == "__main__":
    main()
