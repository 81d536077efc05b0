"""The inbox, the pane and the form of promotion requests."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dealers.choices import Role
from pricing.choices import PromoState
from pricing.models import PromoRequest
from pricing.rules.promo_content import PromoItemContent
from pricing.selectors.promo_inbox import InboxQuery, promo_inbox
from pricing.services.promos.drafts import change_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo
from tests import factories
from tests.pricing.promo_stage import (
    MONDAY,
    approved,
    content,
    drafted,
    in_budget_review,
    moment,
    stage,
    step_of,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def cast():
    return stage()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def page(person, name="promos", *args, **query):
    answer = signed_in(person).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_inbox_asks_as_many_questions_for_ten_rows_as_for_a_hundred(cast):
    """Rows of several dealers, with several products, in several states."""

    def fill(count):
        for number in range(count):
            owner = factories.User(role=Role.DEALER_OWNER)
            items = (PromoItemContent("SKU-1", Decimal("880")), PromoItemContent(factories.Product().sku, Decimal("5")))
            request = submitted(owner, items=items, ad_copy="全网最低价", regions=(owner.dealer.home_region.code,))
            if number % 3 == 0:
                decide_legal(
                    code=request.code, decision="approve", reason="已核实", actor=cast.legal, at=MONDAY, cleared=[0]
                )

    def questions():
        page(cast.auditor, tab="all")  # what the process keeps for half a minute is fresh now
        with CaptureQueriesContext(connection) as asked:
            page(cast.auditor, tab="all")
        return len(asked)

    fill(10)
    few = questions()
    fill(90)
    assert questions() == few
    assert few < 60


def test_a_reviewer_finds_what_waits_for_it_first(cast):
    waiting = in_budget_review(cast.owner, cast.legal)
    elsewhere = in_budget_review(
        cast.owner, cast.legal, budget=Decimal("700000"), starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 5)
    )
    html = page(cast.director)
    assert waiting.code in html
    assert f">{elsewhere.code}</span></td>" not in html
    assert "promo-filters" in html


def test_what_a_person_proposed_does_not_wait_for_it(cast):
    factories.User(role=Role.MARKETING_DIRECTOR)
    request = in_budget_review(cast.director, cast.legal)
    assert request.code not in page(cast.director, tab="mine")


def test_the_row_selected_stays_selected_after_a_search(cast):
    first, second = submitted(cast.owner), submitted(cast.owner)
    html = page(cast.legal, q="SKU-1", selected=second.code)
    row = html.split(f'<span class="sub mono">{second.code}</span>')[0].rsplit("<tr", 1)[1]
    assert 'aria-selected="true"' in row
    assert html.count('aria-selected="true"') == 1
    assert first.code in html


def test_the_list_goes_on_where_the_page_before_ended_with_the_most_urgent_first(cast, monkeypatch):
    """Reviews by deadline, then everything else, the newest first; each request once, whatever the size of a page."""
    monkeypatch.setattr("pricing.selectors.promo_inbox.ROWS_PER_PAGE", 2)
    decided = [approved(cast.owner, cast.legal, cast.director, budget=Decimal("1000")) for _time in range(2)]
    urgent = submitted(cast.owner)
    wednesday = MONDAY + timedelta(days=2)
    later, returned = submitted(cast.owner, at=wednesday), submitted(cast.owner, at=wednesday)
    decide_legal(code=returned.code, decision="return", reason="请改", actor=cast.legal, at=wednesday)
    boxes = [promo_inbox(cast.auditor, InboxQuery(tab="all", page=page), at=wednesday) for page in "123"]
    listed = [[promo.code for promo in box.page.object_list] for box in boxes]
    assert listed == [[urgent.code, later.code], [returned.code, decided[1].code], [decided[0].code]]
    assert [box.figures.late for box in boxes] == [1, 1, 1]


def test_while_somebody_searches_only_the_rows_are_read(cast):
    request = submitted(cast.owner)
    client = signed_in(cast.legal)
    client.get(reverse("promos"), {"q": "SKU"})
    with CaptureQueriesContext(connection) as whole:
        client.get(reverse("promos"), {"q": "SKU"})
    with CaptureQueriesContext(connection) as rows:
        answer = client.get(reverse("promos"), {"q": "SKU"}, headers={"HX-Request": "true", "HX-Target": "results"})
    assert request.code in answer.content.decode()
    assert len(rows) < len(whole) * 3 / 4
    assert "HX-Target" in answer["Vary"]


@pytest.mark.parametrize(("words", "found"), [("D0001", True), ("SKU-1", True), ("商贸", True), ("nothing", False)])
def test_the_search_looks_at_number_dealer_and_product(cast, words, found):
    request = submitted(cast.owner)
    results = page(cast.legal, tab="all", q=words).split('id="results"')[1].split('id="detail"')[0]
    assert (request.code in results) is found


def test_the_region_filter_takes_a_province_with_its_cities(cast):
    city = factories.City(code="HZ")
    here, elsewhere = submitted(cast.owner, regions=("HZ",)), submitted(cast.owner, regions=(factories.City().code,))
    results = page(cast.legal, tab="all", region=city.parent.code).split('id="results"')[1].split('id="detail"')[0]
    assert here.code in results
    assert elsewhere.code not in results


def test_a_channel_manager_sees_its_own_regions(cast):
    inside = submitted(cast.owner)
    outside = submitted(factories.User(role=Role.DEALER_OWNER))
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[cast.dealer.home_region.parent])
    html = page(manager, tab="all")
    assert inside.code in html
    assert outside.code not in html


def test_a_dealer_sees_its_own_and_knows_of_no_other(cast):
    own = drafted(cast.owner)
    other = submitted(factories.User(role=Role.DEALER_OWNER))
    html = page(cast.owner, tab="all")
    assert own.code in html
    assert other.code not in html
    assert other.applicant.name not in html
    assert signed_in(cast.owner).get(reverse("promo-detail", args=[other.code])).status_code == 404


def test_a_dealer_s_draft_is_not_on_hq_s_desk(cast):
    draft = drafted(cast.owner)
    assert draft.code not in page(cast.legal, tab="all")
    assert signed_in(cast.legal).get(reverse("promo-detail", args=[draft.code])).status_code == 404


def test_an_administrator_has_no_business_here(cast):
    administrator = factories.User(role=Role.ADMINISTRATOR)
    assert signed_in(administrator).get(reverse("promos")).status_code == 403


def test_each_wording_found_is_marked_where_it_stands(cast):
    request = submitted(cast.owner, ad_copy="本店<b>全网最低价</b>")
    html = page(cast.legal, "promo-detail", request.code)
    assert '本店&lt;b&gt;<mark class="bad" id="hit-0">全网最低价<sup>1</sup></mark>&lt;/b&gt;' in html
    assert reverse("promo-clear-hit", args=[request.code, 0]) in html
    assert reverse("promo-clear-hit", args=[request.code, 0]) not in page(cast.auditor, "promo-detail", request.code)


def test_the_pane_shows_how_the_deadline_was_counted(cast):
    with time_machine.travel(moment("2026-02-13 15:00"), tick=False):
        window = {"starts_on": date(2026, 3, 10), "ends_on": date(2026, 3, 12)}
        at = moment("2026-02-13 15:00")
        request = in_budget_review(cast.owner, cast.legal, at=at, budget=Decimal("300000"), **window)
        html = page(cast.manager, "promo-detail", request.code)
    assert "<span>02-14</span><small>第 1 日 · 调休上班 · 春节</small>" in html
    assert "<span>02-17</span><small>春节</small>" in html
    assert "<span>02-25</span><small>第 3 日</small>" in html


def test_the_pane_shows_what_a_resubmission_changed(cast):
    request = submitted(cast.owner)
    decide_legal(code=request.code, decision="return", reason="请修改", actor=cast.legal, at=MONDAY)
    change_promo(code=request.code, content=content(budget=Decimal("90000")), actor=cast.owner, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    html = page(cast.legal, "promo-detail", request.code)
    assert "<del>¥80,000.00</del> <ins>¥90,000.00</ins>" in html


def test_a_decision_leads_back_to_the_list_with_the_row_selected(cast):
    request = submitted(cast.owner)
    back = f"{reverse('promos')}?tab=mine&selected={request.code}"
    answer = signed_in(cast.legal).post(
        reverse("promo-legal-decision", args=[request.code]),
        {"decision": "approve", "step": step_of(request).pk, "next": back},
    )
    assert (answer.status_code, answer["Location"]) == (302, back)
    request.refresh_from_db()
    assert request.state == PromoState.BUDGET_REVIEW


def test_a_refused_decision_says_why_and_changes_nothing(cast):
    request = submitted(cast.owner)
    answer = signed_in(cast.legal).post(
        reverse("promo-legal-decision", args=[request.code]), {"decision": "reject", "reason": ""}, follow=True
    )
    assert "请填写理由" in answer.content.decode()
    request.refresh_from_db()
    assert request.state == PromoState.LEGAL_REVIEW


def test_a_decision_never_leads_to_a_strange_site(cast):
    request = submitted(cast.owner)
    answer = signed_in(cast.legal).post(
        reverse("promo-legal-decision", args=[request.code]), {"decision": "approve", "next": "https://evil.example/"}
    )
    assert answer["Location"] == reverse("promo-detail", args=[request.code])


FORM = {
    "title": "六月促销",
    "kind": "discount",
    "starts_on": "2026-06-01",
    "last_on": "2026-06-07",
    "budget": "80000",
    "brand_percent": "50",
    "sku": ["SKU-1", ""],
    "promo_price": ["880", ""],
    "ad_copy": "夏日好价",
}


def test_a_dealer_fills_in_the_form_and_submits(cast):
    client = signed_in(cast.owner)
    answer = client.post(reverse("promo-new"), {**FORM, "submit": "1"})
    request = PromoRequest.objects.get()
    assert answer["Location"] == reverse("promo-detail", args=[request.code])
    assert request.state == PromoState.LEGAL_REVIEW
    assert (request.window.lower, request.window.upper) == (date(2026, 6, 1), date(2026, 6, 8))
    assert (request.brand_share, request.applicant) == (Decimal("0.5"), cast.dealer)


def test_a_submission_too_late_stays_a_draft_and_says_so(cast):
    answer = signed_in(cast.owner).post(
        reverse("promo-new"), {**FORM, "starts_on": "2026-05-12", "submit": "1"}, follow=True
    )
    assert PromoRequest.objects.get().state == PromoState.DRAFT
    assert "2026-05-19" in answer.content.decode()  # the earliest start possible


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sku": ["NO-SUCH"], "promo_price": ["1"]}, "没有商品 NO-SUCH"),
        ({"sku": [""], "promo_price": [""], "submit": "1"}, "请至少填写一个商品"),
        ({"last_on": "2026-05-30"}, "须晚于开始日"),
        ({"promo_price": ["-1"]}, "数字不能为负"),
        ({"brand_percent": "101"}, "100"),
    ],
)
def test_the_form_comes_back_with_what_is_wrong(cast, change, words):
    answer = signed_in(cast.owner).post(reverse("promo-new"), {**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PromoRequest.objects.exists()


def test_a_draft_is_changed_in_the_same_form(cast):
    request = drafted(cast.owner)
    client = signed_in(cast.owner)
    assert 'value="880"' in client.get(reverse("promo-edit", args=[request.code])).content.decode()
    client.post(reverse("promo-edit", args=[request.code]), {**FORM, "promo_price": ["870"]})
    assert request.items.get().promo_price == 870


def test_a_price_is_told_against_its_band_while_typing(cast):
    html = page(cast.owner, "promo-price-hint", sku="SKU-1", promo_price="810")
    assert "¥900.00" in html
    assert "−10.0%" in html


def test_a_dealer_sees_hq_s_promotions_open_to_it(cast):
    mine = approved(cast.marketing, cast.legal, cast.director)
    others = approved(
        cast.marketing,
        cast.legal,
        cast.director,
        dealers=(factories.Dealer(code="D0009").code,),
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 7, 3),
    )
    html = page(cast.owner, "promos-open")
    assert mine.code in html
    assert others.code not in html


def test_the_export_has_a_row_for_each_product(cast):
    submitted(cast.owner)
    answer = signed_in(cast.auditor).get(reverse("promos-export"), {"tab": "all"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][0] == "PR-2605-D0001-001"
    assert rows[1][5:8] == [880.0, 900.0, pytest.approx(-0.0222, abs=0.001)]


@pytest.mark.parametrize("name", ["promos", "promo-new"])
def test_the_english_page_has_no_chinese_of_ours(cast, name):
    cast.owner.language = "en"
    cast.owner.save()
    html = page(cast.owner, name)
    ours = html.replace("中文", "").replace("简体中文", "").replace(cast.dealer.name, "")
    ours = ours.replace(cast.dealer.home_region.name_zh, "").replace(cast.dealer.home_region.parent.name_zh, "")
    assert not [character for character in ours if "\u4e00" <= character <= "\u9fff"]
