"""How long it takes to settle a half-month for a whole company, beside the least it could take.

    python bench/settle.py --dealers 10000 --lines 1000000

Makes a scratch database with the sale lines of one half-month and the tallies intake keeps beside them, reported by
every dealer once a day, then calculates, puts up and approves the half-month. The floor, in the same run and
database: one sequential aggregate over those sale lines, and `COPY` of the same result rows (statements, lines,
entries, accruals) into plain copies of their tables, without index, key or trigger.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import scratch_database

PERIOD = "2026-11-H1"
RESULTS = ("settlement_statement", "settlement_statementline", "settlement_journalentry", "rebates_accrual")
Result = dict[str, float | int | str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--deliveries", type=int, default=15, help="deliveries per dealer in the half-month")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("settle"):
        fill(options.dealers, options.lines, options.deliveries)
        result = measure(options.lines, options.shards, options.profile)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        shown = f"{value:>14,.3f}" if isinstance(value, float) else f"{value:>14,}" if isinstance(value, int) else value
        print(f"{name:34} {shown}")


def fill(dealers: int, lines: int, deliveries: int) -> None:
    """The company, its sale lines, and the tallies of their deliveries."""
    from django.db import connection

    from dealers.foundation import clock
    from dealers.services.calendar import load_calendar
    from tests import factories

    factories.PolicyVersion()
    load_calendar(actor=None, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for sql in _COMPANY:
            cursor.execute(
                sql, {"dealers": dealers, "lines": lines, "per_dealer": max(1, lines // dealers), "days": deliveries}
            )
        cursor.execute("RESET synchronous_commit")
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT") if _is_superuser(cursor) else None


def _is_superuser(cursor: object) -> bool:
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def measure(lines: int, shards: int, profile: bool) -> Result:
    from dealers.choices import Role
    from dealers.foundation.half_months import HalfMonth
    from settlement.services.approval import approve_run, put_up_for_review
    from settlement.services.calculation import calculate_run
    from tests import factories

    period = HalfMonth.parse(PERIOD)
    approver = factories.User(role=Role.FINANCE_APPROVER)
    at = period.ends_at

    def calculate() -> None:
        calculate_run(period=period, shards=shards, actor=None, at=at)

    def approve() -> None:
        put_up_for_review(period=period, actor=None, at=at)
        approve_run(period=period, actor=approver, at=at)

    memory_before = _peak_megabytes()
    calculating = _seconds(_profiled(calculate) if profile else calculate)
    approving = _seconds(_profiled(approve) if profile else approve)
    memory = _peak_megabytes()
    aggregate = statistics.median(_seconds(_aggregate) for _ in range(3))
    copying, rows = _copy_floor()
    settling, floor = calculating + approving, aggregate + copying
    return {
        "sale lines": lines,
        **rows,
        "calculate, seconds": calculating,
        "approve, seconds": approving,
        "settle, seconds": settling,
        "floor: aggregate, seconds": aggregate,
        "floor: copy, seconds": copying,
        "floor, seconds": floor,
        "ratio": settling / floor,
        "microseconds per line": settling / lines * 1e6,
        "peak memory, MB": memory,
        "of which before settling, MB": memory_before,
    }


def _aggregate() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(
            "SELECT dealer_id, sum(quantity * unit_price) FILTER (WHERE verdict IN (1, 2, 5, 6) AND flags & 3 = 0)"
            " FROM pricing_saleline WHERE sold_on >= '2026-11-01' AND sold_on < '2026-11-16' GROUP BY dealer_id"
        )
        cursor.fetchall()


def _copy_floor() -> tuple[float, Result]:
    """Seconds to copy the result rows into plain tables: the median of three, each into empty ones."""
    from django.db import connection

    rows: Result = {}
    texts: dict[str, bytes] = {}
    with connection.cursor() as cursor:
        for table in RESULTS:
            buffer = io.BytesIO()
            cursor.copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT", buffer)
            texts[table] = buffer.getvalue()
            rows[f"rows of {table.partition('_')[2]}"] = texts[table].count(b"\n")
            cursor.execute(f"CREATE TABLE plain_{table} (LIKE {table})")

        def copy() -> None:
            for table, text in texts.items():
                cursor.copy_expert(f"COPY plain_{table} FROM STDIN", io.BytesIO(text), 1 << 20)

        seconds = []
        for _ in range(3):
            seconds.append(_seconds(copy))
            for table in RESULTS:
                cursor.execute(f"TRUNCATE plain_{table}")
    return statistics.median(seconds), rows


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _profiled(work: Callable[[], None]) -> Callable[[], None]:
    import cProfile
    import pstats

    def run() -> None:
        profiler = cProfile.Profile()
        profiler.runcall(work)
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(25)

    return run


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


_COMPANY = (
    """
    INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
    SELECT 'D' || lpad(n::text, 6, '0'), 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 10000000, '2026-01-01',
           'active', '2026-01-01' FROM generate_series(1, %(dealers)s) n
    """,
    """
    INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)
    SELECT id, 'T' || (1 + id %% 3), daterange('2026-01-01', NULL), '' FROM dealers_dealer
    """,
    """
    INSERT INTO dealers_product (sku, gtin, name_zh, name_en, category, industry)
    SELECT 'S' || n, '', 'S' || n, 'S' || n, 'category-' || n %% 8, 'fmcg' FROM generate_series(1, 200) n
    """,
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT d.id, 'N' || (n / 5), n %% 5, 1, p.first + (d.id * 7 + n * 13) %% 200, 1,
        moment, (moment AT TIME ZONE 'Asia/Shanghai')::date,
        CASE WHEN n %% 50 = 0 THEN -1 ELSE 1 + n %% 3 END, 10 + (d.id * 31 + n * 17) %% 9000 / 7.0, 1, '',
        CASE WHEN n %% 50 = 0 THEN 6 WHEN n %% 29 = 0 THEN 3 ELSE 1 END, CASE WHEN n %% 97 = 0 THEN 1 ELSE 0 END,
        moment, moment, 1
    FROM (SELECT min(id) AS first FROM dealers_product) p,
         generate_series(1, %(per_dealer)s) n,
         dealers_dealer d,
         LATERAL (SELECT timestamptz '2026-11-01 10:00+08' + make_interval(days => n %% 15) AS moment) m
    ORDER BY moment, d.id
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, lines, quantity, amount, earning_lines,
        earning, breach_lines, breach)
    SELECT l.dealer_id, p.category, 48644, max(l.known_from), count(*), sum(l.quantity), sum(l.quantity * l.unit_price),
        count(*) FILTER (WHERE earns), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE earns), 0),
        count(*) FILTER (WHERE verdict = 3), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE verdict = 3), 0)
    FROM (SELECT *, verdict IN (1, 2, 5, 6) AND flags & 3 = 0 AS earns FROM pricing_saleline) l
    JOIN dealers_product p ON p.id = l.product_id
    GROUP BY extract(day FROM l.sold_on)::int * %(days)s / 15, l.dealer_id, p.category ORDER BY 4
    """,
)

if __name__ == "__main__":
    main()
