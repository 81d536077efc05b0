"""A dealer reports by browser: uploads, empty sheets, corrections, days without sales."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.web import uploads
from dealers.choices import Role
from dealers.foundation.clock import business_day, now
from dealers.models import Dealer, FeedDelivery, QuarantinedLine
from pricing.models import SaleLine
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

HEADER = "doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"


@pytest.fixture
def dealer() -> Dealer:
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def operator(dealer: Dealer) -> Client:
    return visitor(Role.DEALER_OPERATOR, dealer=dealer)


def upload(client: Client, text: str, name: str = "sales.csv", feed: str = "sales") -> object:
    return client.post("/upload/", {"feed": feed, "file": SimpleUploadedFile(name, text.encode())}, follow=True)


def sold() -> str:
    return (now() - timedelta(hours=1)).isoformat(timespec="seconds")


def test_an_uploaded_file_is_answered_with_its_receipt(operator: Client, dealer: Dealer) -> None:
    answer = upload(operator, f"{HEADER}S1,1,{sold()},A1,1,1000,HZ\nS2,1,{sold()},NOPE,1,1000,HZ\n")
    delivery = FeedDelivery.objects.get()
    assert (delivery.dealer, delivery.accepted, delivery.quarantined) == (dealer, 1, 1)
    assert answer.redirect_chain[-1][0] == f"/receipts/{delivery.receipt}/"  # type: ignore[attr-defined]
    assert "is not a product of the catalogue" in answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sales.pdf", "%PDF", "This kind of file cannot be read"),
        ("sales.csv", "nothing,useful\n1,2\n", "Nothing was stored"),
    ],
)
def test_a_file_that_is_no_report_is_refused_whole(operator: Client, name: str, text: str, said: str) -> None:
    answer = upload(operator, text, name)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in answer.content.decode()  # type: ignore[attr-defined]
    assert not FeedDelivery.objects.exists()


def test_a_file_too_large_is_refused(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 10)
    answer = upload(operator, HEADER)
    assert "larger than 64 MB" in answer.content.decode()  # type: ignore[attr-defined]


def test_a_refused_line_is_corrected_in_place(operator: Client) -> None:
    upload(operator, f"{HEADER}S1,1,{sold()},NOPE,1,1000,HZ\n")
    line = QuarantinedLine.objects.get()
    page = f"/quarantine/{line.pk}/"
    assert 'value="NOPE"' in operator.get(page).content.decode()
    operator.post(page, {**line.content, "sku": "A1"})
    line.refresh_from_db()
    assert (line.state, SaleLine.objects.get().doc_no) == ("resubmitted", "S1")


def test_a_correction_that_is_wrong_again_leads_on_to_what_waits(operator: Client) -> None:
    upload(operator, f"{HEADER}S1,1,{sold()},NOPE,1,1000,HZ\n")
    line = QuarantinedLine.objects.get()
    answer = operator.post(f"/quarantine/{line.pk}/", {**line.content, "sku": "A1", "quantity": "0"}, follow=True)
    again = QuarantinedLine.objects.get(state="open")
    assert answer.redirect_chain[-1][0] == f"/quarantine/{again.pk}/"
    assert "The quantity is 0" in answer.content.decode()


def test_a_line_of_another_dealer_is_not_there(operator: Client) -> None:
    upload(operator, f"{HEADER}S1,1,{sold()},NOPE,1,1000,HZ\n")
    line = QuarantinedLine.objects.get()
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    for page in (f"/quarantine/{line.pk}/", f"/quarantine/{line.pk}/withdraw/"):
        assert stranger.post(page, line.content).status_code == 404
    line.refresh_from_db()
    assert line.state == "open"


def test_a_line_is_withdrawn_and_stays_on_record(operator: Client) -> None:
    upload(operator, f"{HEADER}S1,1,{sold()},NOPE,1,1000,HZ\n")
    line = QuarantinedLine.objects.get()
    operator.post(f"/quarantine/{line.pk}/withdraw/", {"reason": "typed twice"})
    line.refresh_from_db()
    assert line.state == "withdrawn"
    assert "Withdrawn" in operator.get("/quarantine/?state=withdrawn").content.decode()


def test_a_day_without_sales_is_declared(operator: Client, dealer: Dealer) -> None:
    day = business_day(now()) - timedelta(days=1)
    answer = operator.post("/zero-sales/", {"day": day.isoformat()}, follow=True)
    assert "recorded as a day without sales" in answer.content.decode()
    assert dealer.feed_days.get().day == day


@pytest.mark.parametrize(("day", "said"), [("soon", "is not a day"), ("2999-01-01", "has not begun yet")])
def test_a_day_that_cannot_be_declared_is_refused(operator: Client, dealer: Dealer, day: str, said: str) -> None:
    assert said in operator.post("/zero-sales/", {"day": day}, follow=True).content.decode()
    assert not dealer.feed_days.exists()


@pytest.mark.parametrize("role", [Role.POLICY_MANAGER, Role.ADMINISTRATOR])
def test_headquarters_does_not_report_for_a_dealer(role: Role) -> None:
    assert visitor(role).get("/upload/").status_code == 403
