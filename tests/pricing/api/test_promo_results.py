"""What promotions cost and brought, by the API."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from dealers.choices import Role
from pricing.models import PromoSpend
from tests import factories
from tests.callers import dealer_caller, hq_system, person
from tests.pricing.promo_aftermath import LATER, PDF, company, complete, ended, judged, sale, spent
from tests.pricing.promo_stage import approved

pytestmark = pytest.mark.django_db
FILE = {"name": "发票.pdf", "content": base64.b64encode(PDF).decode()}
PAYMENT = {
    "spent_on": "2026-06-03",
    "payee": "星光广告",
    "purpose": "店头陈列",
    "amount": "12000.00",
    "borne_by": "brand",
    "channel": "retail",
    "proofs": [FILE],
}


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def cast():
    return company()


def test_a_dealers_system_records_what_was_spent_once_and_declares_it_complete(cast):
    code = ended(cast).code
    till = dealer_caller(cast.dealer)
    for _attempt in range(2):
        answer = till.post(f"promo-requests/{code}/spend", PAYMENT, Idempotency_Key="pay-1")
        assert answer.status_code == 201, answer.json()
    assert PromoSpend.objects.count() == 1
    body = answer.json()
    assert (body["total"], body["budget"], body["completed_at"]) == ("12000.00", "80000.00", None)
    entry = body["entries"][0]
    assert (entry["channel"], entry["proofs"], entry["reverses"]) == ("retail", ["发票.pdf"], None)
    undone = till.post(f"promo-requests/{code}/spend/1/reverse", {"reason": "录错"}).json()
    assert (undone["total"], undone["entries"][1]["amount"]) == ("0.00", "-12000.00")
    assert till.post(f"promo-requests/{code}/spend-complete").json()["completed_at"] is not None


@pytest.mark.parametrize(
    ("changed", "field", "status"),
    [
        ({"amount": "-5"}, "amount", 422),
        ({"spent_on": "2027-01-01"}, "spent_on", 422),
        ({"proofs": []}, "proofs", 422),
        ({"proofs": [{"name": "a.pdf", "content": "%%%"}]}, "proofs.0.content", 400),
        ({"proofs": [{"name": "a.pdf", "content": "发票"}]}, "proofs.0.content", 400),
        ({"borne_by": "somebody"}, "borne_by", 400),
        ({"nonsense": 1}, "nonsense", 400),
    ],
)
def test_what_is_wrong_with_an_entry_is_named_by_its_field(cast, changed, field, status):
    code = ended(cast).code
    answer = dealer_caller(cast.dealer).post(f"promo-requests/{code}/spend", {**PAYMENT, **changed})
    assert answer.status_code == status
    assert field in str(answer.json()["errors"])


def test_a_file_that_is_not_what_it_says_is_refused(cast):
    code = ended(cast).code
    proofs = [{"name": "发票.pdf", "content": base64.b64encode(b"<script>").decode()}]
    answer = dealer_caller(cast.dealer).post(f"promo-requests/{code}/spend", {**PAYMENT, "proofs": proofs})
    assert (answer.status_code, answer.json()["code"]) == (415, "file_kind_refused")


def test_a_person_judges_and_everybody_reads_the_same_figures(cast):
    code = complete(cast).code
    assert hq_system().post(f"promo-requests/{code}/evaluate", {"lessons": "x"}).status_code == 403
    answer = person(cast.judge).post(f"promo-requests/{code}/evaluate", {"lessons": "堆头有效"})
    assert answer.status_code == 200
    for caller in (person(cast.judge), hq_system(), dealer_caller(cast.dealer)):
        body = caller.get(f"promo-requests/{code}/results").json()
        assert (body["version"], body["expected"], body["uplift_rate"]) == (1, "28000.00", "0.857143")
        assert (body["return_rate"], body["recommendation"], body["lessons"]) == ("3.250000", "expand", "堆头有效")
        assert sum(Decimal(part["sales"]) for part in body["channels"]) == Decimal(body["sales"]) == Decimal("52000")
        assert sum(Decimal(day["sales"]) for day in body["days"]) == Decimal("164000.00")


def test_late_lines_show_in_the_figures_of_today(cast):
    code = judged(cast).request.code
    sale(cast.dealer, cast.product, date(2026, 6, 5), "8000", 8)
    judge = person(cast.judge)
    assert judge.get(f"promo-requests/{code}/results").json()["sales"] == "52000.00"
    now = judge.get(f"promo-requests/{code}/results", {"now": "true"}).json()
    assert (now["version"], now["sales"]) == (None, "60000.00")


def test_a_dealer_taking_part_gets_its_own_part(cast):
    request = approved(cast.marketing, cast.legal, cast.director)
    request.dealers.clear()
    other = factories.Dealer(home_region=cast.dealer.home_region)
    sale(cast.dealer, cast.product, date(2026, 6, 2), "39000", 43)
    sale(other, cast.product, date(2026, 6, 2), "77777", 70)
    spent(request, cast.marketing, "5000", dealer=other.code)
    type(request).objects.filter(pk=request.pk).update(state="running")
    till = dealer_caller(cast.dealer)
    body = till.get(f"promo-requests/{request.code}/results").json()
    assert (body["sales"], body["spend"], body["return_rate"], body["goals"]) == ("39000.00", "0.00", None, [])
    account = till.get(f"promo-requests/{request.code}/spend").json()
    assert (account["entries"], account["budget"]) == ([], None)
    assert till.post(f"promo-requests/{request.code}/spend", PAYMENT).status_code == 404


def test_the_list_is_searched_and_walled(cast):
    judged(cast, lessons="堆头有效")
    judge = person(cast.judge)
    assert [row["recommendation"] for row in judge.get("promo-results", {"q": "堆头"}).json()["results"]] == ["expand"]
    assert judge.get("promo-results", {"q": "赠品"}).json()["results"] == []
    assert judge.get("promo-results", {"kind": "nothing"}).status_code == 400
    assert len(dealer_caller(cast.dealer).get("promo-results").json()["results"]) == 1
    stranger = factories.Dealer()
    assert dealer_caller(stranger).get("promo-results").json()["results"] == []
    for path in ("results", "spend"):
        code = PromoSpend.objects.first().request.code
        assert dealer_caller(stranger).get(f"promo-requests/{code}/{path}").status_code == 404
    assert person(factories.User(role=Role.ADMINISTRATOR)).get("promo-results").status_code == 403
