"""How fast sales are taken in, beside a plain COPY of the same rows into the same table on the same machine.

    .venv/bin/python bench/intake.py --lines 1000000 --again 5000000 [--json]

A ratio of 0.5 means: checking, judging, merging and adding up cost as much again as merely storing the rows. The
intake keeps two cores busy and the plain COPY one; on a machine that does other things at the same time look at
``ratio_by_processor``, which compares the processor time of the busier of our two processes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import backend_seconds, peak_megabytes
from bench.scratch import scratch_database

RECEIVED_AT = datetime(2026, 11, 20, tzinfo=UTC)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--again", type=int, default=0, help="measure the intake of so many lines as well")
    options.add_argument("--dealers", type=int, default=10_000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found: dict[str, Any] = {}
    with scratch_database("intake"):
        from bench.company import build_company

        company = build_company(dealers=asked.dealers)
        found["intake"] = take_in(company, asked.lines)
        found["plain_copy"] = plain_copy(asked.lines)
        found["ratio"] = round(found["plain_copy"]["seconds"] / found["intake"]["seconds"], 3)
        busiest = max(found["intake"]["processor_python"], found["intake"]["processor_database"])
        found["ratio_by_processor"] = round(found["plain_copy"]["processor_database"] / busiest, 3)
        if asked.again:
            empty_tables()
            found["again"] = take_in(company, asked.again)
            growth = found["again"]["microseconds_per_line"] / found["intake"]["microseconds_per_line"] - 1
            found["growth_per_line"] = round(growth, 3)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{name:<12}" + "  ".join(f"{key} {figure}" for key, figure in value.items()))
        else:
            print(f"{name:<20}{value}")


def take_in(company: Any, lines: int) -> dict[str, Any]:
    """Write a file of sales and take it in; what it cost, by part."""
    from bench.company import write_sales
    from dealers.choices import Door
    from dealers.models import FilePart
    from pricing.services.intake import TableReport, checking, merging, parts, take_in_parts

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = Path(folder, "sales.csv")
        write_sales(path, company, lines=lines, first_day=date(2026, 11, 1), days=15)
        spent: dict[str, float] = {}
        before = resident_megabytes()
        processor = backend_seconds()
        own = time.process_time()
        start = time.perf_counter()
        with (
            timed(spent, "check_and_judge", checking.LinePass, "check"),
            timed(spent, "database", merging.Merger, "_merge"),
            timed(spent, "wait_for_database", merging.Merger, "finish"),
            timed(spent, "days", parts, "cover_days"),
        ):
            delivery = take_in_parts(
                source=TableReport(path),
                dealer=None,
                door=Door.COMMAND,
                actor_label="bench",
                handed_over_at=RECEIVED_AT,
            )
        seconds = time.perf_counter() - start
        spent["processor_python"] = time.process_time() - own
        spent["processor_database"] = backend_seconds() - processor
        assert delivery.accepted == lines, delivery.__dict__
    return {
        "lines": lines,
        "seconds": round(seconds, 2),
        "parts": FilePart.objects.filter(intake=delivery.pk).count() or 1,
        "lines_per_second": round(lines / seconds),
        "microseconds_per_line": round(seconds / lines * 1e6, 2),
        **{part: round(duration, 2) for part, duration in spent.items()},
        "megabytes_before": before,
        "megabytes_peak": peak_megabytes(),
    }


def plain_copy(lines: int) -> dict[str, Any]:
    """COPY of the rows that the intake stored, in the order of the file, into a table with the same indexes."""
    from django.db import connection

    with tempfile.TemporaryFile(dir="/var/tmp") as file, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (LIKE pricing_saleline INCLUDING ALL)")
        cursor.copy_expert("COPY (SELECT * FROM pricing_saleline ORDER BY sold_at, doc_no, line_no) TO STDOUT", file)
        file.seek(0)
        processor = backend_seconds()
        start = time.perf_counter()
        cursor.copy_expert("COPY plain FROM STDIN", file, 1 << 20)
        seconds = time.perf_counter() - start
        busy = backend_seconds() - processor
        cursor.execute("DROP TABLE plain")
    return {
        "seconds": round(seconds, 2),
        "lines_per_second": round(lines / seconds),
        "processor_database": round(busy, 2),
    }


def empty_tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE pricing_saleline, pricing_salestally, dealers_feedday, dealers_syncclock")


def resident_megabytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


@contextmanager
def timed(spent: dict[str, float], part: str, owner: Any, name: str) -> Iterator[None]:
    """Add up the time spent in a function."""
    original = getattr(owner, name)
    spent[part] = 0.0

    def measured(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            spent[part] += time.perf_counter() - start

    setattr(owner, name, measured)
    try:
        yield
    finally:
        setattr(owner, name, original)


if __name__ == "__main__":
    main()
