"""How long every list takes to answer for a whole company, as each of its readers.

    python bench/pages.py --dealers 10000 --products 5000 --lines 1000000

Makes a scratch database with a company at work (`bench/busy.py`), signs a person of each role in and asks each page
of the table below through Django's whole stack. The floor is the server's trivial page, /healthz, in the same run;
a ratio says more than milliseconds on a machine whose speed is not known. A new page is one line in PAGES.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import scratch_database

DEALER = "D00007"


@dataclass(frozen=True)
class Page:
    """One address as one role: the url name with its arguments, the query, and who asks."""

    role: str
    name: str
    query: str = ""
    args: tuple[object, ...] = ()


PAGES = (
    Page("marketing_director", "home"),
    Page("dealer_owner", "home"),
    Page("general_manager", "home"),
    Page("policy_manager", "home"),
    Page("channel_manager", "home"),
    Page("risk_investigator", "home"),
    Page("auditor", "home"),
    Page("legal_reviewer", "promos"),
    Page("marketing_director", "promos"),
    Page("marketing_director", "promos", "tab=all&q=PQ0001"),
    Page("channel_manager", "promos", "tab=all"),
    Page("dealer_owner", "promos"),
    Page("dealer_owner", "promos-open"),
    Page("policy_manager", "promos-results"),
    Page("policy_manager", "promos-results", "q=陈列"),
    Page("policy_manager", "promos-results", "kind=gift&advice=retire"),
    Page("policy_manager", "promos-results", "tab=waiting"),
    Page("channel_manager", "promos-results"),
    Page("policy_manager", "promo-results", args=("PR-WIDE",)),
    Page("dealer_owner", "promo-results", args=("PR-WIDE",)),
    Page("policy_manager", "promo-results", args=("PQ000005",)),
    Page("policy_manager", "bands"),
    Page("policy_manager", "bands", "sku=SKU00042"),
    Page("policy_manager", "bands-coverage"),
    Page("policy_manager", "bands-what-applies", "sku=SKU00042&region=C0007&on=2026-11-10"),
    Page("dealer_owner", "bands"),
    Page("policy_manager", "legal-bases"),
    Page("policy_manager", "list-prices"),
    Page("policy_manager", "price-changes"),
    Page("policy_manager", "sale-lines"),
    Page("policy_manager", "sale-lines", f"dealer={DEALER}"),
    Page("policy_manager", "sale-lines", "verdict=3"),
    Page("channel_manager", "sale-lines"),
    Page("dealer_owner", "sale-lines"),
    Page("channel_manager", "violations"),
    Page("risk_investigator", "violations"),
    Page("risk_investigator", "cases"),
    Page("policy_manager", "dealers"),
    Page("policy_manager", "dealers", "q=D0012"),
    Page("channel_manager", "dealers"),
    Page("policy_manager", "dealer-detail", args=(DEALER,)),
    Page("policy_manager", "deliveries"),
    Page("policy_manager", "deliveries", f"dealer={DEALER}"),
    Page("dealer_owner", "receipts"),
    Page("dealer_owner", "quarantine"),
    Page("policy_manager", "sync-board"),
    Page("channel_manager", "sync-board"),
    Page("policy_manager", "exemptions"),
    Page("policy_manager", "outages"),
    Page("policy_manager", "holds"),
    Page("dealer_owner", "holds"),
    Page("dealer_owner", "adjustments"),
    Page("dealer_owner", "stock"),
    Page("risk_investigator", "stock-findings"),
    Page("channel_manager", "observations"),
    Page("risk_investigator", "repeat-sellers"),
    Page("administrator", "webhooks"),
    Page("policy_manager", "products"),
    Page("policy_manager", "regions"),
    Page("policy_manager", "jobs"),
    Page("policy_manager", "notices"),
    Page("auditor", "audit-trail"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--promos", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=15, help="how often each page is asked")
    parser.add_argument("--only", default="", help="only url names that contain this")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("pages"):
        from bench.busy import fill

        started = time.perf_counter()
        fill(dealers=options.dealers, products=options.products, lines=options.lines, promos=options.promos)
        print(f"company made in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        rows = measure(options.times, options.only)
    if options.json:
        print(json.dumps(rows))
        return
    print(f"{'page':44} {'role':20} {'status':>6} {'queries':>7} {'p50 ms':>8} {'p95 ms':>8} {'x healthz':>9}")
    for row in rows:
        print(
            f"{row['page'][:44]:44} {row['role']:20} {row['status']:>6} {row['queries']:>7} {row['p50']:>8.1f}"
            f" {row['p95']:>8.1f} {row['ratio']:>9.1f}"
        )


def measure(times: int, only: str) -> list[dict[str, Any]]:
    """One row per page, slowest first; the floor stands at the end."""
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from bench.busy import NOW
    from dealers.foundation.clock import as_if_at

    setup_test_environment()
    settings.SECURE_SSL_REDIRECT = False
    clients = _clients()
    floor = _asked(Client(), reverse("healthz"), max(times, 30))
    rows = []
    with as_if_at(NOW):
        for page in PAGES:
            if only in page.name:
                address = reverse(page.name, args=page.args) + (f"?{page.query}" if page.query else "")
                row = _asked(clients[page.role], address, times)
                rows.append({"page": address, "role": page.role, **row, "ratio": row["p50"] / floor["p50"]})
    rows.sort(key=lambda row: -row["p50"])
    return [*rows, {"page": "/healthz", "role": "", **floor, "ratio": 1.0}]


def _clients() -> dict[str, Any]:
    """A browser for every role of the table; the channel manager has three provinces, the owner one of the dealers."""
    from django.test import Client

    from dealers.models import Dealer, Region
    from tests import factories

    clients = {}
    for role in sorted({page.role for page in PAGES}):
        regions = list(Region.objects.filter(kind="province").order_by("code")[:3]) if role == "channel_manager" else []
        given = {"dealer": Dealer.objects.get(code=DEALER)} if role.startswith("dealer_") else {}
        person = factories.User(username=f"bench-{role}", role=role, regions=regions, **given)
        clients[role] = Client()
        clients[role].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return clients


def _asked(client: Any, address: str, times: int) -> dict[str, Any]:
    """Status, queries, and the median and 95th percentile in milliseconds, after two answers to warm up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        status = client.get(address).status_code
        asked = len(queries)  # counted now: the next request begins a new log
    taken = []
    for _time in range(times):
        started = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {
        "status": status,
        "queries": asked,
        "p50": statistics.median(taken),
        "p95": taken[min(len(taken) - 1, round(0.95 * len(taken)))],
    }


if __name__ == "__main__":
    main()
