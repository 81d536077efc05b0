"""The page of what a promotion brought, for each of its readers."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealers.choices import Role
from pricing.models import PromoEvaluation, PromoSpend
from tests import factories
from tests.pricing.promo_aftermath import LATER, PDF, company, complete, ended, judged, sale, spent
from tests.pricing.promo_stage import approved
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def cast():
    people = company()
    for person in (people.owner, people.judge, people.marketing, people.director, people.auditor):
        person.language = "en"
        person.save(update_fields=["language"])
    return people


def page(person, request, status=200, **query):
    answer = signed_in(person).get(reverse("promo-results", args=[request.code]), query)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_judge_reads_the_figures_and_their_proof(cast):
    request = complete(cast)
    text = page(cast.judge, request)
    for shown in ("¥52,000.00", "¥28,000.00", "85.7%", "3.25", "Expand", "¥16,000.00", "发票.pdf", "Not judged yet"):
        assert shown in text
    assert "÷ 28" in text and "52000.00 ÷ 16000.00 = 3.25 is above 3.00: expand." in text
    assert 'class="marked"' in text


def test_judging_on_the_page_keeps_the_lessons(cast):
    request = complete(cast)
    signed_in(cast.judge).post(reverse("promo-evaluate", args=[request.code]), {"lessons": "堆头靠近收银台"})
    assert PromoEvaluation.objects.get().lessons == "堆头靠近收银台"
    text = page(cast.auditor, request)
    assert "堆头靠近收银台" in text and "Judge again" not in text


def test_who_granted_the_budget_reads_why_they_do_not_judge(cast):
    request = complete(cast)
    text = page(cast.director, request)
    assert "You granted the budget of this promotion" in text and 'name="lessons"' not in text


def test_late_facts_are_announced_and_the_earlier_version_can_be_read(cast):
    evaluation = judged(cast)
    assert "The facts have changed" not in page(cast.judge, evaluation.request)
    with time_machine.travel(LATER.replace(day=27), tick=False):
        sale(cast.dealer, cast.product, date(2026, 6, 5), "8000", 8, known_from=LATER.replace(day=26))
        assert "The facts have changed" in page(cast.judge, evaluation.request)
        assert "¥60,000.00" in page(cast.judge, evaluation.request, version="now")
        url = reverse("promo-evaluate", args=[evaluation.request.code])
        signed_in(cast.judge).post(url, {"lessons": ""})
    assert "¥60,000.00" in page(cast.judge, evaluation.request)
    assert "kept as it was judged" in page(cast.judge, evaluation.request, version="1")


def test_the_applicant_records_a_payment_with_its_proof(cast):
    request = ended(cast)
    client = signed_in(cast.owner)
    url = reverse("promo-spend", args=[request.code])
    given = {"spent_on": "2026-06-05", "amount": "1200.50", "payee": "星光广告", "purpose": "海报", "borne_by": "brand"}
    refused = client.post(url, given)
    assert refused.status_code == 422
    assert "Attach a proof" in refused.content.decode()
    assert client.post(url, {**given, "proofs": SimpleUploadedFile("票.pdf", PDF)}).status_code == 302
    entry = PromoSpend.objects.get()
    shown = client.get(reverse("promo-spend-proof", args=[request.code, entry.proofs.get().file_id]))
    assert (shown.content, shown["X-Content-Type-Options"]) == (PDF, "nosniff")
    client.post(reverse("promo-spend-reverse", args=[request.code, 1]), {"reason": "录错"})
    client.post(reverse("promo-spend-complete", args=[request.code]))
    text = page(cast.owner, request)
    assert "takes back no. 1" in text and "Complete" in text


def test_a_dealer_sees_only_its_own_part_of_a_promotion_of_headquarters(cast):
    request = approved(cast.marketing, cast.legal, cast.director)
    request.dealers.clear()
    other = factories.Dealer(home_region=cast.dealer.home_region)
    sale(cast.dealer, cast.product, date(2026, 6, 2), "39000", 43)
    sale(other, cast.product, date(2026, 6, 2), "77777", 70)
    spent(request, cast.marketing, "5000", dealer=other.code)
    spent(request, cast.marketing, "300", dealer=cast.dealer.code)
    type(request).objects.filter(pk=request.pk).update(state="running")
    text = page(cast.owner, request)
    assert "¥39,000.00" in text and "¥300.00" in text
    for hidden in ("77,777", "116,777", "5,000", other.code, other.name, "¥80,000"):
        assert hidden not in text
    assert "¥116,777.00" in page(cast.auditor, request)


def test_strangers_find_nothing(cast):
    request = complete(cast)
    stranger = factories.User(role=Role.DEALER_OWNER)
    page(stranger, request, status=404)
    assert signed_in(stranger).post(reverse("promo-spend", args=[request.code]), {}).status_code == 404
    page(factories.User(role=Role.ADMINISTRATOR), request, status=403)


def test_a_draft_has_no_results(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    page(cast.owner, request, status=404)


def test_the_queries_do_not_grow_with_entries_or_dealers(cast):
    request = approved(cast.marketing, cast.legal, cast.director)
    request.dealers.clear()
    type(request).objects.filter(pk=request.pk).update(state="running")

    def grow(count):
        for number in range(count):
            dealer = factories.Dealer(home_region=cast.dealer.home_region)
            sale(dealer, cast.product, date(2026, 6, 2), "100")
            spent(request, cast.marketing, "10", dealer=dealer.code if number % 2 else "")

    client = signed_in(cast.judge)
    url = reverse("promo-results", args=[request.code])
    counts = []
    for more in (1, 6):
        grow(more)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
