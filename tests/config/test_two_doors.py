"""The same lines by two doors: known already, whichever comes first, and never counted twice."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dealers.choices import Role
from dealers.foundation.clock import now
from dealers.models import Dealer, FeedDelivery, InventoryLine
from pricing.models import SaleLine, SalesTally
from tests import factories
from tests.callers import dealer_caller
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
LINES = 5
DOORS = ("json", "ndjson", "csv", "portal")


@pytest.fixture
def dealer() -> Dealer:
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))
    return factories.Dealer(home_region=factories.City(code="HZ"))


def lines() -> list[dict[str, Any]]:
    sold_at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    same = {"line_no": 1, "sold_at": sold_at, "sku": "A1", "quantity": 2, "unit_price": "1000.00", "region": "HZ"}
    return [{"doc_no": f"S{number}", **same} for number in range(LINES)]


def table(rows: list[dict[str, Any]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]) + "\n"


def deliver(door: str, dealer: Dealer, rows: list[dict[str, Any]], call: str, feed: str, **shared: str) -> None:
    caller = dealer_caller(dealer)
    every = [{**shared, **row} for row in rows]
    deliveries: dict[str, Callable[[], Any]] = {
        "json": lambda: caller.post(call, {**shared, "lines": rows}),
        "ndjson": lambda: caller.post(call, "\n".join(map(json.dumps, every)), content_type="application/x-ndjson"),
        "csv": lambda: caller.post(call, table(every), content_type="text/csv"),
        "portal": lambda: visitor(Role.DEALER_OWNER, dealer=dealer).post(
            "/upload/", {"feed": feed, "file": SimpleUploadedFile("a.csv", table(every).encode("gb18030"))}
        ),
    }
    assert deliveries[door]().status_code in (201, 302)


def counts() -> list[tuple[int, int, int]]:
    return list(FeedDelivery.objects.order_by("pk").values_list("accepted", "duplicates", "quarantined"))


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(DOORS, 2)))
def test_sales_sent_by_two_doors_are_kept_once(dealer: Dealer, first: str, second: str) -> None:
    rows = lines()
    for door in (first, second):
        deliver(door, dealer, rows, "sales-reports", "sales")
    assert counts() == [(LINES, 0, 0), (0, LINES, 0)]
    assert SaleLine.objects.count() == sum(SalesTally.objects.values_list("lines", flat=True)) == LINES


@pytest.mark.parametrize(("first", "second"), [("json", "portal"), ("portal", "csv"), ("csv", "ndjson")])
def test_a_count_sent_by_two_doors_is_kept_once(dealer: Dealer, first: str, second: str) -> None:
    for door in (first, second):
        rows = [{"sku": "A1", "on_hand": 5}]
        deliver(door, dealer, rows, "inventory-reports", "inventory", as_of="2026-11-01T18:00:00+08:00")
    assert counts() == [(1, 0, 0), (0, 1, 0)]
    assert InventoryLine.objects.count() == 1
