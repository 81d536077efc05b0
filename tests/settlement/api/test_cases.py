"""Cases through the API: a dealer reads its own once it is heard, replies, hands in files, appeals."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from settlement.choices import DeliveryProof
from settlement.models import Case
from settlement.services.case_path.working import add_note
from settlement.services.cases import Evidence
from tests import factories
from tests.breaches import AFTER, market
from tests.callers import dealer_caller, hq_system
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.settlement.casework import DECIDED, OPENED, REPLIED, Stage, accused, heard, judged, people, priced, signal

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Stage:
    with travel(AFTER):
        market()
        return people(factories.Dealer(code="D1"))


def test_a_dealer_replies_hands_in_and_appeals(of: Stage) -> None:
    with travel(OPENED, tick=False):
        case = heard(of, priced(of, "800"))
    caller = dealer_caller(of.dealer)
    with travel(REPLIED, tick=False):
        (listed,) = caller.get("cases").json()["results"]
        assert (listed["number"], listed["state"], listed["charge"]) == (
            case.number,
            "dealer_reply",
            "Sold below the floor.",
        )
        told = caller.get(f"cases/{case.number}").json()
        assert told["evidence"][0]["figures"]["shortfall"] == "100.00"
        assert told["evidence"][0]["figures"]["lines"][0]["unit_price"] == "800.000000"
        assert case.deliveries.filter(proof=DeliveryProof.OPENED).count() == 1
        file = SimpleUploadedFile("offer.pdf", PDF_BYTES)
        path = f"/api/v1/cases/{case.number}/files"
        handed = caller.client.post(path, {"file": file}, headers=caller.headers)
        assert handed.status_code == 201, handed.content
        key = handed.json()["files"][0]["id"]
        assert caller.get(f"cases/{case.number}/files/{key}").content == PDF_BYTES
        said = {"text": "We matched a competitor.", "final": True}
        assert caller.post(f"cases/{case.number}/reply", said).status_code == 201
        late = caller.post(f"cases/{case.number}/reply", {"text": "One more thing."})
        assert (late.status_code, late.json()["code"]) == (409, "reply_time_over")
    judged(of, case)
    with travel(DECIDED, tick=False):
        decision = caller.get(f"cases/{case.number}").json()["decision"]
        assert (decision["outcome"], decision["warning"], decision["penalty"]) == ("confirmed", True, "0.00")
        appealed = caller.post(f"cases/{case.number}/appeal", {"grounds": "It was approved."}).json()
        assert (appealed["state"], appealed["appeal"]["grounds"]) == ("appealed", "It was approved.")
    acts = [entry["act"] for entry in appealed["entries"]]
    assert acts == ["hear_dealer", "hand_in", "reply", "decide", "appeal"]


def test_a_dealer_reads_nothing_before_it_is_heard_nothing_of_others_and_no_notes(of: Stage) -> None:
    case = priced(of, "800")
    caller, stranger = dealer_caller(of.dealer), dealer_caller(factories.Dealer(code="D2"))
    assert caller.get(f"cases/{case.number}").status_code == 404
    assert caller.get("cases").json()["results"] == []
    heard(of, case)
    add_note(number=case.number, text="Their buyer is a friend of D7.", actor=of.judge, at=OPENED)
    assert "D7" not in caller.get(f"cases/{case.number}").content.decode()
    assert stranger.get(f"cases/{case.number}").status_code == 404
    assert stranger.post(f"cases/{case.number}/reply", {"text": "me"}).status_code == 404
    assert hq_system("statements:read").get("cases").status_code == 403


def test_of_a_signal_a_dealer_reads_the_sentence_meant_for_it_alone(of: Stage) -> None:
    base = signal(2, others=["D7 甲乙商贸"])
    told = {"text": {"en": "4 of your documents look copied.", "zh-hans": "4 张单据疑似复制。"}}
    evidence = Evidence(base.kind, base.reference, {"dealers": "D7 甲乙商贸"}, base.snapshot, told)
    case = heard(of, accused(of, evidence=evidence))
    answer = dealer_caller(of.dealer).get(f"cases/{case.number}").content.decode()
    assert "4 of your documents look copied." in answer or "4 张单据疑似复制。" in answer
    assert "D7" not in answer


def test_the_list_asks_as_much_for_many_cases_as_for_one(of: Stage) -> None:
    caller = dealer_caller(of.dealer)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert caller.get("cases").status_code == 200
        return len(captured)

    heard(of, priced(of, "800"))
    asked()
    one = asked()
    given: dict[str, Any] = {}
    for number in range(2, 6):
        heard(of, accused(of, facts=f"other:{number}", evidence=signal(number), **given))
    assert Case.objects.count() == 5
    assert asked() == one
