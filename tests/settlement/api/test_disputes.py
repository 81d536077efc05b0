"""Disputes through the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from settlement.choices import DisputeOutcome
from tests.callers import dealer_caller, hq_system, person
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.settlement.disputing import NEXT_DAY, PERIOD, Stage, decided, opened, prepared, stage

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {"reason": "少算", "lines": [{"line_no": 1, "claimed": "99.00", "reason": "退货重复扣减"}]}


@pytest.fixture
def of() -> Stage:
    return stage()


@pytest.fixture(autouse=True)
def today() -> Any:
    with travel(NEXT_DAY, tick=False):
        yield


def test_a_dealer_disputes_reads_attaches_and_withdraws(of: Stage) -> None:
    caller = dealer_caller(of.dealer)
    made = caller.post(f"statements/{PERIOD}/dispute", BODY)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert (made.json()["state"], made.json()["lines"][0]["claimed"]) == ("open", "99.00")
    assert caller.post(f"statements/{PERIOD}/dispute", BODY).json()["number"] == number
    assert caller.get(f"statements/{PERIOD}").json()["state"] == "disputed"

    path = f"disputes/{number}/files"
    file = SimpleUploadedFile("单据.pdf", PDF_BYTES)
    attached = caller.client.post(f"/api/v1/{path}", {"file": file}, headers=caller.headers).json()
    assert attached["files"][0]["name"] == "单据.pdf"
    content = caller.get(f"disputes/{number}/files/{attached['files'][0]['id']}")
    assert content.content == PDF_BYTES
    assert caller.post(f"disputes/{number}/withdraw", {}).json()["state"] == "withdrawn"


def test_after_the_window_the_answer_names_the_remedy(of: Stage) -> None:
    due = of.statement.confirm_due_at
    assert isinstance(due, datetime)
    with travel(due, tick=False):
        answer = dealer_caller(of.dealer).post(f"statements/{PERIOD}/dispute", BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "dispute_too_late")
    assert "adjustment" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "x", "lines": []},
        {"reason": "", "lines": [{"line_no": 1}]},
        {"reason": "x", "lines": [{"line_no": 0}]},
        {"reason": "x", "lines": [{"line_no": 1, "claimed": "1.001"}]},
        {"reason": "x", "lines": [{"line_no": 9}]},
        {"reason": "x", "lines": [{"line_no": 1}], "more": 1},
    ],
)
def test_what_makes_no_sense_is_refused(of: Stage, body: dict[str, Any]) -> None:
    assert dealer_caller(of.dealer).post(f"statements/{PERIOD}/dispute", body).status_code in (400, 422)


def test_a_dealer_answers_what_it_was_asked(of: Stage) -> None:
    dispute = decided(of, opened(of), DisputeOutcome.NEEDS_ACTION)
    caller = dealer_caller(of.dealer)
    assert caller.get(f"disputes/{dispute.number}").json()["state"] == "needs_action"
    answered = caller.post(f"disputes/{dispute.number}/answer", {"text": "已补单据"})
    assert (answered.status_code, answered.json()["state"]) == (200, "open")
    assert caller.post(f"disputes/{dispute.number}/answer", {"text": "再说"}).json()["code"] == "nothing_was_asked"


def test_how_a_decision_was_made_ready_stays_inside(of: Stage) -> None:
    dispute = prepared(of, opened(of), DisputeOutcome.ACCEPTED, granted={1: Decimal(7)})
    seen = dealer_caller(of.dealer).get(f"disputes/{dispute.number}").json()
    assert [entry["act"] for entry in seen["entries"]] == ["open"]
    assert seen["lines"][0]["granted"] is None
    inside = person(of.clerk).get(f"disputes/{dispute.number}").json()
    assert [entry["act"] for entry in inside["entries"]] == ["open", "prepare"]


def test_scopes_and_sides(of: Stage) -> None:
    dispute = opened(of)
    assert dealer_caller(of.dealer, "statements:read").post(f"statements/{PERIOD}/dispute", BODY).status_code == 403
    assert hq_system().get(f"disputes/{dispute.number}").status_code == 200
    assert person(of.clerk).post(f"disputes/{dispute.number}/withdraw", {}).status_code == 403


def test_the_list_is_filtered_and_costs_the_same_however_long(of: Stage) -> None:
    caller = person(of.clerk)
    counts = []
    for _number in range(2):
        opened(of)
        with CaptureQueriesContext(connection) as queries:
            assert caller.get("disputes", {"state": "open", "period": PERIOD}).json()["results"]
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert caller.get("disputes", {"state": "rejected"}).json()["results"] == []
