"""Promotion requests over REST."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.choices import Role
from dealers.models import ApiKey
from pricing.choices import PromoState
from pricing.models import PromoRequest
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.pricing.promo_stage import MONDAY, drafted, in_budget_review, stage, step_of, submitted

pytestmark = pytest.mark.django_db
URL = "/api/v1/promo-requests"
BODY = {
    "title": "六月促销",
    "starts_on": "2026-06-01",
    "ends_on": "2026-06-08",
    "budget": "80000.00",
    "brand_share": "0.5",
    "ad_copy": "夏日好价",
    "items": [{"sku": "SKU-1", "promo_price": "880.5"}],
}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def cast():
    return stage()


def key_of(dealer, *scopes):
    _key, secret = ApiKey.objects.create_key(name="erp", dealer=dealer, scopes=list(scopes))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def key(cast):
    return key_of(cast.dealer, "promos:read", "promos:write")


def post(path="", body=None, headers=None, client=None):
    return (client or Client()).post(URL + path, body or {}, content_type="application/json", headers=headers)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_dealer_s_system_drafts_and_submits(cast, key):
    answer = post(body=BODY, headers=key)
    assert answer.status_code == 201, answer.content
    draft = answer.json()
    assert (draft["id"], draft["state"], draft["applicant"]) == ("PR-2605-D0001-001", "draft", "D0001")
    assert draft["items"] == [{"sku": "SKU-1", "promo_price": "880.500000"}]
    assert {check["code"] for check in draft["checks"]} >= {"lead_time", "band", "conflicts", "ad_terms", "sync"}
    answer = post(f"/{draft['id']}/submit", headers=key).json()
    assert (answer["state"], answer["step"]["authority"]) == ("legal_review", "legal_reviewer")
    assert answer["step"]["deadline"]["counted"] == ["2026-05-12"]
    assert PromoRequest.objects.get().created_by_key.startswith("key:erp")


def test_a_repeated_post_drafts_nothing_twice(cast, key):
    headers = {**key, "Idempotency-Key": "once"}
    first, again = post(body=BODY, headers=headers), post(body=BODY, headers=headers)
    assert first.json() == again.json()
    assert PromoRequest.objects.count() == 1


def test_every_fault_names_its_field(cast, key):
    body = {**BODY, "ends_on": "2026-06-01", "items": [{"sku": "NO-SUCH", "promo_price": "1"}]}
    answer = post(body=body, headers=key)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == {"ends_on", "items.0.sku"}


@pytest.mark.parametrize(
    "change",
    [
        {"items": [{"sku": "SKU-1", "promo_price": "-1"}]},
        {"items": [{"sku": "SKU-1", "promo_price": "1.0000001"}]},
        {"brand_share": "1.5"},
        {"budget": "NaN"},
        {"budgett": "1"},
        {"starts_on": "01/06/2026"},
    ],
)
def test_malformed_bodies_are_refused(cast, key, change):
    assert post(body={**BODY, **change}, headers=key).status_code == 400


def test_a_late_submission_is_told_the_earliest_start(cast, key):
    draft = post(body={**BODY, "starts_on": "2026-05-13"}, headers=key).json()
    answer = post(f"/{draft['id']}/submit", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "lead_too_short")


def test_a_key_needs_its_scope(cast):
    assert post(body=BODY, headers=key_of(cast.dealer, "promos:read")).status_code == 403
    assert Client().get(URL, headers=key_of(cast.dealer, "sales:write")).status_code == 403


def test_a_dealer_neither_lists_nor_finds_another_s(cast, key):
    other = submitted(factories.User(role=Role.DEALER_OWNER))
    own = submitted(cast.owner)
    assert [row["id"] for row in Client().get(URL, headers=key).json()["results"]] == [own.code]
    for path in (f"/{other.code}", f"/{other.code}/submit", f"/{other.code}/withdraw"):
        call = Client().get if path.count("/") == 1 else Client().post
        assert call(URL + path, headers=key, content_type="application/json").status_code == 404


def test_a_request_is_withdrawn_before_its_start_only(cast, key):
    request = submitted(cast.owner)
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        assert post(f"/{request.code}/withdraw", headers=key).json()["code"] == "promo_started"
    assert post(f"/{request.code}/withdraw", {"reason": "改期"}, key).json()["state"] == "withdrawn"


def test_a_returned_request_is_replaced(cast, key):
    request = drafted(cast.owner)
    answer = Client().put(
        f"{URL}/{request.code}", {**BODY, "budget": "90000"}, content_type="application/json", headers=key
    )
    assert (answer.status_code, answer.json()["budget"]) == (200, "90000.00")


def test_hq_decides_in_its_browser_session(cast):
    request = submitted(cast.owner, ad_copy="全网最低价")
    legal = signed_in(cast.legal)
    body = {"decision": "approve"}
    assert post(f"/{request.code}/legal-decision", body, client=legal).json()["code"] == "wording_uncleared"
    answer = post(f"/{request.code}/legal-decision", {**body, "cleared": [0], "reason": "已核实"}, client=legal)
    assert answer.json()["state"] == "budget_review"
    answer = post(f"/{request.code}/budget-decision", body, client=signed_in(cast.director))
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    again = post(f"/{request.code}/budget-decision", body, client=signed_in(cast.director))
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


def test_a_stale_step_is_not_decided(cast):
    request = submitted(cast.owner)
    step = step_of(request).pk
    body = {"decision": "approve", "step": step + 1}
    answer = post(f"/{request.code}/legal-decision", body, client=signed_in(cast.legal))
    assert (answer.status_code, answer.json()["code"]) == (409, "promo_state")


def test_no_key_decides(cast, key):
    request = submitted(cast.owner)
    assert post(f"/{request.code}/legal-decision", {"decision": "approve"}, key).status_code == 403


@pytest.mark.parametrize(
    ("person", "statuses"),
    [
        # draft for HQ, legal decision, budget decision of another's request in legal review
        ("legal", (403, 200, 403)),
        ("director", (201, 403, 409)),
        ("manager", (403, 403, 409)),
        ("marketing", (201, 403, 403)),
        ("auditor", (403, 403, 403)),
        ("owner", (201, 403, 403)),
    ],
)
def test_who_may_do_what(cast, person, statuses):
    request = submitted(cast.owner)
    client = signed_in(getattr(cast, person))
    decision = {"decision": "approve"}
    assert (
        post(body=BODY, client=client).status_code,
        post(f"/{request.code}/legal-decision", decision, client=client).status_code,
    ) == statuses[:2]
    PromoRequest.objects.filter(pk=request.pk).update(state=PromoState.LEGAL_REVIEW)
    assert post(f"/{request.code}/budget-decision", decision, client=client).status_code == statuses[2]


def test_a_list_asks_as_many_questions_for_ten_as_for_thirty(cast, key, django_assert_max_num_queries):
    for _number in range(10):
        submitted(cast.owner)
    with django_assert_max_num_queries(60) as few:
        Client().get(URL, headers=key)
    for _number in range(20):
        submitted(cast.owner)
    with django_assert_max_num_queries(len(few)) as many:
        assert len(Client().get(URL, headers=key).json()["results"]) == 30
    assert len(many) <= len(few)


def upload(path, headers, name="plan.pdf", data=PDF_BYTES):
    file = SimpleUploadedFile(name, data)
    return Client().post(f"{URL}{path}", {"file": file}, headers=headers)


def test_a_system_attaches_a_file_reads_it_back_and_takes_it_out(cast, key):
    request = drafted(cast.owner)
    answer = upload(f"/{request.code}/attachments", key)
    assert answer.status_code == 201, answer.content
    kept = answer.json()
    assert (kept["name"], kept["media_type"]) == ("plan.pdf", "application/pdf")
    where = f"{URL}/{request.code}/attachments/{kept['id']}"
    file = Client().get(where, headers=key)
    assert (file.content, file["Content-Type"]) == (PDF_BYTES, "application/pdf")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert Client().get(where, headers=key_of(factories.Dealer(), "promos:read")).status_code == 404
    assert Client().delete(where, headers=key).status_code == 204
    assert Client().get(f"{URL}/{request.code}", headers=key).json()["attachments"] == []


def test_a_file_that_is_not_what_it_says_is_a_problem(cast, key):
    request = drafted(cast.owner)
    answer = upload(f"/{request.code}/attachments", key, "plan.pdf", b"<html></html>")
    assert (answer.status_code, answer.json()["code"]) == (415, "file_kind_refused")
    assert upload(f"/{request.code}/attachments", key_of(cast.dealer, "promos:read")).status_code == 403


def test_a_retried_upload_is_kept_once(cast, key):
    request = drafted(cast.owner)
    ids = {upload(f"/{request.code}/attachments", key).json()["id"] for _ in range(2)}
    assert len(ids) == 1


def test_shares_and_goals_go_in_and_come_back(cast, key):
    body = {
        **BODY,
        "brand_share": "0.6",
        "other_share": "0.1",
        "other_party": "万象城",
        "goals": [{"measure": "amount", "target": "120000"}, {"measure": "uplift", "target": "0.3"}],
    }
    draft = post(body=body, headers=key).json()
    assert [draft[name] for name in ("brand_share", "dealer_share", "other_share")] == [
        "0.600000",
        "0.300000",
        "0.100000",
    ]
    assert [goal["measure"] for goal in draft["goals"]] == ["amount", "uplift"]
    refused = post(body={**body, "dealer_share": "0.5"}, headers=key)
    assert [error["code"] for error in refused.json()["errors"]] == ["shares_not_whole"]


def test_headquarters_chooses_dealers_by_region_and_tier(cast):
    elsewhere = factories.Dealer(code="D0002")
    client = signed_in(cast.marketing)
    body = {**BODY, "dealer_regions": [cast.dealer.home_region.parent.code], "dealer_tiers": ["T2"]}
    assert post(body=body, client=client).json()["dealers"] == ["D0001"]
    assert post(body={**BODY, "dealer_tiers": ["T2"]}, client=client).json()["dealers"] == ["D0001", elsewhere.code]
    nobody = post(body={**BODY, "dealer_tiers": ["T1"]}, client=client)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "no_dealer_matches")


def test_a_return_with_remarks_is_read_by_the_dealer_with_its_days_and_changes(cast, key):
    request = submitted(cast.owner, ad_copy="顶级画质")
    legal = signed_in(cast.legal)
    remarks = [{"field": "budget", "text": "请附明细"}, {"finding": 0, "text": "换一种说法"}]
    post(f"/{request.code}/legal-decision", {"decision": "return", "reason": "改", "remarks": remarks}, client=legal)
    put = {**BODY, "budget": "90000", "ad_copy": "优质画质"}
    Client().put(f"{URL}/{request.code}", put, content_type="application/json", headers=key)
    post(f"/{request.code}/submit", headers=key)
    read = Client().get(f"{URL}/{request.code}", headers=key).json()
    first, second = read["steps"]
    assert [(one["field"], one["finding"], one["text"]) for one in first["remarks"]] == [
        ("budget", None, "请附明细"),
        ("ad_copy", 0, "换一种说法"),
    ]
    assert first["decided_by"] is None
    assert {change["field"] for change in read["changes"]} == {"budget", "ad_copy", "items"}
    assert read["lead"]["latest"] == "2026-05-24"
    assert second["clock"]["days"][0] == {"day": "2026-05-12", "number": 1, "make_up": False, "why": ""}
    seen = legal.get(f"{URL}/{request.code}").json()
    assert seen["steps"][0]["decided_by"] == "legal"


def test_a_wording_is_cleared_by_its_number_with_a_note(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    legal = signed_in(cast.legal)
    assert post(f"/{request.code}/findings/0/clear", {"note": ""}, client=legal).status_code == 400
    finding = post(f"/{request.code}/findings/0/clear", {"note": "系列名称"}, client=legal).json()["findings"][0]
    assert (finding["cleared"], finding["note"]) == (True, "系列名称")


def test_many_are_approved_with_a_line_for_each(cast):
    worded, plain = submitted(cast.owner, ad_copy="顶级画质"), submitted(cast.marketing)
    body = {"requests": [{"id": worded.code}, {"id": plain.code}, {"id": "PR-NONE"}]}
    answers = post("/bulk-approvals", body, client=signed_in(cast.legal)).json()
    assert (answers[0]["id"], answers[0]["approved"], answers[0]["code"]) == (worded.code, False, "bulk_wordings")
    assert answers[2]["code"] == "promo_not_found"


def test_an_absence_is_recorded_seen_and_ended(cast):
    director = signed_in(cast.director)
    body = {"delegate": "manager", "first_day": "2026-05-11", "last_day": "2026-05-15", "reason": "出差"}
    where = "/api/v1/promo-delegations"
    answer = director.post(where, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    kept = answer.json()
    assert (kept["delegator"], kept["delegate"], kept["ends_on"]) == ("director", "manager", "2026-05-16")
    assert [one["id"] for one in signed_in(cast.auditor).get(where).json()] == [kept["id"]]
    assert director.post(f"{where}/{kept['id']}/end", content_type="application/json").json()["ended_at"]
    assert signed_in(cast.owner).get(where).status_code == 403


def test_a_draft_is_deleted_and_a_submission_is_not(cast, key):
    draft = drafted(cast.owner)
    assert Client().delete(f"{URL}/{draft.code}", headers=key).status_code == 204
    assert Client().get(f"{URL}/{draft.code}", headers=key).status_code == 404
    kept = submitted(cast.owner)
    assert Client().delete(f"{URL}/{kept.code}", headers=key).json()["code"] == "draft_only"


def test_minutes_are_written_over_rest(cast):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    assert post(f"/{request.code}/minutes", {"text": "三人出席"}, client=signed_in(cast.manager)).status_code == 200
    assert post(f"/{request.code}/minutes", {"text": "不"}, client=signed_in(cast.director)).status_code == 403


def test_the_signed_sheet_is_sent_with_the_minutes_and_fetched_by_headquarters_only(cast, key):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    sheet = SimpleUploadedFile("签到.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    where = f"{URL}/{request.code}/minutes"
    answer = signed_in(cast.manager).post(where, {"text": "三人出席", "file": sheet})
    assert answer.status_code == 200, answer.content
    assert post(f"/{request.code}/minutes", {"text": "四人出席"}, client=signed_in(cast.manager)).status_code == 200
    latest, first = signed_in(cast.auditor).get(where).json()
    assert (latest["version"], latest["file"], first["text"], first["file"]) == (2, None, "三人出席", "签到.pdf")
    file = signed_in(cast.auditor).get(f"{where}/{first['id']}/file")
    assert b"".join(file).startswith(b"%PDF") if file.streaming else file.content.startswith(b"%PDF")
    assert signed_in(cast.auditor).get(f"{where}/{latest['id']}/file").status_code == 404
    assert Client().get(where, headers=key).status_code == 404
    assert Client().get(f"{where}/{first['id']}/file", headers=key).status_code == 404


def test_a_sheet_of_no_known_kind_is_refused_and_nothing_is_written(cast):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    where = f"{URL}/{request.code}/minutes"
    sheet = SimpleUploadedFile("sheet.pdf", b"MZ\x90\x00 not a document")
    assert signed_in(cast.manager).post(where, {"text": "三人出席", "file": sheet}).status_code == 415
    assert signed_in(cast.auditor).get(where).json() == []
