"""What the signals of fraud find and miss, and how long a run over a whole company takes.

    python bench/signals.py --dealers 10000 --lines 5000000 --plants 20

Makes a scratch database with honest dealers and ``--plants`` dealers for every kind of fraud
(`bench/honest_sales.py`, `bench/planted_frauds.py`), runs the signals twice and reports, by rule, the planted frauds
found, the honest dealers found, and seconds. The floor is one aggregate by dealer and document over the same lines in
the same run. From 2,000 dealers on a tenth of the honest ones is made one by one, the others are their twins with
other customers and prices.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import scratch_database
from bench.sweep import timed, timed_with_result

_TWINS = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--plants", type=int, default=20, help="dealers for every kind of fraud")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("signals"):
        result = measure(options.dealers, options.lines, options.plants, options.seed)
    if options.json:
        print(json.dumps(result))
        return
    rules = result.pop("rules")
    print(f"{'rule':16} {'planted':>8} {'found':>6} {'honest found':>13} {'rate':>8} {'seconds':>8}")
    for rule, found in rules.items():
        print(
            f"{rule:16} {found['planted']:>8} {found['hit']:>6} {found['false']:>13} {found['false_rate']:>8.3%}"
            f" {found['seconds']:>8.1f}"
        )
        for said in found["examples"]:
            print(f"    {said}")
    for name, value in result.items():
        print(f"{name:38} {value:>12,.3f}" if isinstance(value, float) else f"{name:38} {value:>12,}")


def measure(dealers: int, lines: int, plants: int, seed: int) -> dict[str, Any]:
    """Hits and false alarms by rule, seconds of the runs, the floor of the same run, and memory."""
    from bench import fraud_company
    from dealers.foundation.clock import as_if_at
    from settlement.services.signals import running
    from settlement.services.signals.asking import make_run

    publish_policy()
    share = 1 if dealers < 2_000 else _TWINS + 1
    planted = plants * 10
    company = fraud_company.build(
        dealers=(dealers - planted) // share + planted, lines=lines // share, plants=plants, seed=seed
    )
    if share > 1:
        fraud_company.multiply(company, _TWINS)
    floor = timed(one_aggregate)
    before = peak_megabytes()
    seconds = timed_rules(running)
    with as_if_at(fraud_company.AT):
        first, _run = timed_with_result(lambda: running.answer_run(make_run(at=fraud_company.AT, actor=None)))
        by_rule = dict(seconds)
        second, again = timed_with_result(lambda: running.answer_run(make_run(at=fraud_company.AT, actor=None)))
    return {
        "rules": told(company, by_rule),
        "dealers": company.dealers,
        "sale lines": company.lines,
        "windows": len(again.windows),
        "new in the second run": sum(counts["new"] for counts in again.counts.values()),
        "seconds: floor, one aggregate": floor,
        "seconds: run": first,
        "seconds: run again": second,
        "ratio: run to floor": first / floor,
        "megabytes before": before,
        "megabytes at most": peak_megabytes(),
    }


def publish_policy() -> None:
    """The example policy, published."""
    from datetime import date

    from config.policy import import_policy, publish_policy
    from dealers.foundation.clock import as_if_at, start_of_day
    from dealers.models import User

    source = (Path(__file__).parent.parent / "docs/examples/policy.yaml").read_text(encoding="utf-8")
    at = start_of_day(date(2025, 12, 1))
    writer, publisher = (User.objects.create(username=name, role="policy_manager") for name in ("writer", "publisher"))
    with as_if_at(at):
        publish_policy(version=import_policy(source=source, actor=writer, at=at), actor=publisher, at=at)


def timed_rules(running: Any) -> dict[str, float]:
    """Seconds by rule, added up from now on."""
    seconds: dict[str, float] = defaultdict(float)
    find = running._find

    def timed_find(run: Any, examination: Any, asked: Any) -> Any:
        began = time.perf_counter()
        found = find(run, examination, asked)
        seconds[examination.rule] += time.perf_counter() - began
        return found

    running._find = timed_find
    return seconds


def told(company: Any, seconds: dict[str, float]) -> dict[str, Any]:
    """By rule what was planted, found of it, and found of honest dealers, with two of those sentences."""
    from dealers.foundation.findings import Finding
    from settlement.choices import SignalRule
    from settlement.models import SignalFinding

    found: dict[str, dict[int, str]] = defaultdict(dict)
    for one in SignalFinding.objects.select_related("latest"):
        found[one.rule][one.dealer_id] = str(Finding.from_record(one.latest.said))
    honest = company.dealers - len(company.dishonest)
    rules = {}
    for rule in SignalRule:
        planted = company.planted[rule]
        false = sorted(found[rule].keys() - company.dishonest)
        rules[rule.value] = {
            "planted": len(planted),
            "hit": len(planted & found[rule].keys()),
            "false": len(false),
            "false_rate": len(false) / honest,
            "seconds": seconds[rule],
            "examples": [found[rule][dealer] for dealer in false[:2]],
        }
    return rules


def one_aggregate() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT dealer_id, doc_no, sum(quantity * unit_price) FROM pricing_saleline"
            " GROUP BY 1, 2) documents"
        )


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
