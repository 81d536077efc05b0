"""Where a dealer stands, in one answer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import HoldKind
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.models import SupplyHold
from rebates.selectors.tier_facts import four_quarters
from tests.callers import Caller, dealer_caller, hq_system
from tests.factories import City, Dealer, PolicyVersion, PriceBand, Product
from tests.issued import PERIOD, issued_statement

pytestmark = pytest.mark.django_db
NOW = "2026-11-05T12:00:00+08:00"


@pytest.fixture
def dealer() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield Dealer(code="D-1", home_region=City(code="C-1"), annual_revenue=Decimal("25000000"))


def me(caller: Caller) -> dict[str, Any]:
    answer = caller.get("me")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_tier_comes_with_its_score_and_the_distance_to_the_next(dealer: Any) -> None:
    PolicyVersion()
    PriceBand(product=Product(sku="S-1"))
    shipped = {"doc_no": "D", "line_no": 1, "dealer": "D-1", "sku": "S-1", "quantity": 5_000, "unit_price": "1000"}
    hq_system().post("shipments", {"lines": [{**shipped, "shipped_at": "2026-11-01T10:00:00+08:00"}]})
    sold = {"doc_no": "S", "line_no": 1, "sku": "S-1", "quantity": 1, "unit_price": "1000", "region": "C-1"}
    caller = dealer_caller(dealer)
    caller.post("sales-reports", {"lines": [{**sold, "sold_at": "2026-11-01T10:00:00+08:00"}]})

    tier = me(caller)["tier"]

    assert (tier["tier"], tier["since"], tier["until"]) == ("T2", "2026-01-01", None)
    score = tier["score"]
    assert (score["measured_from"], score["measured_to"]) == ("2026-01-01", "2027-01-01")
    assert {part["name"]: (part["value"], part["points"], part["possible"]) for part in score["parts"]} == {
        "scale": ("25000000.00", "15.00", "30.00"),
        "performance": ("5000000.00", "10.00", "40.00"),
        "coverage": ("1.00", "2.50", "30.00"),
    }
    assert score["points"] == "27.50"
    assert "KPI" in score["note"]
    assert (tier["next"]["tier"], tier["next"]["threshold"], tier["next"]["missing"]) == ("T1", "80.00", "52.50")


def test_the_sync_clock_tells_what_is_missing_and_when_supply_is_held(dealer: Any) -> None:
    PolicyVersion()
    caller = dealer_caller(dealer)
    Product(sku="S-1")
    counted = {"as_of": "2026-11-05T11:00:00+08:00", "lines": [{"sku": "S-1", "on_hand": 1}]}
    caller.post("inventory-reports", counted)
    for day in range(1, 5):
        caller.post("zero-sales-declarations", {"date": f"2026-11-0{day}"})

    sync = me(caller)["sync"]

    feeds = {feed["feed"]: feed for feed in sync["feeds"]}
    assert (sync["obliged"], sync["started_on"]) == (True, "2026-01-08")
    assert feeds["inventory"]["state"] == "on_time"
    assert feeds["inventory"]["newest"] == "2026-11-05T11:00:00+08:00"
    assert feeds["inventory"]["due_at"] == "2026-11-06T11:00:00+08:00"
    assert feeds["inventory"]["hold_at"] == "2026-11-07T11:00:00+08:00"
    assert feeds["sales"]["state"] == "overdue"
    assert feeds["sales"]["missing"] == [{"first": "2026-01-08", "end": "2026-11-01"}]


def test_holds_come_with_their_reasons_in_the_readers_language(dealer: Any) -> None:
    SupplyHold.objects.create(
        dealer=dealer,
        kind=HoldKind.SYNC,
        reason="inventory_overdue",
        evidence={"since": "2026-11-01 00:00"},
        opened_at=clock.now() - timedelta(hours=1),
    )

    english, chinese = me(dealer_caller(dealer))["supply"], me(dealer_caller(dealer, language="zh-hans"))["supply"]

    assert english["eligible"] is False
    assert english["reasons"] == [
        {"kind": "sync", "since": "2026-11-05T11:00:00+08:00", "detail": "No stock count since 2026-11-01 00:00."}
    ]
    assert chinese["reasons"][0]["detail"] == "自 2026-11-01 00:00 起没有库存盘点。"


def test_contract_and_deadlines_are_listed_the_next_first(dealer: Any) -> None:
    issued_statement(dealer)
    contract = dealer.contracts.get()
    contract.valid = (date(2026, 1, 1), date(2026, 12, 1))
    contract.save()

    body = me(dealer_caller(dealer))

    assert body["contract"]["ends_on"] == "2026-12-01"
    assert [(deadline["kind"], deadline["due_at"]) for deadline in body["deadlines"]] == [
        ("statement", "2026-11-12T12:00:00+08:00"),
        ("contract", "2026-12-01T00:00:00+08:00"),
    ]
    assert PERIOD in body["deadlines"][0]["detail"]


def test_without_a_policy_there_is_no_score_and_no_duty(dealer: Any) -> None:
    body = me(dealer_caller(dealer))

    assert (body["tier"]["score"], body["tier"]["next"], body["sync"]["obliged"]) == (None, None, False)


def test_the_answer_costs_the_same_number_of_queries_however_much_there_is(dealer: Any) -> None:
    PolicyVersion()
    caller = dealer_caller(dealer)
    counts = []
    for periods in (["2026-09-H1"], ["2026-08-H1", "2026-08-H2", "2026-07-H1"]):
        for period in periods:
            issued_statement(dealer, period)
        me(caller)
        with CaptureQueriesContext(connection) as queries:
            me(caller)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("today", "first", "end"),
    [
        (date(2026, 1, 1), date(2025, 4, 1), date(2026, 4, 1)),
        (date(2026, 11, 5), date(2026, 1, 1), date(2027, 1, 1)),
        (date(2026, 6, 30), date(2025, 7, 1), date(2026, 7, 1)),
    ],
)
def test_four_quarters_end_with_the_present_one(today: date, first: date, end: date) -> None:
    assert four_quarters(Quarter.containing(today)) == (first, end)
