"""Many refused lines corrected by one call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dealers.foundation.clock import now
from dealers.models import Dealer, FeedDelivery, QuarantinedLine
from pricing.models import SaleLine
from tests import factories
from tests.callers import Caller, dealer_caller

pytestmark = pytest.mark.django_db
CALL = "quarantine/resubmissions"


@pytest.fixture
def dealer() -> Dealer:
    factories.PriceBand(product=factories.Product(sku="A1"))
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def caller(dealer: Dealer) -> Caller:
    return dealer_caller(dealer)


def sale(doc: str, **cells: Any) -> dict[str, Any]:
    sold_at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    line = {"line_no": 1, "sold_at": sold_at, "sku": "NOPE", "quantity": 1, "unit_price": "1000", "region": "HZ"}
    return {"doc_no": doc, **line, **cells}


def refused(caller: Caller) -> list[int]:
    caller.post("sales-reports", {"lines": [sale("S1"), sale("S2")]})
    count = {"as_of": "2026-11-01T08:00:00+08:00", "lines": [{"sku": "NOPE", "on_hand": 3}]}
    caller.post("inventory-reports", count)
    return list(QuarantinedLine.objects.order_by("pk").values_list("pk", flat=True))


def test_lines_of_two_feeds_become_two_deliveries(caller: Caller) -> None:
    first, second, third = refused(caller)
    count = {"as_of": "2026-11-01T08:00:00+08:00", "sku": "A1", "on_hand": 3}
    body = {"lines": [{"id": first, "line": sale("S1", sku="A1")}, {"id": second}, {"id": third, "line": count}]}
    answer = caller.post(CALL, body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["resubmitted"] == [first, second, third]
    told = {(one["feed"], one["accepted"], one["quarantined"]) for one in answer.json()["receipts"]}
    assert told == {("sales", 1, 1), ("inventory", 1, 0)}
    assert SaleLine.objects.get().doc_no == "S1"
    assert QuarantinedLine.objects.filter(state="open").count() == 1


def test_lines_dealt_with_before_are_named(caller: Caller) -> None:
    first, *_others = refused(caller)
    body = {"lines": [{"id": first, "line": sale("S1", sku="A1")}]}
    caller.post(CALL, body)
    answer = caller.post(CALL, body).json()
    assert (answer["receipts"], answer["not_open"]) == ([], [first])


def test_a_line_of_somebody_else_refuses_the_whole_call(caller: Caller) -> None:
    first, *_others = refused(caller)
    stranger = dealer_caller(factories.Dealer())
    (theirs,) = refused(stranger)[-1:]
    before = FeedDelivery.objects.count()
    answer = caller.post(CALL, {"lines": [{"id": first}, {"id": theirs}]})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert FeedDelivery.objects.count() == before


@pytest.mark.parametrize("lines", [[], [{"id": 1}, {"id": 1}], [{"id": n} for n in range(1, 1002)], [{"line": {}}]])
def test_a_call_that_makes_no_sense_is_refused(caller: Caller, lines: list[dict[str, Any]]) -> None:
    assert caller.post(CALL, {"lines": lines}).status_code == 400


def test_the_list_is_narrowed_by_reason_and_age(caller: Caller) -> None:
    refused(caller)
    QuarantinedLine.objects.filter(feed="inventory").update(refused_at=now() - timedelta(days=5))
    old = caller.get("quarantine", {"refused_before": (now() - timedelta(days=3)).isoformat()}).json()["results"]
    assert [line["feed"] for line in old] == ["inventory"]
    assert len(caller.get("quarantine", {"code": "unknown_sku"}).json()["results"]) == 3
    assert caller.get("quarantine", {"code": "missing_value"}).json()["results"] == []
