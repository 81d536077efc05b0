"""The pages of trade messages: what came, what became of it, and what is agreed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealers.choices import Door, Role
from dealers.models import InventoryLine, TradeAgreement, TradeFileReceived, TradePlace
from pricing.services.trade import take_trade_messages
from tests.factories import City, Dealer, PolicyVersion, Product
from tests.messages import edifact, inventory_report, seller_item, ubl_line, yesterday
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy() -> None:
    PolicyVersion()


def stock(sku: str) -> str:
    return f"INVRPT'BGM+35+I1+9'DTM+366:{yesterday():%Y%m%d}:102'LIN+1++{sku}:SA'QTY+145:4"


def received(dealer: Any, body: bytes | None = None) -> TradeFileReceived:
    body = edifact(stock(Product().sku), stock("NOPE")) if body is None else body
    return take_trade_messages(body=body, dealer=dealer, actor=None, door=Door.API, filename="stock.edi")


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_dealer_sees_its_files_their_messages_and_the_acknowledgement() -> None:
    dealer = Dealer()
    file = received(dealer, edifact(stock(Product().sku), "ORDERS'BGM+220+1+9"))
    owner = visitor(Role.DEALER_OPERATOR, dealer=dealer)

    assert "1 refused" in text(owner.get(reverse("trade-files")))
    page = text(owner.get(reverse("trade-file", args=[file.number])))
    assert "messages of the kind ORDERS are not taken" in page
    receipt = file.messages.order_by("position")[0].inventory
    assert receipt is not None
    assert str(receipt.receipt) in page
    answer = owner.get(reverse("trade-acknowledgement", args=[file.number]))
    assert (answer["Content-Type"], b"UCM+2+ORDERS" in answer.content) == ("application/edifact", True)
    assert "File and acknowledgement" in text(owner.get(reverse("receipt", args=[receipt.receipt])))


def test_ubl_has_no_acknowledgement_to_download() -> None:
    dealer = Dealer()
    file = received(dealer, inventory_report(ubl_line(1, "3", seller_item(Product().sku))))
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)

    assert reverse("trade-acknowledgement", args=[file.number]) not in text(
        owner.get(reverse("trade-file", args=[file.number]))
    )
    assert owner.get(reverse("trade-acknowledgement", args=[file.number])).status_code == 404


def test_files_of_others_are_not_there() -> None:
    file = received(Dealer())
    stranger = visitor(Role.DEALER_OWNER, dealer=Dealer())
    far = visitor(Role.CHANNEL_MANAGER, regions=[City()])

    for each in (stranger, far):
        assert str(file.number) not in text(each.get(reverse("trade-files")))
        assert each.get(reverse("trade-file", args=[file.number])).status_code == 404
        assert each.get(reverse("trade-acknowledgement", args=[file.number])).status_code == 404
    assert visitor(Role.LEGAL_REVIEWER).get(reverse("trade-files")).status_code == 403


def test_the_owner_agrees_and_enters_places() -> None:
    dealer = Dealer()
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)
    page = reverse("trade-terms")
    assert "checked" in text(owner.get(page))  # strict until something else is agreed

    owner.post(page, {"qs_is_sales": "on", "region": dealer.home_region.pk})
    owner.post(reverse("trade-place-set"), {"code": "S1", "region": dealer.home_region.pk, "warehouse": "North"})

    agreement = TradeAgreement.objects.get(dealer=dealer)
    assert (agreement.strict, agreement.qs_is_sales, agreement.region) == (False, True, dealer.home_region)
    place = TradePlace.objects.get(dealer=dealer)
    assert "North" in text(owner.get(page))
    owner.post(reverse("trade-place-remove", args=[place.pk]))
    assert not TradePlace.objects.exists()


def test_an_operator_reads_what_is_agreed_and_changes_nothing() -> None:
    dealer = Dealer()
    operator = visitor(Role.DEALER_OPERATOR, dealer=dealer)

    assert "Save" not in text(operator.get(reverse("trade-terms")))
    assert operator.post(reverse("trade-terms"), {"qs_is_sales": "on"}).status_code == 403
    assert operator.post(reverse("trade-place-set"), {"code": "S1"}).status_code == 403


def test_a_channel_manager_agrees_for_dealers_of_own_regions_only() -> None:
    dealer, other = Dealer(), Dealer()
    manager = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])

    manager.post(reverse("dealer-trade-terms", args=[dealer.code]), {"strict": "on", "net_price_is_paid": "on"})
    manager.post(reverse("dealer-trade-place-set", args=[dealer.code]), {"code": "S1", "warehouse": "North"})

    assert TradeAgreement.objects.get(dealer=dealer).net_price_is_paid
    assert TradePlace.objects.get(dealer=dealer).warehouse == "North"
    assert manager.get(reverse("dealer-trade-terms", args=[other.code])).status_code == 404
    assert manager.post(reverse("dealer-trade-place-set", args=[other.code]), {"code": "S1"}).status_code == 404
    assert (
        visitor(Role.DEALER_OWNER, dealer=dealer).get(reverse("dealer-trade-terms", args=[dealer.code])).status_code
        == 404
    )


def uploaded(body: bytes, name: str = "stock.edi", **more: str) -> dict[str, Any]:
    return {"feed": "sales", "file": SimpleUploadedFile(name, io.BytesIO(body).read()), **more}


def test_an_uploaded_file_of_messages_is_told_by_its_content() -> None:
    dealer, product = Dealer(), Product()
    operator = visitor(Role.DEALER_OPERATOR, dealer=dealer)

    answer = operator.post(reverse("upload"), uploaded(edifact(stock(product.sku)), name="export.txt"))

    file = TradeFileReceived.objects.get()
    assert answer["Location"] == reverse("trade-file", args=[file.number])
    assert (file.door, file.filename, InventoryLine.objects.get().on_hand) == ("portal", "export.txt", 4)


def test_a_trial_of_messages_says_what_would_become_of_them_and_stores_nothing() -> None:
    dealer = Dealer()
    operator = visitor(Role.DEALER_OPERATOR, dealer=dealer)
    body = edifact(stock(Product().sku), stock("NOPE"), "ORDERS'BGM+220+1+9")

    answer = operator.post(reverse("upload"), uploaded(body, **{"try": "1"}), follow=True)

    page = text(answer)
    assert "of 3 messages 2 would be taken, with 1 good lines and 1 refused" in page
    assert "NOPE" in page
    assert "Message ORDERS 3" in page
    assert (TradeFileReceived.objects.count(), InventoryLine.objects.count()) == (0, 0)


def test_an_uploaded_file_that_is_broken_is_refused_with_its_reason() -> None:
    operator = visitor(Role.DEALER_OPERATOR, dealer=Dealer())

    answer = operator.post(reverse("upload"), uploaded(b"UNB+UNOX:3+A+B+260101:1200+1'"))

    assert answer.status_code == 422
    assert b"names the character set UNOX" in answer.content


def test_the_list_costs_the_same_for_many_files() -> None:
    dealer = Dealer()
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as ran:
            owner.get(reverse("trade-files"))
        return len(ran)

    received(dealer, edifact(stock("A"), control="R0"))
    owner.get(reverse("trade-files"))
    one = queries()
    for number in range(1, 5):
        received(dealer, edifact(stock("A"), control=f"R{number}"))
    assert queries() == one
