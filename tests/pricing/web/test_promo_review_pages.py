"""Drafting with warnings, remarks and files; the meeting, standing in and approving many, as pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealers.choices import Role
from pricing.choices import PromoState
from pricing.models import PromoDelegation, PromoRequest
from pricing.rules.promo_remarks import RemarkContent
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.pricing.promo_stage import MONDAY, approved, drafted, in_budget_review, stage, step_of, submitted
from tests.pricing.web.test_promo_pages import FORM
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def cast():
    return stage()


def page(person, name, *args, **query):
    answer = signed_in(person).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_draft_is_saved_before_it_is_complete_with_shares_goals_and_files(cast):
    unfinished = {**FORM, "sku": [""], "promo_price": [""], "budget": "", "stay": "1"}
    more = {"goal_uplift": "30", "goal_amount": "120000", "other_percent": "10", "other_party": "万象城"}
    file = SimpleUploadedFile("plan.pdf", PDF_BYTES)
    answer = signed_in(cast.owner).post(reverse("promo-new"), {**unfinished, **more, "files": [file]})
    request = PromoRequest.objects.get()
    assert answer["Location"] == reverse("promo-edit", args=[request.code])
    assert (request.brand_share, request.dealer_share, request.other_share) == (
        Decimal("0.5"),
        Decimal("0.4"),
        Decimal("0.1"),
    )
    assert dict(request.goals.values_list("measure", "target")) == {"uplift": Decimal("0.3"), "amount": Decimal(120000)}
    html = page(cast.owner, "promo-edit", request.code)
    assert "plan.pdf" in html
    assert 'value="30"' in html


def test_a_file_that_is_refused_is_named_and_the_draft_is_kept(cast):
    file = SimpleUploadedFile("page.html", b"<script></script>")
    answer = signed_in(cast.owner).post(reverse("promo-new"), {**FORM, "files": [file], "submit": "1"}, follow=True)
    assert "page.html" in answer.content.decode()
    assert PromoRequest.objects.get().state == PromoState.DRAFT


def test_while_drafting_the_applicant_is_warned(cast):
    rival = submitted(cast.owner)
    typed = {**FORM, "promo_price": ["870", ""], "ad_copy": "全网最低价"}
    html = signed_in(cast.owner).post(reverse("promo-new-checks"), typed).content.decode()
    assert rival.code in html
    assert "价格不同" in html
    assert '<mark class="bad">全网最低价</mark>' in html
    assert "<span>05-25</span><small>第 1 日</small>" in html
    assert PromoRequest.objects.count() == 1


def test_a_dealer_is_not_told_of_plans_headquarters_has_not_approved(cast):
    plan = submitted(cast.marketing)
    mine = submitted(cast.owner)
    assert plan.code not in page(cast.owner, "promo-detail", mine.code)
    assert plan.code in page(cast.legal, "promo-detail", mine.code)
    window = {"starts_on": date(2026, 6, 2), "budget": Decimal("20000")}  # 100,000 together, still the director's
    standing = approved(cast.marketing, cast.legal, cast.director, **window)
    assert standing.code in page(cast.owner, "promo-detail", mine.code)


def test_the_applicant_reads_what_is_to_be_changed_where_it_is_changed(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    remarks = [RemarkContent("budget", "请附<明细>"), RemarkContent("ad_copy", "换一种说法", 0)]
    decide_legal(code=request.code, decision="return", reason="改", remarks=remarks, actor=cast.legal, at=MONDAY)
    html = page(cast.owner, "promo-edit", request.code)
    assert "请附&lt;明细&gt;" in html
    assert "“顶级”" in html


def test_remarks_come_in_with_the_decision(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    body = {
        "decision": "return",
        "reason": "改",
        "remark_on": ["finding-0", "budget", "title"],
        "remark": ["换一种说法", "", "更短"],
    }
    signed_in(cast.legal).post(reverse("promo-legal-decision", args=[request.code]), body)
    kept = step_of(request).remarks.values_list("field", "finding", "text")
    assert list(kept) == [("ad_copy", 0, "换一种说法"), ("title", None, "更短")]


def test_members_see_the_votes_of_others_once_they_have_voted(cast):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    decide_budget(code=request.code, decision="reject", reason="预算过高", actor=cast.members[0], at=MONDAY)
    assert "预算过高" not in page(cast.members[1], "promo-detail", request.code)
    assert "预算过高" not in page(cast.director, "promo-detail", request.code)
    assert "预算过高" in page(cast.members[0], "promo-detail", request.code)
    assert "预算过高" in page(cast.auditor, "promo-detail", request.code)
    for member in cast.members[1:]:
        decide_budget(code=request.code, decision="reject", reason="同上", actor=member, at=MONDAY)
    assert "预算过高" in page(cast.director, "promo-detail", request.code)


def test_minutes_with_their_sheet_are_headquarters_alone(cast):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    sheet = SimpleUploadedFile("签到.pdf", PDF_BYTES)
    signed_in(cast.manager).post(reverse("promo-minutes", args=[request.code]), {"text": "三人出席", "file": sheet})
    assert "三人出席" in page(cast.auditor, "promo-detail", request.code)
    assert "三人出席" not in page(cast.owner, "promo-detail", request.code)
    minutes = step_of(request).minutes.get()
    url = reverse("promo-minutes-file", args=[request.code, minutes.pk])
    assert signed_in(cast.auditor).get(url).content == PDF_BYTES
    assert signed_in(cast.owner).get(url).status_code == 404


def test_an_absence_is_recorded_and_ended_on_its_page(cast):
    director = signed_in(cast.director)
    url = reverse("promo-delegations")
    given = {"delegator": cast.director.pk, "delegate": cast.manager.pk, "reason": "出差"}
    refused = director.post(url, {**given, "first_day": "2026-05-10", "last_day": "2026-05-12"})
    assert refused.status_code == 422
    director.post(url, {**given, "first_day": "2026-05-11", "last_day": "2026-05-12"})
    delegation = PromoDelegation.objects.get()
    request = in_budget_review(cast.owner, cast.legal)
    assert request.code in page(cast.manager, "promos", tab="mine")
    assert "您正代理" in page(cast.manager, "promo-detail", request.code)
    assert "出差" in page(cast.auditor, "promo-delegations")
    assert signed_in(cast.owner).get(url).status_code == 403
    director.post(reverse("promo-delegation-end", args=[delegation.pk]))
    assert request.code not in page(cast.manager, "promos", tab="mine")


def test_ticked_requests_are_answered_one_by_one(cast):
    newcomer = factories.Dealer(activated_on=date(2026, 5, 11))
    harmless = submitted(factories.User(role=Role.DEALER_OWNER, dealer=newcomer))
    worded = submitted(cast.owner, ad_copy="全网最低价")
    html = page(cast.legal, "promos", tab="mine")
    assert f'value="{harmless.code}:{step_of(harmless).pk}" title="无疑问' in html
    chosen = [f"{request.code}:{step_of(request).pk}" for request in (harmless, worded)]
    answer = signed_in(cast.legal).post(reverse("promos-bulk"), {"chosen": chosen})
    assert "已批准 1 件，1 件须单独审核" in answer.content.decode()
    harmless.refresh_from_db()
    assert harmless.state == PromoState.BUDGET_REVIEW


def test_the_detail_page_asks_the_same_for_any_number_of_submissions_and_files(cast):
    request = drafted(cast.owner)

    def questions():
        page(cast.auditor, "promo-detail", request.code)
        with CaptureQueriesContext(connection) as asked:
            page(cast.auditor, "promo-detail", request.code)
        return len(asked)

    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    decide_legal(code=request.code, decision="return", reason="改", actor=cast.legal, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    few = questions()
    for _ in range(3):
        decide_legal(code=request.code, decision="return", reason="改", actor=cast.legal, at=MONDAY)
        submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    assert questions() == few
