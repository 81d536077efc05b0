"""The pages of disputes: the dealer's form, the queue, and finance's two steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from dealers.choices import Role
from settlement.choices import DisputeOutcome, DisputeState
from settlement.models import Dispute
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.settlement.disputing import NEXT_DAY, PERIOD, Stage, opened, prepared, stage
from tests.settlement.world import dealer
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
FORM = f"/statements/{PERIOD}/D1/dispute/"


@pytest.fixture
def of() -> Any:
    made = stage()
    with travel(NEXT_DAY, tick=False):
        yield made


def test_a_dealer_ticks_lines_attaches_a_file_and_reaches_its_dispute(of: Stage) -> None:
    browser = signed_in(of.owner)
    assert FORM in browser.get(f"/statements/{PERIOD}/D1/").content.decode()
    sent = {"line": "1", "claimed_1": "1,099.50", "reason_1": "少算", "reason": "见附件"}
    answer = browser.post(FORM, {**sent, "files": [SimpleUploadedFile("单据.pdf", PDF_BYTES)]}, follow=True)
    dispute = Dispute.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/disputes/{dispute.number}/"
    assert "单据.pdf" in page
    assert "1,099.50" in page
    file = dispute.files.get()
    assert browser.get(f"/disputes/{dispute.number}/files/{file.pk}/").content == PDF_BYTES


def test_what_was_filled_in_stays_when_it_is_refused(of: Stage) -> None:
    answer = signed_in(of.owner).post(FORM, {"line": "1", "claimed_1": "一百", "reason": "对不上"})
    assert answer.status_code == 422
    assert 'value="一百"' in answer.content.decode()
    assert "is not an amount" in answer.content.decode()
    assert not Dispute.objects.exists()


def test_after_the_window_the_page_says_what_remains(of: Stage) -> None:
    due = of.statement.confirm_due_at
    assert due is not None
    with travel(due, tick=False):
        browser = signed_in(of.owner)
        assert FORM not in browser.get(f"/statements/{PERIOD}/D1/").content.decode()
        assert "too late" in browser.get(FORM).content.decode()


def test_finance_prepares_and_another_person_decides(of: Stage) -> None:
    dispute = opened(of)
    clerk, approver = signed_in(of.clerk), signed_in(of.approver)
    path = f"/disputes/{dispute.number}/"
    clerk.post(f"{path}prepare/", {"outcome": "accepted", "granted_1": "12.34", "reason": "确有少算"})
    assert "Decide as prepared" not in clerk.get(path).content.decode()
    assert "Decide as prepared" in approver.get(path).content.decode()
    dispute.refresh_from_db()
    assert dispute.proposed_at is not None
    approver.post(f"{path}decide/", {"prepared_at": dispute.proposed_at.isoformat()})
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.ACCEPTED
    seen = signed_in(of.owner).get(path).content.decode()
    assert "12.34" in seen
    assert of.approver.get_username() not in seen
    assert of.clerk.get_username() not in seen


def test_a_preparation_is_not_for_the_dealer(of: Stage) -> None:
    dispute = prepared(of, opened(of), DisputeOutcome.REJECTED, reason="内部意见")
    assert "内部意见" not in signed_in(of.owner).get(f"/disputes/{dispute.number}/").content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_disputes_only_where_it_may(of: Stage, role: Role) -> None:
    dispute = opened(of)
    insiders = {Role.FINANCE_CLERK, Role.FINANCE_APPROVER, Role.GENERAL_MANAGER, Role.AUDITOR}
    browser = visitor(role, dealer=dealer("D9"))
    shown = browser.get(f"/disputes/{dispute.number}/").status_code
    listed = browser.get("/disputes/").status_code
    outside = {Role.CHANNEL_MANAGER, Role.DEALER_OWNER, Role.DEALER_OPERATOR}
    assert (listed, shown) == ((200, 200) if role in insiders else (200, 404) if role in outside else (403, 403))
    for step in ("prepare", "decide", "send-back"):
        may = role == Role.FINANCE_APPROVER or (role == Role.FINANCE_CLERK and step == "prepare")
        assert (browser.post(f"/disputes/{dispute.number}/{step}/").status_code == 403) is not may


def test_the_queue_costs_the_same_however_long(of: Stage) -> None:
    browser = signed_in(of.clerk)
    counts = []
    opened(of)
    browser.get("/disputes/")  # the numbers of the side bar are kept for a while
    for copies in (0, 8):
        for number in range(copies):
            first = Dispute.objects.latest("pk")
            first.pk, first.number = None, f"DISP-X-{number}"
            first.save()
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/disputes/?show=all").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_api_key_is_named_as_who_opened_it(of: Stage) -> None:
    dispute = opened(of, actor=factories.User(role=Role.DEALER_OPERATOR, dealer=of.dealer))
    assert dispute.opened_by is not None
    assert dispute.opened_by.get_username() in signed_in(of.clerk).get(f"/disputes/{dispute.number}/").content.decode()
