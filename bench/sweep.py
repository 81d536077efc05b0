"""How long one sweep of the sync clock takes for a whole company.

    python bench/sweep.py --dealers 100000

Makes a scratch database, fills it with dealers of whom a tenth stopped reporting, sweeps, sweeps again, lets
everyone catch up, and sweeps a third time. The floor is one sequential read of the same clock rows in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import scratch_database

FIRST_DAY, SWEEP_DAY = "2026-05-01", "2026-05-20"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=100_000)
    parser.add_argument("--outages", type=int, default=200, help="outages of ours on record")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("sweep"):
        result = measure(options.dealers, outages=options.outages)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:34} {value:>12,.3f}" if isinstance(value, float) else f"{name:34} {value:>12,}")


def measure(dealers: int, *, outages: int = 0) -> dict[str, float | int]:
    """Seconds of each sweep, the floor of the same run, and their ratio."""
    from datetime import date, timedelta

    from django.db import connection

    from dealers.choices import Feed
    from dealers.foundation.clock import start_of_day
    from dealers.selectors.sync import SweepTerms
    from dealers.services.sync import sweep_sync

    day = timedelta(days=1)
    terms = SweepTerms(
        interval=day,
        grace=day,
        onboarding_days=7,
        feeds=frozenset({Feed.INVENTORY, Feed.SALES}),
        lift_automatically=True,
        first_policy_day=date.fromisoformat(FIRST_DAY),
    )
    at = start_of_day(date.fromisoformat(SWEEP_DAY)) + timedelta(hours=12)
    fill(dealers, silent_every=10, outages=outages)
    floor = timed(lambda: read_everything(connection))
    first, placing = timed_with_result(lambda: sweep_sync(terms=terms, at=at))
    second, idle = timed_with_result(lambda: sweep_sync(terms=terms, at=at))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dealers_syncclock SET inventory_at = %s, sales_days = datemultirange(daterange(%s, %s))",
            [at, FIRST_DAY, SWEEP_DAY],
        )
    third, lifting = timed_with_result(lambda: sweep_sync(terms=terms, at=at + timedelta(minutes=15)))
    return {
        "dealers": dealers,
        "holds placed": len(placing.placed),
        "holds placed by the second sweep": len(idle.placed),
        "holds lifted": len(lifting.lifted),
        "seconds: floor, one read": floor,
        "seconds: sweep that places": first,
        "seconds: sweep with nothing to do": second,
        "seconds: sweep that lifts": third,
        "ratio: idle sweep to floor": second / floor,
    }


def fill(dealers: int, *, silent_every: int, outages: int = 0) -> None:
    """Dealers with a contract and a clock; each ``silent_every``-th has not reported for three days."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
            SELECT 'B' || n, 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 1000000, '2026-01-01', 'active', now()
            FROM generate_series(1, %s) n
            """,
            [dealers],
        )
        cursor.execute(
            """
            INSERT INTO dealers_syncclock (dealer_id, inventory_at, sales_days)
            SELECT id, CASE WHEN id %% %s = 0 THEN %s::timestamptz - interval '3 days' ELSE %s::timestamptz END,
                   datemultirange(daterange(%s::date, CASE WHEN id %% %s = 0 THEN %s::date - 3 ELSE %s::date END))
            FROM dealers_dealer
            """,
            [silent_every, SWEEP_DAY, SWEEP_DAY, FIRST_DAY, silent_every, SWEEP_DAY, SWEEP_DAY],
        )
        cursor.execute(
            """
            INSERT INTO dealers_systemoutage (span, reason, recorded_at, revoke_reason)
            SELECT tstzrange(%s::timestamptz - n * interval '2 days', %s::timestamptz - n * interval '2 days'
                             + interval '5 minutes'), 'silence', now(), ''
            FROM generate_series(1, %s) n
            """,
            [SWEEP_DAY, SWEEP_DAY, outages],
        )
        cursor.execute("ANALYZE")


def read_everything(connection) -> None:  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(inventory_at), max(sales_days::text)"
            " FROM dealers_syncclock c JOIN dealers_dealer d ON d.id = c.dealer_id"
        )
        cursor.fetchall()


def timed(work) -> float:  # type: ignore[no-untyped-def]
    return timed_with_result(work)[0]


def timed_with_result(work):  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
