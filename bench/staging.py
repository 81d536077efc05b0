"""From how many rows on COPY through a temporary table is quicker than rows inside the statement.

    python bench/staging.py

Brings rows as wide as a staged sale line before PostgreSQL both ways and selects from them, each way in transactions of
its own, in turns: what a report of so many lines costs before it is merged. Answers `FEW_ROWS` in
`dealers/services/staging.py`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import cost_of
from bench.scratch import scratch_database

COUNTS = (1, 5, 10, 20, 50, 100, 200, 500)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with scratch_database("staging"):
        print(f"{'rows':>6} {'inside, ms':>12} {'COPY, ms':>12} {'ratio':>8}")
        for count in COUNTS:
            inside, copied = measure(count, options.rounds)
            print(f"{count:>6} {inside:>12.3f} {copied:>12.3f} {inside / copied:>8.2f}")


def measure(count: int, rounds: int) -> tuple[float, float]:
    """Milliseconds of processor time of both ways, ours and the session's together: the mean of so many rounds."""
    from django.db import connection, transaction

    from dealers.services import staging
    from pricing.services.intake.staged import COPIED

    lines = [staging.copy_line([_cell(kind, number) for kind in COPIED.values()]) for number in range(count)]

    def ways(few: int) -> None:
        staging.FEW_ROWS = few
        with transaction.atomic(), connection.cursor() as cursor:
            given = staging.given_rows(cursor, "given_in_a_bench", COPIED, lines)
            cursor.execute(f"SELECT count(*) FROM {given.sql} given WHERE %s", [True])

    found: dict[int, list[float]] = {count: [], -1: []}
    for _ in range(5):
        for few, costs in found.items():
            costs.append(
                cost_of(lambda few=few: [ways(few) for _ in range(rounds // 5)]).processor / (rounds // 5) * 1000
            )
    return statistics.median(found[count]), statistics.median(found[-1])


def _cell(kind: str, number: int) -> object:
    """Something of the type."""
    if "timestamp" in kind:
        return "2026-12-01 10:00+08"
    if "date" in kind:
        return "2026-12-01"
    if "text" in kind or "char" in kind:
        return f"N{number:06d}"
    return number % 7 + 1


if __name__ == "__main__":
    main()
