"""How long it takes to tell what a proposal of many list prices costs in price protection.

    python bench/estimate.py --dealers 1000 --products 1000

Makes a scratch database in which every dealer counted every product twice and received it twice within the month, and
asks what it costs that all prices fall. The floor, in the same run: one aggregate over the same counts and receipts.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import alone, cost_of, peak_megabytes
from bench.scratch import scratch_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=1_000)
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("estimate"):
        alone()
        found = measure(options.dealers, options.products)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:34} {value:>14,.3f}" if isinstance(value, float) else f"{name:34} {value:>14,}")


def measure(dealers: int, products: int) -> dict[str, float | int]:
    from bench.books import PERIOD
    from bench.scratch import settled_tables
    from dealers.models import Product
    from rebates.selectors.price_falls import PriceFall
    from rebates.selectors.price_protection import DealerSum, terms_of
    from rebates.selectors.protection_estimates import sums_in_parts
    from tests import factories

    policy = factories.PolicyVersion()
    _fill(dealers, products)
    settled_tables()
    before = peak_megabytes()
    day = PERIOD.start + timedelta(days=4)
    falls = [PriceFall(pk, day, 100, 90) for pk in Product.objects.values_list("pk", flat=True)]  # type: ignore[arg-type]
    sums: list[DealerSum] = []

    def estimate() -> None:
        sums.extend(sums_in_parts(falls, terms_of(policy), at=falls[0].at, on_progress=lambda _percent: None))

    cost = cost_of(estimate)
    peak = peak_megabytes()
    assert sum(row.products for row in sums) == dealers * products, "every product is credited"
    floor = cost_of(_floor)
    return {
        "dealers": dealers,
        "products": products,
        "credited, yuan": sum(row.amount for row in sums) // 100,
        "estimate, seconds": cost.seconds,
        "estimate, processor seconds": cost.processor,
        "of which Python": cost.own,
        "of which PostgreSQL": cost.database,
        "floor, seconds": floor.seconds,
        "floor, processor seconds": floor.processor,
        "ratio by processor time": cost.processor / floor.processor,
        "microseconds per pair": cost.processor / (dealers * products) * 1e6,
        "peak memory, MB": peak,
        "of which before, MB": before,
    }


def _fill(dealers: int, products: int) -> None:
    from django.db import connection

    from bench.books import COMPANY

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(COMPANY[0], {"dealers": dealers})
        for sql in _STOCK:
            cursor.execute(sql, {"products": products})
        cursor.execute("RESET synchronous_commit")


def _floor() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("dealers_inventoryline", "dealers_shipment"):
            quantity = "on_hand" if table == "dealers_inventoryline" else "quantity"
            cursor.execute(f"SELECT dealer_id, product_id, sum({quantity}) FROM {table} GROUP BY 1, 2")
            cursor.fetchall()


_STOCK = (
    """
    INSERT INTO dealers_product (sku, gtin, name_zh, name_en, category, industry)
    SELECT 'S' || n, '', 'S' || n, 'S' || n, 'category-' || n %% 8, 'fmcg' FROM generate_series(1, %(products)s) n
    """,
    """
    INSERT INTO dealers_inventoryline (dealer_id, as_of, product_id, warehouse, on_hand, in_transit, known_from,
        delivery_id)
    SELECT d.id, at, p.id, '', 30, 0, at + interval '5 minutes', 1
    FROM unnest(ARRAY['2026-12-18 18:00+08', '2026-12-19 18:00+08']::timestamptz[]) at, dealers_dealer d,
        dealers_product p
    """,
    """
    INSERT INTO dealers_shipment (doc_no, line_no, dealer_id, product_id, quantity, unit_price, shipped_at, shipped_on,
        known_from, delivery_id)
    SELECT 'P' || d.id || '-' || p.id, s, d.id, p.id, 20, 80,
        '2026-12-01 10:00+08'::timestamptz + make_interval(days => s * 7), '2026-12-01'::date + s * 7,
        '2026-12-01 12:00+08'::timestamptz + make_interval(days => s * 7), 1
    FROM generate_series(1, 2) s, dealers_dealer d, dealers_product p
    """,
)


if __name__ == "__main__":
    main()
