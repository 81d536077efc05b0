"""The queue of cases: for those who investigate, judge and audit, with the evidence as it was seen."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from settlement.models import Case
from settlement.services.case_intake import hand_over_violation
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.visitors import visitor

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
        (Role.DEALER_OWNER, 403),
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
    for query, shown in (("?q=D1", True), ("?q=nobody", False), ("?kind=fraud", False), ("?priority=normal", True)):
        assert (case.number in client.get(f"/cases/{query}").content.decode()) is shown

    def asked() -> int:
        client.get("/cases/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/cases/")
        return len(queries)

    before = asked()
    for _number in range(4):
        opened()
    assert asked() == before
