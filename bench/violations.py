"""How long it takes to gather the violations of a whole company.

    python bench/violations.py --lines 1000000 --dealers 10000

Makes a scratch database and fills it with judged sale lines of a half-month, a tenth of them in breach. Gathers them
all, gathers again with nothing to do, then after one dealer's lines changed. The floor is one aggregate over the same
lines in the same run: by dealer and verdict, with the sum of the amounts.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import scratch_database, settled_tables
from bench.sweep import timed, timed_with_result

PERIOD = "2026-11-H1"
AT = datetime(2026, 11, 18, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("violations"):
        result = measure(options.lines, options.dealers)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:42} {value:>12,.3f}" if isinstance(value, float) else f"{name:42} {value:>12,}")


def measure(lines: int, dealers: int) -> dict[str, float | int]:
    """Seconds of each gathering and of the list page's query, the floor of the same run, and their ratio."""
    from dealers.foundation.half_months import HalfMonth
    from dealers.models import User
    from pricing.models import Violation
    from pricing.selectors.ladder import ladder
    from pricing.selectors.violations import ViolationWish, narrowed_violations
    from pricing.services.violations.gathering import gather_violations

    fill(lines, dealers)
    floor = min(timed(one_aggregate) for _time in range(3))
    everything, found = timed_with_result(lambda: gather_violations(at=AT))
    idle = timed(lambda: gather_violations(at=AT))
    touch_one_dealer()
    one, _found = timed_with_result(lambda: gather_violations(at=AT))
    auditor = User(username="auditor", role="auditor")
    wish = ViolationWish(period=HalfMonth.parse(PERIOD), standing=1)
    page = timed(lambda: list(narrowed_violations(auditor, wish, ladder())[:51]))
    return {
        "sale lines": lines,
        "half-months of dealers": found.half_months,
        "violations": Violation.objects.count(),
        "seconds: floor, one aggregate": floor,
        "seconds: gather everything": everything,
        "seconds: gather with nothing to do": idle,
        "seconds: gather after one dealer's report": one,
        "seconds: a page of the list by ladder": page,
        "ratio: gather everything to floor": everything / floor,
    }


def fill(lines: int, dealers: int) -> None:
    """Dealers, one product with an enforced band, and lines: of ten one below the floor, of twenty one elsewhere."""
    execute(
        """
        INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
        SELECT 'B' || n, 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 1000000, '2026-01-01', 'active', now()
        FROM generate_series(1, %(dealers)s) n;
        INSERT INTO dealers_region (code, name_zh, name_en, kind, remote) VALUES ('P1', 'P1', 'P1', 'province', false);
        INSERT INTO dealers_product (sku, gtin, name_zh, name_en, category, industry)
        VALUES ('A1', '', 'A1', 'A1', 'c', 'fmcg');
        INSERT INTO pricing_priceband (product_id, scope, floor, ceiling, enforcement, valid, recorded_at)
        SELECT id, 'national', 900, 1200, 'enforced', '[2026-01-01,)', now() FROM dealers_product;
        INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
            quantity, unit_price, channel, customer, verdict, flags, band_id, reported_at, known_from, delivery_id)
        SELECT d.first + n %% %(dealers)s, 'S' || n, 1, 1, p.id, r.id,
            timestamptz '2026-11-01 10:00+08' + (n %% 15) * interval '1 day', date '2026-11-01' + n %% 15,
            1 + n %% 3, CASE WHEN m.below THEN 800 + n %% 97 ELSE 1000 END, 1, '',
            CASE WHEN m.below THEN 3 ELSE 1 END, CASE WHEN m.elsewhere THEN 1 ELSE 0 END, b.id, now(), now(), 1
        FROM generate_series(1, %(lines)s) n, dealers_product p, dealers_region r, pricing_priceband b,
            (SELECT min(id) AS first FROM dealers_dealer) d, LATERAL (SELECT
                (n * 7919::bigint / 13) %% 10 = 0 AS below, (n * 7919::bigint / 17) %% 20 = 7 AS elsewhere) m;
        INSERT INTO pricing_gatheringdue (dealer_id, period)
        SELECT DISTINCT dealer_id, %(period)s FROM pricing_saleline;
        """,
        {"lines": lines, "dealers": dealers, "period": period_number()},
    )
    settled_tables()


def touch_one_dealer() -> None:
    execute(
        """
        UPDATE pricing_saleline SET unit_price = unit_price - 1, revision = 2
        WHERE verdict = 3 AND dealer_id = (SELECT min(dealer_id) FROM pricing_saleline WHERE verdict = 3);
        INSERT INTO pricing_gatheringdue (dealer_id, period)
        SELECT min(dealer_id), %(period)s FROM pricing_saleline WHERE verdict = 3;
        """,
        {"period": period_number()},
    )


def period_number() -> int:
    from dealers.foundation.half_months import HalfMonth

    return HalfMonth.parse(PERIOD).ordinal


def one_aggregate() -> None:
    execute(
        "SELECT dealer_id, verdict, flags, count(*), sum(quantity * unit_price) FROM pricing_saleline"
        " WHERE sold_on >= '2026-11-01' AND sold_on < '2026-11-16' GROUP BY 1, 2, 3"
    )


def execute(sql: str, params: dict[str, object] | None = None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)


if __name__ == "__main__":
    main()
