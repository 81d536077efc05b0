"""Stock adjustments through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import StockAdjustment
from tests import factories
from tests.callers import dealer_caller, hq_system, person

pytestmark = pytest.mark.django_db


def line(number: int = 1, **fields: Any) -> dict[str, Any]:
    at = (clock.now() - timedelta(minutes=number)).isoformat()
    known = {"doc_no": "T1", "line_no": number, "kind": "sample", "sku": "A1", "quantity": 2, "occurred_at": at}
    return {**known, **fields}


@pytest.fixture(autouse=True)
def product() -> None:
    factories.Product(sku="A1")


def test_a_declaration_is_answered_by_a_receipt() -> None:
    caller = dealer_caller(factories.Dealer())
    answer = caller.post("stock-adjustments", {"lines": [line(), line(2, kind="loss")]})
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["feed"], receipt["accepted"], receipt["quarantined"]) == ("stock_adjustments", 1, 1)
    assert receipt["problems"] == [
        {
            "line": 2,
            "field": "reason",
            "code": "reason_needed",
            "detail": "A line of kind loss needs a reason; say in a few words what happened.",
        }
    ]


def test_csv_and_a_retried_call_count_once() -> None:
    caller = dealer_caller(factories.Dealer())
    body = "doc_no,line_no,kind,sku,quantity,occurred_at\nT1,1,own_use,A1,2,2026-01-05T09:00:00+08:00\n"
    first = caller.post("stock-adjustments", body, content_type="text/csv", Idempotency_Key="once")
    again = caller.post("stock-adjustments", body, content_type="text/csv", Idempotency_Key="once")
    assert first.json() == again.json()
    assert StockAdjustment.objects.get().change == -2


def test_a_corrected_line_comes_back_through_the_quarantine() -> None:
    caller = dealer_caller(factories.Dealer())
    caller.post("stock-adjustments", {"lines": [line(kind="loss")]})
    (refused,) = caller.get("quarantine").json()["results"]
    corrected = line(kind="loss", reason="not in its place")
    answer = caller.post(f"quarantine/{refused['id']}/resubmit", {"line": corrected})
    assert answer.json()["accepted"] == 1


def test_a_dealer_reads_its_own_lines_and_a_manager_those_of_its_regions() -> None:
    one, other = factories.Dealer(), factories.Dealer()
    for dealer in (one, other):
        dealer_caller(dealer).post("stock-adjustments", {"lines": [line(), line(2)]})
    assert {row["dealer"] for row in dealer_caller(one).get("stock-adjustments").json()["results"]} == {one.code}
    assert len(hq_system().get("stock-adjustments", {"dealer": other.code}).json()["results"]) == 2
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[other.home_region])
    found = person(manager).get("stock-adjustments", {"page_size": 1}).json()
    assert [(row["dealer"], row["line_no"], row["change"]) for row in found["results"]] == [(other.code, 1, -2)]
    following = person(manager).client.get(found["next"]).json()
    assert [row["line_no"] for row in following["results"]] == [2]
    assert person(factories.User(role=Role.LEGAL_REVIEWER)).get("stock-adjustments").status_code == 403
    assert dealer_caller(one, "sales:write").get("stock-adjustments").status_code == 403
