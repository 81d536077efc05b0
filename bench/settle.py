"""How long it takes to settle a half-month for a whole company, beside the least it could take.

    python bench/settle.py --dealers 10000 --lines 5000000
    python bench/settle.py --lines 100000 --lines 10000000

Makes a scratch database with the sale lines of one half-month and the tallies intake keeps beside them, reported by
every dealer once a day, and something of every kind of statement line (`bench/books.py`), then calculates, puts up and
approves the half-month, and asks for the pages that show it. The floor, in the same run and database: one sequential
aggregate over those sale lines, and `COPY` of every row the settlement leaves behind (statements, lines with their
proofs, postings, accruals, payables, settled credits) into plain copies of their tables, without index, key or trigger.
Both ratios are told: by the clock, and by the processor time of this process and of its session's server process, which
other work on the machine does not change; nothing runs in parallel. Of several sizes the scaling exponent between the
smallest and the largest is told: 1 would mean that twice the lines take twice the time.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import Cost, alone, cost_of, peak_megabytes
from bench.scratch import scratch_database

RESULTS = (
    "settlement_statement",
    "settlement_statementline",
    "settlement_journaltransaction",
    "settlement_journalentry",
    "settlement_payable",
    "settlement_reviewitem",
    "rebates_accrual",
    "rebates_creditsettlement",
    "dealers_webhookevent",
)
Result = dict[str, float | int | str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, action="append", help="several may be given; 1000000 if none is")
    parser.add_argument("--deliveries", type=int, default=15, help="deliveries per dealer in the half-month")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = [one_size(options, lines) for lines in sorted(options.lines or [1_000_000])]
    exponent = scaling_exponent(found[0], found[-1]) if len(found) > 1 else None
    if options.json:
        print(json.dumps({"sizes": found, "scaling exponent": exponent}))
        return
    for result in found:
        for name, value in result.items():
            shown = f"{value:>14,.3f}" if isinstance(value, float) else f"{value:>14,}"
            print(f"{name:34} {shown}")
        print()
    if exponent is not None:
        print(f"{'scaling exponent':34} {exponent:>14,.3f}")


def one_size(options: argparse.Namespace, lines: int) -> Result:
    """Measured in a database of its own."""
    with scratch_database("settle"):
        from bench.books import fill

        alone()
        fill(dealers=options.dealers, lines=lines, deliveries=options.deliveries)
        return measure(lines, options.shards, options.profile)


def scaling_exponent(small: Result, large: Result) -> float:
    """By how much the processor time of settling grows with the lines, as a power of them."""
    times = float(large["settle, processor seconds"]) / float(small["settle, processor seconds"])
    return math.log(times) / math.log(float(large["sale lines"]) / float(small["sale lines"]))


def measure(lines: int, shards: int, profile: bool) -> Result:
    from bench.books import PERIOD as period
    from dealers.choices import Role
    from settlement.services.approval import approve_run, put_up_for_review
    from settlement.services.calculation import calculate_run
    from tests import factories

    approver = factories.User(role=Role.FINANCE_APPROVER)
    at = period.ends_at

    def calculate() -> None:
        calculate_run(period=period, shards=shards, actor=None, at=at)

    def approve() -> None:
        put_up_for_review(period=period, actor=None, at=at)
        approve_run(period=period, actor=approver, at=at)

    memory_before = peak_megabytes()
    calculating = cost_of(_profiled(calculate) if profile else calculate)
    approving = cost_of(_profiled(approve) if profile else approve)
    memory = peak_megabytes()
    aggregate = _median([cost_of(_aggregate) for _ in range(3)])
    copying, rows = _copy_floor()
    settling, floor = calculating + approving, aggregate + copying
    return {
        "sale lines": lines,
        **rows,
        "calculate, seconds": calculating.seconds,
        "approve, seconds": approving.seconds,
        "settle, seconds": settling.seconds,
        "settle, processor seconds": settling.processor,
        "of which Python": settling.own,
        "of which PostgreSQL": settling.database,
        "floor: aggregate, seconds": aggregate.seconds,
        "floor: copy, seconds": copying.seconds,
        "floor, seconds": floor.seconds,
        "floor, processor seconds": floor.processor,
        "ratio": settling.seconds / floor.seconds,
        "ratio by processor time": settling.processor / floor.processor,
        "microseconds per line": settling.seconds / lines * 1e6,
        "peak memory, MB": memory,
        "of which before settling, MB": memory_before,
        **page_answers(str(period)),
    }


def page_answers(period: str) -> Result:
    """Milliseconds of the pages that show a settled half-month, each the median of seven answers."""
    from django.test import Client

    from dealers.choices import Role
    from tests import factories

    clerk = Client(HTTP_HOST="localhost")
    clerk.force_login(
        factories.User(role=Role.FINANCE_CLERK, language="en"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = {
        "run": f"/settlement-runs/{period}/",
        "report": f"/finance-report/?period={period}",
        "year": "/finance-report/year/?year=2026",
        "statements": f"/statements/?period={period}",
        "statement": f"/statements/{period}/D000007/",
        "line": f"/statements/{period}/D000007/lines/1/",
    }
    found: Result = {}
    for name, address in pages.items():
        assert clerk.get(address).status_code == 200, address
        found[f"page {name}, ms"] = (
            statistics.median(_seconds(lambda at=address: clerk.get(at)) for _ in range(7)) * 1000
        )
    return found


def _aggregate() -> None:
    from django.db import connection, transaction

    from bench.books import PERIOD

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(
            "SELECT dealer_id, sum(quantity * unit_price) FILTER (WHERE verdict IN (1, 2, 5, 6) AND flags & 3 = 0)"
            " FROM pricing_saleline WHERE sold_on >= %s AND sold_on < %s GROUP BY dealer_id",
            [PERIOD.start, PERIOD.end],
        )
        cursor.fetchall()


def _median(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.processor)[len(costs) // 2]


def _copy_floor() -> tuple[Cost, Result]:
    """What it costs to copy the result rows into plain tables: the median of three, each into empty ones."""
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

        costs = []
        for _ in range(3):
            costs.append(cost_of(copy))
            for table in RESULTS:
                cursor.execute(f"TRUNCATE plain_{table}")
    return _median(costs), rows


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


if __name__ == "__main__":
    main()
