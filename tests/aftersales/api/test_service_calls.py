"""Tickets and satisfaction reports over the API: who may, what is answered, and a retry that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from aftersales.models import ServiceBreach, Ticket
from aftersales.services.reports import sweep_reports
from dealers.foundation import clock
from tests.aftersales.service_stage import stage
from tests.callers import dealer_caller, hq_system, person
from tests.pricing.promo_stage import moment

pytestmark = pytest.mark.django_db
ASKED = {
    "topic": "fault",
    "description": "没有画面",
    "contact": "李女士",
    "phone": "138 0000 1234",
    "consent": True,
    "region": "C001",
}


@pytest.fixture
def cast() -> Any:
    return stage()


def test_a_dealer_enters_answers_resolves_and_reopens_its_ticket(cast: Any) -> None:
    mine = dealer_caller(cast.first)
    made = mine.post("tickets", ASKED, Idempotency_Key="one")
    assert made.status_code == 201, made.content
    body = made.json()
    number = body["number"]
    assert (body["dealer"], body["state"], body["source"], body["phone"]) == ("D0001", "open", "api", "13800001234")
    assert mine.client.get(body["tracking_path"]).status_code == 200
    assert mine.post("tickets", ASKED, Idempotency_Key="one").json() == body and Ticket.objects.count() == 1
    for act, state in (("respond", "responded"), ("resolve", "resolved"), ("reopen", "reopened")):
        done = mine.post(f"tickets/{number}/{act}", {"text": "好的"})
        assert (done.status_code, done.json()["state"]) == (200, state)
    assert [event["act"] for event in done.json()["events"]] == ["receive", "respond", "resolve", "reopen"]
    refused = mine.post(f"tickets/{number}/reopen", {"text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_state")


def test_a_dealer_learns_of_no_other_dealers_ticket(cast: Any) -> None:
    number = dealer_caller(cast.first).post("tickets", ASKED).json()["number"]
    other = dealer_caller(cast.second)
    assert other.get(f"tickets/{number}").status_code == 404
    assert other.post(f"tickets/{number}/respond", {"text": "x"}).status_code == 404
    assert other.get("tickets").json()["results"] == []


def test_a_system_of_headquarters_names_the_dealer_or_leaves_it_to_the_place(cast: Any) -> None:
    crm = hq_system()
    first = crm.post("tickets", {**ASKED, "external_id": "CRM-1"}).json()
    assert first["dealer"] == "D0001" and first["phone"] == "138****1234"
    again = crm.post("tickets", {**ASKED, "external_id": "CRM-1"}).json()
    assert (again["number"], again["tracking_path"]) == (first["number"], "")
    assert crm.post("tickets", {**ASKED, "dealer": "D0003"}).json()["dealer"] == "D0003"
    unknown = crm.post("tickets", {**ASKED, "dealer": "NONE"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "dealer")
    listed = crm.get("tickets", {"dealer": "D0003"}).json()
    assert [row["number"] for row in listed["results"]] == ["AS-2611-00002"] or len(listed["results"]) == 1
    assert set(listed) == {"next", "previous", "results"}


@pytest.mark.parametrize(("changed", "field"), [({"phone": "1"}, "phone"), ({"consent": False}, "consent")])
def test_what_cannot_be_used_is_named(cast: Any, changed: dict[str, Any], field: str) -> None:
    answer = dealer_caller(cast.first).post("tickets", {**ASKED, **changed})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_each_call_needs_its_scope(cast: Any) -> None:
    reader = dealer_caller(cast.first, "tickets:read")
    assert reader.get("tickets").status_code == 200
    assert reader.post("tickets", ASKED).status_code == 403
    assert reader.get("satisfaction-reports").status_code == 403
    assert hq_system("tickets:read").post("tickets", ASKED).status_code == 403
    assert person(cast.auditor).post("tickets", ASKED).status_code == 403


def test_a_report_is_handed_in_by_key_and_read_by_a_person(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_reports(at=moment("2026-10-01 00:10"))
    monkeypatch.setattr(clock, "now", lambda: moment("2026-10-12 09:00"))
    mine, said = dealer_caller(cast.first), {"quarter": "2026-Q3", "statement": "平稳", "plan": "培训"}
    listed = mine.get("satisfaction-reports", {"quarter": "2026-Q3"}).json()["results"]
    assert [(row["state"], row["figures"]) for row in listed] == [("due", None)]
    made = mine.post("satisfaction-reports", said)
    assert made.status_code == 201 and made.json()["late"] is True and made.json()["figures"]["tickets"] == 0
    assert ServiceBreach.objects.get(dealer=cast.first).breached_at == moment("2026-10-11 00:00")
    again = mine.post("satisfaction-reports", said)
    assert (again.status_code, again.json()["code"]) == (409, "satisfaction_report_handed_in")
    key = made.json()["id"]
    assert mine.post(f"satisfaction-reports/{key}/acknowledge", {}).status_code == 403
    read = person(cast.service).post(f"satisfaction-reports/{key}/acknowledge", {"remark": "收到"})
    assert (read.status_code, read.json()["state"], read.json()["remark"]) == (200, "acknowledged", "收到")
    assert dealer_caller(cast.second).get("satisfaction-reports").json()["results"][0]["dealer"] == "D0002"
