"""The pages of adjustments."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from dealers.choices import Role
from settlement.choices import AdjustmentState
from settlement.models import Adjustment
from tests.settlement.disputing import NEXT_DAY, PERIOD, Stage, stage
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
NEW = "/settlement-adjustments/new/"


@pytest.fixture
def of() -> Any:
    made = stage()
    with travel(NEXT_DAY, tick=False):
        yield made


def test_from_a_settled_line_to_an_approved_adjustment(of: Stage) -> None:
    clerk = signed_in(of.clerk)
    link = f"{NEW}?period={PERIOD}&amp;dealer=D1&amp;line=1"
    assert link in clerk.get(f"/statements/{PERIOD}/D1/lines/1/").content.decode()
    form = clerk.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="-20.00"' in form
    answer = clerk.post(link.replace("&amp;", "&"), {"amount": "-12.50", "reason": "退货未扣"}, follow=True)
    adjustment = Adjustment.objects.get()
    assert answer.redirect_chain[-1][0] == f"/settlement-adjustments/{adjustment.number}/"
    assert "Approve" not in answer.content.decode().partition("<main")[2]
    approver = signed_in(of.approver)
    assert adjustment.number in approver.get("/settlement-adjustments/").content.decode()
    approver.post(f"/settlement-adjustments/{adjustment.number}/decide/", {"decision": "approve"})
    adjustment.refresh_from_db()
    assert adjustment.state == AdjustmentState.APPROVED
    page = approver.get(f"/settlement-adjustments/{adjustment.number}/").content.decode()
    assert "the next open half-month" in page


def test_what_was_typed_stays_when_it_is_refused(of: Stage) -> None:
    sent = {"dealer": "D1", "for_period": PERIOD, "amount": "0", "reason": "对不上"}
    answer = signed_in(of.clerk).post(NEW, sent)
    assert answer.status_code == 422
    assert "对不上" in answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_and_acts_only_where_it_may(of: Stage, role: Role) -> None:
    browser = visitor(role, dealer=of.dealer)
    readers = {Role.FINANCE_CLERK, Role.FINANCE_APPROVER, Role.GENERAL_MANAGER, Role.AUDITOR}
    assert (browser.get("/settlement-adjustments/").status_code == 200) is (role in readers)
    assert (browser.get(NEW).status_code == 200) is (role in {Role.FINANCE_CLERK, Role.FINANCE_APPROVER})
    decided = browser.post("/settlement-adjustments/ADJ-0/decide/").status_code
    assert decided == (404 if role == Role.FINANCE_APPROVER else 403)


def test_the_list_costs_the_same_however_long(of: Stage) -> None:
    browser = signed_in(of.clerk)
    counts = []
    sent = {"dealer": "D1", "for_period": PERIOD, "amount": "1", "reason": "补"}
    for _round in range(3):
        browser.post(NEW, sent)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/settlement-adjustments/?state=all").status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]
