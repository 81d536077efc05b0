"""Payments over the API: a dealer reads its own and says whether it takes bills; finance plans and pays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dealers.choices import Role
from dealers.foundation import clock
from tests import factories
from tests.callers import dealer_caller, person
from tests.settlement.pay_stage import FIRST, bill_number, settled

pytestmark = pytest.mark.django_db


def test_from_plan_to_returned_bill() -> None:
    shop = settled("1080", "0")
    dealer = dealer_caller(shop)
    assert dealer.get("bill-consent").json() == {"consents": False, "since": None}
    assert dealer.post("bill-consent", {"consents": True}).json()["consents"] is True
    clerk = person(factories.User(role=Role.FINANCE_CLERK))
    approver = person(factories.User(role=Role.FINANCE_APPROVER))
    plan = clerk.post("payment-plans", {"dealers": ["D1"]}).json()
    assert (plan["amount"], plan["state"]) == ("1080.00", "drafted")
    assert clerk.post(f"payment-plans/{plan['number']}/release").status_code == 403
    assert approver.post(f"payment-plans/{plan['number']}/release").json()["state"] == "released"
    today = clock.business_day(clock.now())
    bill = {
        "number": bill_number(today),
        "range": "1-108000",
        "drawer": "HQ",
        "acceptor": "Bank",
        "issued_on": today.isoformat(),
        "due_on": (today + timedelta(days=30)).isoformat(),
    }
    asked = {"plan": plan["number"], "dealer": "D1", "bill": bill}
    wrong = clerk.post("payments", {**asked, "bill": {**bill, "number": "1" * 29}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "payment_refused")
    made = clerk.post("payments", asked, Idempotency_Key="k1").json()
    assert clerk.post("payments", asked, Idempotency_Key="k1").json() == made
    assert made["allocations"][0]["period"] == FIRST
    assert dealer.get(f"payments/{made['number']}").status_code == 404
    for act in ("accept", "deliver"):
        clerk.post(f"payments/{made['number']}/{act}")
    assert dealer.get("payments").json()["results"][0]["bill"]["range"] == "1-108000"
    assert dealer.get("payables").json()["results"][0]["open"] == "0.00"
    assert clerk.post(f"payments/{made['number']}/return").json()["code"] == "reason_missing"
    clerk.post(f"payments/{made['number']}/return", {"reason": "not signed"})
    assert [row["amount"] for row in dealer.get(f"payments/{made['number']}").json()["allocations"]] == [
        "1080.00",
        "-1080.00",
    ]
    assert dealer.get("payables").json()["results"][0]["open"] == "1080.00"
    assert dealer_caller(factories.Dealer()).get("payables").json()["results"] == []
