"""Violations and seen prices by the API: each its own, a feed told once, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from dealers.choices import Role
from pricing.models import MarketObservation
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.callers import Caller, dealer_caller, hq_system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        market()
        yield


def test_a_dealer_reads_its_own_violations_with_their_lines() -> None:
    mine, other = breach(factories.Dealer(code="D1"), "800"), breach(factories.Dealer(code="D2"), "700")
    caller = dealer_caller(mine.dealer)
    (found,) = caller.get("violations").json()["results"]
    assert (found["id"], found["dealer"], found["shortfall"], found["standing"]) == (mine.pk, "D1", "100.00", 1)
    detail = caller.get(f"violations/{mine.pk}").json()
    assert [(line["unit_price"], line["edge"], line["shortfall"]) for line in detail["exact_lines"]] == [
        ("800.000000", "900.000000", "100.000000")
    ]
    assert caller.get(f"violations/{other.pk}").status_code == 404
    assert caller.get("violations?dealer=D2").json()["results"] == []
    assert dealer_caller(mine.dealer, "me:read").get("violations").status_code == 403


def test_headquarters_reads_and_narrows_them_all() -> None:
    for code in ("D1", "D2"):
        breach(factories.Dealer(code=code), "800")
    caller = hq_system("violations:read")
    assert len(caller.get("violations").json()["results"]) == 2
    for query, count in (("period=2026-11-H1", 2), ("period=nonsense", 0), ("kind=above_ceiling", 0), ("dealer=D1", 1)):
        assert len(caller.get(f"violations?{query}").json()["results"]) == count
    assert Caller(user=factories.User(role=Role.ADMINISTRATOR)).get("violations").status_code == 403


LINE = {
    "external_id": "W1",
    "seen_at": "2026-11-10T10:00:00+08:00",
    "platform": "Taobao",
    "seller": "Cloud Boat",
    "link": "https://shop.example/1",
    "sku": "A1",
    "price": "800.00",
}


def test_a_feed_reports_and_reads_back_what_was_found() -> None:
    caller = hq_system("observations:read", "observations:write")
    receipt = caller.post("market-observations", {"lines": [LINE, {**LINE, "external_id": "W2", "price": "-1"}]})
    assert receipt.status_code == 201
    assert (receipt.json()["accepted"], receipt.json()["quarantined"]) == (1, 1)
    (found,) = caller.get("market-observations?external_id=W1").json()["results"]
    assert (found["verdict"], found["gap"], found["enforced"], found["dealer"]) == (
        "below_floor",
        "100.000000",
        True,
        None,
    )
    again = caller.post("market-observations", {"lines": [LINE]}).json()
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert MarketObservation.objects.get().source == "erp"


def test_no_dealer_reads_or_writes_them() -> None:
    caller = dealer_caller(factories.Dealer())
    assert caller.get("market-observations").status_code == 403
    assert caller.post("market-observations", {"lines": [LINE]}).status_code == 403
    assert hq_system("observations:read").post("market-observations", {"lines": [LINE]}).status_code == 403
    owner = Caller(user=factories.User(role=Role.DEALER_OWNER))
    assert owner.get("market-observations").status_code == 403
