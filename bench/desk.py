"""How long those who work with money wait for a whole company: pages, estimates and the documents of a half-month.

    python bench/desk.py --dealers 10000 --documents 1000

Makes a scratch database whose half-month has something of every kind of line for every dealer (`bench/books.py`),
calculates it, puts every fifth statement into the review queue, approves it, and asks for the pages of the table below
through Django's whole stack, at an instant of that half-month or after it. Then it estimates accruals, writes the
report's rows as a file, and makes the documents of some statements as the worker would. The floor is /healthz of the
same run. Of every piece of work the memory is told before it and at its most.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import cost_of, peak_megabytes
from bench.scratch import scratch_database

Answer = dict[str, float | int | str]
#: (who asks, address); {p} is the half-month that was settled.
PAGES = (
    ("finance_clerk", "/"),
    ("finance_clerk", "/settlement-runs/"),
    ("finance_clerk", "/settlement-runs/{p}/"),
    ("finance_clerk", "/settlement-runs/{p}/documents/"),
    ("finance_clerk", "/statements/?period={p}"),
    ("finance_clerk", "/statements/{p}/D000007/"),
    ("finance_clerk", "/statements/{p}/D000007/lines/1/"),
    ("dealer_owner", "/statements/{p}/"),
    ("dealer_owner", "/earnings/"),
    ("dealer_owner", "/"),
    ("finance_clerk", "/finance-report/?period={p}"),
    ("finance_clerk", "/finance-report/year/?year=2026"),
    ("finance_clerk", "/accruals/"),
    ("finance_clerk", "/payments/"),
    ("finance_clerk", "/payments/plans/new/"),
    ("finance_clerk", "/ledger/"),
    ("finance_clerk", "/ledger/dealers/"),
    ("finance_clerk", "/ledger/postings/"),
    ("finance_clerk", "/ledger/reconciliation/"),
    ("finance_clerk", "/ledger/vouchers/"),
    ("general_manager", "/"),
)
#: Asked while the half-month runs.
PAGES_BEFORE = (("policy_manager", "/brackets/"), ("policy_manager", "/brackets/?what=all&sort=dealer"))
PAGES_IN_REVIEW = (
    ("finance_approver", "/settlement-runs/{p}/outliers/"),
    ("finance_approver", "/settlement-runs/{p}/"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("desk"):
        from bench.books import fill

        fill(dealers=options.dealers, lines=options.lines, deliveries=15)
        found = measure(options.dealers, options.documents)
    if options.json:
        print(json.dumps(found))
        return
    for row in found:
        print(
            "  ".join(f"{name} {value:,.1f}" if isinstance(value, float) else str(value) for name, value in row.items())
        )


def measure(dealers: int, documents: int) -> list[Answer]:
    from bench.books import PERIOD
    from bench.scratch import settled_tables
    from dealers.choices import Role
    from dealers.foundation.clock import as_if_at
    from settlement.services.approval import approve_run, put_up_for_review
    from settlement.services.calculation import calculate_run
    from tests import factories

    approver = factories.User(role=Role.FINANCE_APPROVER)
    after = PERIOD.ends_at + timedelta(hours=1)
    with as_if_at(PERIOD.ends_at - timedelta(days=3)):
        found = [asked(role, address) for role, address in (("anybody", "/healthz"), *PAGES_BEFORE)]
        found.append(worked("accrual estimate", _estimate))
    calculate_run(period=PERIOD, actor=None, at=PERIOD.ends_at)
    _stand_out()
    settled_tables()
    with as_if_at(after):
        found += [asked(role, address.format(p=PERIOD)) for role, address in PAGES_IN_REVIEW]
        put_up_for_review(period=PERIOD, actor=None, at=PERIOD.ends_at)
        approve_run(period=PERIOD, actor=approver, at=PERIOD.ends_at)
        settled_tables()
        found += [asked(role, address.format(p=PERIOD)) for role, address in PAGES]
        found += _documents(dealers, documents)
    return found


def asked(role: str, address: str) -> Answer:
    """Milliseconds of a page, the median of five answers, and its statements."""
    from django.db import connection
    from django.test import Client

    from dealers.choices import DEALER_ROLES, Role
    from dealers.models import Dealer
    from tests import factories

    client = Client(HTTP_HOST="localhost")
    if role in Role.values:
        dealer = Dealer.objects.get(code="D000007") if role in DEALER_ROLES else None
        person = factories.User(role=role, dealer=dealer, language="en")
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    statements: list[float] = []

    def count(execute: Any, *statement: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            statements.append(time.perf_counter() - started)

    with connection.execute_wrapper(count):
        answer = client.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        client.get(address, follow=True)
        seconds.append(time.perf_counter() - started)
    return {
        "page": f"{role:<18}{address:<44}",
        "ms": statistics.median(seconds) * 1000,
        "queries": float(len(statements)),
        "slowest ms": max(statements, default=0.0) * 1000,
        "MB": float(peak_megabytes()),
    }


def worked(name: str, work: Any) -> Answer:
    before = peak_megabytes()
    cost = cost_of(work)
    return {
        "page": f"{name:<62}",
        "s": cost.seconds,
        "of it Python": cost.own,
        "MB before": float(before),
        "MB": float(peak_megabytes()),
    }


def _estimate() -> None:
    from dealers.choices import Role
    from dealers.foundation import clock
    from settlement.services.estimates import answer_estimate, request_estimate
    from tests import factories

    clerk = factories.User(role=Role.FINANCE_CLERK)
    answer_estimate(request_estimate(instant=clock.now(), actor=clerk, at=clock.now()), at=clock.now())


def _documents(dealers: int, documents: int) -> list[Answer]:
    """The files of one part after the other, as the jobs of a closing make them: the memory of each is told."""
    from dealers.foundation import clock
    from dealers.selectors.purchases import Shard
    from settlement.choices import DocumentFormat
    from settlement.models import SettlementRun
    from settlement.services.documents import issue_documents

    run = SettlementRun.objects.get()
    parts = max(1, dealers * 4 // max(1, documents))
    found = []
    for number in range(min(4, parts)):

        def make(part: int = number) -> None:
            issue_documents(run=run, shard=Shard(part, parts), actor=None, at=clock.now())

        found.append(worked(f"PDF of {dealers // parts} statements, part {number + 1}", make))
    for written in (DocumentFormat.XLSX, DocumentFormat.JSON):

        def write(kind: DocumentFormat = written) -> None:
            issue_documents(run=run, shard=Shard(0, parts), kinds=[(kind, "zh-hans")], actor=None, at=clock.now())

        found.append(worked(f"{written} of {dealers // parts} statements", write))
    return found


def _stand_out() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settlement_reviewitem (run_id, dealer_id, digest, findings, weight, note)"
            " SELECT run_id, dealer_id, digest, '[{\"code\": \"capped\"}]', abs(total), '' FROM settlement_statement"
            " WHERE dealer_id % 5 = 0"
        )


if __name__ == "__main__":
    main()
