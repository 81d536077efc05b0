"""The queue of cases: for those who investigate, judge and audit, with the evidence as it was seen."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import User
from settlement.choices import DeliveryProof
from settlement.models import Case
from settlement.services.case_intake import hand_over_violation
from settlement.services.case_path.working import add_note
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.settlement.casework import heard, people, priced
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


def opened(**given: Any) -> Case:
    violation = breach(factories.Dealer(**given), "800")
    person = factories.User(role=Role.RISK_INVESTIGATOR)
    return hand_over_violation(violation_id=violation.pk, version=1, reason="look into it", actor=person, at=AFTER)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.RISK_INVESTIGATOR, 200),
        (Role.RISK_JUDGE, 200),
        (Role.AUDITOR, 200),
        (Role.CHANNEL_MANAGER, 403),
        (Role.FINANCE_APPROVER, 403),
    ],
)
def test_who_opens_them(role: Role, status: int) -> None:
    market()
    case = opened()
    client = visitor(role, dealer=case.dealer)
    evidence = case.evidence.get()
    for page in ("/cases/", f"/cases/{case.number}/", f"/cases/{case.number}/evidence/{evidence.pk}/"):
        assert client.get(page).status_code == status


def test_the_evidence_is_shown_as_it_was_seen_and_stands_its_test() -> None:
    market()
    case = opened(code="D1")
    breach(case.dealer, "950", revision=2)
    client = visitor(Role.RISK_JUDGE)
    told = client.get(f"/cases/{case.number}/evidence/{case.evidence.get().pk}/").content.decode()
    assert "The copy is what its fingerprint was taken of" in told
    assert "¥800.00" in told and "¥950.00" not in told
    assert client.get("/cases/CASE-1/").status_code == 404


def test_the_queue_is_narrowed_and_costs_the_same_for_any_number() -> None:
    market()
    case = opened(code="D1")
    client = visitor(Role.RISK_JUDGE)
    for query, shown in (
        ("&q=D1", True),
        ("&q=nobody", False),
        ("&kind=fraud", False),
        ("&priority=normal", True),
    ):
        assert (case.number in client.get(f"/cases/?show=all{query}").content.decode()) is shown

    def asked() -> int:
        client.get("/cases/?show=all")
        with CaptureQueriesContext(connection) as queries:
            client.get("/cases/?show=all")
        return len(queries)

    before = asked()
    for _number in range(4):
        opened()
    assert asked() == before


def seen(role: Role, case: Case, **person: Any) -> str:
    answer = visitor(role, **person).get(f"/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dealer_sees_its_case_once_it_is_asked_and_what_may_follow() -> None:
    market()
    of = people(factories.Dealer(code="D1"))
    case = priced(of, "800")
    client = visitor(Role.DEALER_OWNER, dealer=of.dealer)
    assert client.get(f"/cases/{case.number}/").status_code == 404
    assert case.number not in client.get("/cases/").content.decode()
    heard(of, case, at=AFTER)
    add_note(number=case.number, text="a friend of D7", actor=of.judge, at=AFTER)
    told = client.get(f"/cases/{case.number}/").content.decode()
    assert "Sold below the floor." in told and "A written warning" in told and "You are asked to reply" in told
    assert "D7" not in told and of.investigator.username not in told
    assert case.deliveries.filter(proof=DeliveryProof.OPENED).count() == 1
    assert "a friend of D7" in seen(Role.RISK_JUDGE, case)


def test_everything_can_be_done_on_the_page() -> None:
    market()
    of = people(factories.Dealer(code="D1"))
    case = priced(of, "800")
    page = f"/cases/{case.number}/"

    def does(person: User, act: str, **fields: str) -> str:
        client = signed_in(person)
        client.post(f"{page}{act}/", fields)
        case.refresh_from_db()
        return case.state

    assert does(of.investigator, "take") == "investigating"
    does(of.investigator, "add", reference="LETTER-7", reason="says so")
    assert case.evidence.count() == 2
    assert does(of.investigator, "propose-dismissal", reason="typing error") == "dismissal_proposed"
    assert does(of.judge, "dismissal", agree="no", reason="ask") == "investigating"
    assert does(of.investigator, "hear", charge="Sold too low.") == "dealer_reply"
    due = case.due_at
    does(of.investigator, "extend", days="2", reason="ill")
    assert case.due_at is not None and due is not None and case.due_at > due
    does(of.owner, "reply", text="A competitor did.", final="yes")
    assert case.ready_at is not None
    assert does(of.judge, "decide", outcome="confirmed", reasons="It shows.") == "decided"
    assert does(of.owner, "appeal", grounds="It was approved.") == "appealed"
    assert does(of.judge, "decide-appeal", outcome="upheld", reasons="no") == "appealed"
    assert does(of.manager, "decide-appeal", outcome="overturned", reasons="it was") == "overturned"
    User.objects.filter(pk=of.owner.pk).update(first_name="老王")
    for person in (of.investigator, of.judge, of.manager, of.owner):
        shown = signed_in(person).get(page)
        assert shown.status_code == 200
        assert "老王" in shown.content.decode()  # as people are called, not by the name they sign in with
        assert f"investigator: {of.investigator.username}" not in shown.content.decode()  # who took it has said so


def test_a_case_is_opened_by_hand_with_a_reference() -> None:
    market()
    dealer = factories.Dealer(code="D1")
    client = visitor(Role.RISK_INVESTIGATOR)
    fields = {"dealer": dealer.code, "kind": "document", "period": "2026-11-H1", "reason": "no licence"}
    refused = client.post("/cases/new/", fields)
    assert refused.status_code == 422 and not Case.objects.exists()
    client.post("/cases/new/", {**fields, "references": "LETTER-1\nLETTER-2"})
    assert Case.objects.get().evidence.count() == 2
