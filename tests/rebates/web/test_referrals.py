"""Referrals on pages: the stranger's form holds against machines and floods, phones stay with whoever has to call."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from dealers.choices import Role
from dealers.scope import NOTHING, row_scope
from dealers.web.strangers import DEVICE_COOKIE
from rebates.choices import LeadState
from rebates.models import Lead
from tests.callers import dealer_caller, hq_system
from tests.rebates.referral_stage import by_partner, received, stage
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PHONE = "13800001234"


@pytest.fixture
def cast() -> Any:
    cache.clear()
    cast = stage()
    for person in (cast.owner, cast.partner_owner, cast.channel, cast.service, cast.clerk, cast.approver):
        person.language = "en"
        person.save()
    return cast


def form(cast: Any, **changed: Any) -> dict[str, Any]:
    given = {
        "referrer_name": "Wang",
        "referrer_phone": "139 0000 9999",
        "contact": "Li",
        "phone": PHONE,
        "region": cast.city.pk,
        "consent": "on",
        "website": "",
    }
    return {**given, **changed}


def test_a_stranger_refers_and_follows_without_signing_in(cast: Any) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    with row_scope(NOTHING):
        answer = browser.post("/refer/", form(cast), follow=True)
    page = answer.content.decode()
    lead = Lead.objects.get()
    assert lead.state == LeadState.ASSIGNED and lead.token in answer.redirect_chain[-1][0]
    assert "138****1234" in page and PHONE not in page and cast.first.name not in page
    assert browser.get("/refer/unknown-key/").status_code == 404


def test_the_form_needs_its_token_and_a_machine_is_thanked_and_forgotten(cast: Any) -> None:
    assert Client(enforce_csrf_checks=True).post("/refer/", form(cast)).status_code == 403
    assert Client().post("/refer/", form(cast, website="https://spam.example")).url == "/refer/thanks/"  # type: ignore[attr-defined]
    assert not Lead.objects.exists()


def test_without_consent_nothing_is_kept(cast: Any) -> None:
    answer = Client().post("/refer/", form(cast, consent=""))
    assert answer.status_code == 422 and not Lead.objects.exists()


def test_the_sixth_of_a_day_is_refused_from_one_device_and_from_one_address(cast: Any) -> None:
    device = Client()
    device.get("/refer/")
    answers = [
        device.post(
            "/refer/",
            form(cast, phone=f"1380000100{number}", referrer_phone=f"1390000100{number}"),
            REMOTE_ADDR=f"203.0.113.{number}",
        ).status_code
        for number in range(6)
    ]
    assert answers == [302] * 5 + [429]
    for number in range(5):
        Client().post(
            "/refer/",
            form(cast, phone=f"1380000200{number}", referrer_phone=f"1390000200{number}"),
            REMOTE_ADDR="198.51.100.7",
        )
    refused = Client().post("/refer/", form(cast, phone="13800003000"), REMOTE_ADDR="198.51.100.7")
    assert refused.status_code == 429 and not Lead.objects.filter(phone="13800003000").exists()
    assert DEVICE_COOKIE in refused.cookies


def test_tries_are_limited_whatever_becomes_of_them(cast: Any) -> None:
    answers = [Client().post("/refer/", {}, REMOTE_ADDR="198.51.100.8").status_code for _ in range(31)]
    assert answers[:30] == [422] * 30 and answers[30] == 429


def test_the_phone_is_whole_for_the_dealer_that_calls_and_masked_for_everybody_else(cast: Any) -> None:
    lead = received(cast, by_partner(cast, 1234))
    mine = signed_in(cast.owner).get(f"/referrals/{lead.number}/").content.decode()
    assert "13800001234" in mine
    for person in (cast.channel, cast.service, cast.approver):
        page = signed_in(person).get(f"/referrals/{lead.number}/").content.decode()
        assert "13800001234" not in page and "138****1234" in page
    assert signed_in(cast.partner_owner).get(f"/referrals/{lead.number}/").status_code == 404
    assert lead.number in signed_in(cast.partner_owner).get("/referrals/own/").content.decode()
    assert visitor(Role.ADMINISTRATOR).get("/referrals/").status_code == 403


def test_a_dealer_calls_on_its_page_and_headquarters_assigns_on_theirs(cast: Any) -> None:
    lead = received(cast)
    path = f"/referrals/{lead.number}/"
    assert signed_in(cast.owner).post(f"{path}follow-up/", {"note": ""}).status_code == 422
    signed_in(cast.owner).post(f"{path}follow-up/", {"note": "interested"})
    assert Lead.objects.get().state == LeadState.FOLLOWED_UP
    signed_in(cast.channel).post(f"{path}assign/", {"dealer": "D0002", "reason": "nearer"})
    assert Lead.objects.get().dealer == cast.second
    assert signed_in(cast.owner).get(path).status_code == 404
    assert signed_in(cast.channel).post(f"{path}confirm/", {}).status_code == 422


def test_payout_lists_open_for_finance_only(cast: Any) -> None:
    assert signed_in(cast.clerk).get("/referrals/payouts/").status_code == 200
    assert signed_in(cast.channel).get("/referrals/payouts/").status_code == 403
    assert signed_in(cast.approver).post("/referrals/payouts/prepare/").status_code == 403


def test_systems_and_partners_refer_by_key_and_the_dealer_reads_the_number(cast: Any) -> None:
    body = {"contact": "Li", "phone": PHONE, "region": "C001", "consent": True, "external_id": "CRM-1"}
    by_system = {**body, "referrer_phone": "13900008888"}
    first = hq_system().post("referral-leads", by_system)
    assert first.status_code == 201 and first.json()["phone"] == "138****1234"
    number = first.json()["number"]
    assert dealer_caller(cast.first).get(f"referral-leads/{number}").status_code == 200
    partner = dealer_caller(cast.partner).post("referral-leads", {**body, "external_id": "P-1"})
    assert partner.json()["refusal"] == "duplicate"
    assert hq_system().post("referral-leads", {**body, "phone": "1"}).json()["errors"][0]["field"] == "phone"


def test_no_plain_phone_stands_in_the_audit_trail(cast: Any) -> None:
    received(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dealers_auditrecord WHERE after::text LIKE '%%1380000%%'", [])
        assert cursor.fetchone() == (0,)
