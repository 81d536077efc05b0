"""Counting stock on a phone: typed product by product, kept on the server, handed in as a report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dealers.choices import Door, Role
from dealers.foundation.clock import now
from dealers.models import Dealer, FeedDelivery, InventoryLine, QuarantinedLine, StockCountDraft, User
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    for sku in ("A1", "B2", "C3"):
        factories.Product(sku=sku)
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def person(dealer: Dealer) -> User:
    return factories.User(role=Role.DEALER_OPERATOR, dealer=dealer, language="en")


@pytest.fixture
def phone(person: User) -> Client:
    return signed_in(person)


def save(client: Client, **counts: str) -> Any:
    given = {f"count:{sku}": count for sku, count in counts.items()}
    return client.post("/stock-count/save/", given, headers={"HX-Request": "true"})


def test_a_count_is_handed_in_and_answered_by_its_receipt(phone: Client, dealer: Dealer) -> None:
    answer = phone.post("/stock-count/submit/", {"count:A1": "7", "count:B2": "0", "count:C3": ""}, follow=True)
    delivery = FeedDelivery.objects.get()
    assert answer.redirect_chain[-1][0] == f"/receipts/{delivery.receipt}/"
    assert (delivery.dealer, delivery.door, delivery.accepted) == (dealer, Door.PORTAL, 2)
    assert set(InventoryLine.objects.values_list("product__sku", "on_hand")) == {("A1", 7), ("B2", 0)}


def test_what_is_typed_is_kept_and_goes_on_on_another_device(phone: Client, person: User) -> None:
    assert "1 product counted" in save(phone, A1="7").content.decode()
    other = signed_in(person)
    assert 'value="7"' in other.get("/stock-count/").content.decode()
    save(other, B2="3")
    save(phone, A1="8")
    assert StockCountDraft.objects.get().counts == {"A1": "8", "B2": "3"}
    phone.post("/stock-count/submit/")
    assert FeedDelivery.objects.get().accepted == 2
    assert StockCountDraft.objects.get().counts == {}


def test_an_emptied_field_is_not_counted(phone: Client) -> None:
    save(phone, A1="7")
    save(phone, A1="")
    answer = phone.post("/stock-count/submit/", follow=True)
    assert "Nothing is counted yet" in answer.content.decode()
    assert not FeedDelivery.objects.exists()


def test_a_count_handed_in_twice_counts_once(phone: Client) -> None:
    phone.post("/stock-count/submit/", {"count:A1": "7"})
    phone.post("/stock-count/submit/")
    assert FeedDelivery.objects.count() == 1


def test_a_slip_of_the_finger_waits_in_the_quarantine(phone: Client) -> None:
    phone.post("/stock-count/submit/", {"count:A1": "7", "count:B2": "3o"})
    assert (FeedDelivery.objects.get().accepted, QuarantinedLine.objects.get().value) == (1, "3o")


def test_when_and_where_may_be_said(phone: Client) -> None:
    phone.post("/stock-count/submit/", {"count:A1": "7", "as_of": "2026-11-01T18:30", "warehouse": "W2"})
    line = InventoryLine.objects.get()
    assert (line.as_of.isoformat(), line.warehouse) == ("2026-11-01T10:30:00+00:00", "W2")


def test_a_bar_code_finds_the_one_product(phone: Client) -> None:
    factories.Product(sku="D4", gtin="6901234567892")
    assert [row["product"].sku for row in phone.get("/stock-count/?q=6901234567892").context["rows"]] == ["D4"]
    assert [row["product"].sku for row in phone.get("/stock-count/?q=b").context["rows"]] == ["B2"]


def test_the_own_assortment_stands_first_with_the_last_count(phone: Client, person: User) -> None:
    day = (now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    phone.post("/stock-count/submit/", {"count:C3": "4", "as_of": day})
    rows = phone.get("/stock-count/").context["rows"]
    assert [(row["product"].sku, row["last"]["on_hand"]) for row in rows] == [("C3", 4)]


def test_drafts_are_each_persons_own(phone: Client, dealer: Dealer) -> None:
    save(phone, A1="7")
    colleague = visitor(Role.DEALER_OWNER, dealer=dealer)
    assert 'value="7"' not in colleague.get("/stock-count/").content.decode()


def test_headquarters_counts_nothing() -> None:
    assert visitor(Role.POLICY_MANAGER).get("/stock-count/").status_code == 403
