"""How long a backtest of six half-months takes, beside calculating the same six half-months live.

    python bench/backtest.py --dealers 10000

Makes a scratch database with six half-months of tallies for every dealer, closes them one after another, then tries a
draft policy on all six. The floor, in the same run: the seconds of the six live calculations, without their approvals.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import peak_megabytes
from bench.scratch import scratch_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--half-months", type=int, default=6)
    parser.add_argument("--deliveries", type=int, default=15, help="deliveries per dealer and half-month")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("backtest"):
        found = measure(options.dealers, options.half_months, options.deliveries)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:34} {value:>14,.3f}" if isinstance(value, float) else f"{name:34} {value:>14,}")


def measure(dealers: int, count: int, deliveries: int) -> dict[str, float | int]:
    from bench.books import fill_half_months
    from bench.scratch import settled_tables
    from dealers.choices import Role
    from dealers.foundation.half_months import HalfMonth
    from dealers.models import PolicyVersion
    from settlement.services.approval import approve_run, put_up_for_review
    from settlement.services.backtesting import backtest
    from settlement.services.calculation import calculate_run
    from tests import factories

    first = HalfMonth.parse("2026-07-H1")
    periods = [HalfMonth.from_ordinal(first.ordinal + number) for number in range(count)]
    fill_half_months(dealers=dealers, first=first, count=count, deliveries=deliveries)
    approver = factories.User(role=Role.FINANCE_APPROVER)
    live = 0.0
    for period in periods:
        started = time.perf_counter()
        calculate_run(period=period, actor=None, at=period.ends_at)
        live += time.perf_counter() - started
        put_up_for_review(period=period, actor=None, at=period.ends_at)
        approve_run(period=period, actor=approver, at=period.ends_at)
    settled_tables()
    before = peak_megabytes()
    started = time.perf_counter()
    answer = backtest(dearer(PolicyVersion.objects.get()), first=periods[0], last=periods[-1], at=periods[-1].ends_at)
    seconds = time.perf_counter() - started
    assert answer.outcome.winners > dealers // 4, "the draft was not tried"
    return {
        "dealers": dealers,
        "half-months": count,
        "rows of the answer": len(answer.rows),
        "live calculations, seconds": live,
        "backtest, seconds": seconds,
        "ratio": seconds / live,
        "peak memory, MB": peak_megabytes(),
        "of which before the backtest, MB": before,
    }


def dearer(version: object) -> object:
    """The policy in force with one percent more in every bracket of its first program."""
    document = json.loads(json.dumps(version.document))  # type: ignore[attr-defined]
    for bracket in document["rebates"]["programs"][0]["brackets"]:
        bracket["rate"] = f"{float(bracket['rate']) + 0.01:.3f}"
    version.document, version.digest = document, "draft"  # type: ignore[attr-defined]
    return version


if __name__ == "__main__":
    main()
