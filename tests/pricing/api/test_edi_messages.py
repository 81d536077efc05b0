"""Trade messages by REST: a file of any kind, one message at the doors of the feeds, and the acknowledgement."""

from __future__ import annotations

import gzip

import pytest

from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import InventoryLine, TradeFileReceived
from dealers.services.trade.agreements import agree
from pricing.models import SaleLine
from tests.callers import dealer_caller, hq_system, person
from tests.factories import Dealer, PolicyVersion, Product, User
from tests.messages import edifact, inventory_report, seller_item, ubl_line, x12, yesterday

pytestmark = pytest.mark.django_db
X12, EDIFACT, XML = "application/edi-x12", "application/edifact", "application/xml"


@pytest.fixture
def dealer() -> Dealer:
    PolicyVersion()
    made = Dealer()
    owner = User(role=Role.DEALER_OWNER, dealer=made)
    terms = {"strict": True, "qs_is_sales": False, "net_price_is_paid": False, "region": made.home_region}
    agree(dealer=made, actor=owner, at=clock.now(), **terms)
    return made


def both(sku: str) -> str:
    return f"852~XQ*H*{yesterday():%Y%m%d}~LIN**SK*{sku}~CTP**RES*999~ZA*QA*12~ZA*Q1*2"


def stock(sku: str) -> str:
    return f"INVRPT'BGM+35+I1+9'DTM+366:{yesterday():%Y%m%d}:102'LIN+1++{sku}:SA'QTY+145:4"


def sales(sku: str) -> str:
    return f"SLSRPT'BGM+73E+R1+9'DTM+356:{yesterday():%Y%m%d}:102'LIN+1++{sku}:SA'PRI+AAE:9'QTY+153:2"


def test_a_file_is_answered_for_each_message(dealer: Dealer) -> None:
    product = Product()
    caller = dealer_caller(dealer)

    answer = caller.post("edi-messages", edifact(stock(product.sku), sales("NOPE")), content_type=EDIFACT)

    assert answer.status_code == 201
    told = answer.json()
    assert (told["format"], [message["state"] for message in told["messages"]]) == ("edifact", ["taken", "taken"])
    (counted,), (sold,) = (message["receipts"] for message in told["messages"])
    assert (counted["feed"], counted["accepted"]) == ("inventory", 1)
    assert (sold["feed"], sold["quarantined"], sold["problems"][0]["code"]) == ("sales", 1, "unknown_sku")
    assert "(Message SLSRPT 2, segment 11 LIN03)" in sold["problems"][0]["detail"]
    assert caller.get(f"edi-messages/{told['id']}").json() == told


@pytest.mark.parametrize("given", ["system", "manager"])
def test_hq_hands_in_for_a_dealer_it_names(dealer: Dealer, given: str) -> None:
    product = Product()
    manager = User(role=Role.CHANNEL_MANAGER)
    manager.regions.set([dealer.home_region])
    caller = hq_system() if given == "system" else person(manager)

    unnamed = caller.post("edi-messages", edifact(stock(product.sku)), content_type=EDIFACT)
    answer = caller.post(f"edi-messages?dealer={dealer.code}", edifact(stock(product.sku)), content_type=EDIFACT)

    assert (unnamed.status_code, unnamed.json()["code"]) == (400, "dealer_required")
    assert answer.status_code == 201
    assert InventoryLine.objects.get().dealer == dealer


def test_nobody_hands_in_for_a_dealer_out_of_sight(dealer: Dealer) -> None:
    body = edifact(stock(Product().sku))
    for caller in (dealer_caller(Dealer()), person(User(role=Role.CHANNEL_MANAGER))):
        answer = caller.post(f"edi-messages?dealer={dealer.code}", body, content_type=EDIFACT)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert person(User(role=Role.AUDITOR)).post("edi-messages", body, content_type=EDIFACT).status_code == 403
    assert not TradeFileReceived.objects.exists()


def test_a_body_may_be_gzipped_and_a_retry_gets_the_first_answer(dealer: Dealer) -> None:
    caller = dealer_caller(dealer)
    body = gzip.compress(x12(both(Product().sku)))

    first, second = (
        caller.post("edi-messages", body, content_type=X12, Content_Encoding="gzip", Idempotency_Key="one")
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert (second.headers["Idempotency-Replayed"], TradeFileReceived.objects.count()) == ("true", 1)


def test_the_acknowledgement_is_there_for_the_file_and_for_each_receipt(dealer: Dealer) -> None:
    caller = dealer_caller(dealer)
    told = caller.post("edi-messages", x12(both(Product().sku)), content_type=X12).json()

    of_file = caller.get(f"edi-messages/{told['id']}/acknowledgement", Accept=X12)
    of_receipt = caller.get(f"receipts/{told['messages'][0]['receipts'][1]['id']}/acknowledgement")

    assert told["acknowledgement"].endswith(f"/edi-messages/{told['id']}/acknowledgement")
    assert (of_file.status_code, of_file.headers["Content-Type"]) == (200, X12)
    assert b"AK5*A~" in of_file.content
    assert of_receipt.content == of_file.content


def test_ubl_has_no_acknowledgement_and_other_receipts_neither(dealer: Dealer) -> None:
    product, caller = Product(), dealer_caller(dealer)
    told = caller.post(
        "edi-messages", inventory_report(ubl_line(1, "3", seller_item(product.sku))), content_type=XML
    ).json()
    lines = [{"sku": product.sku, "on_hand": 1}]
    other = caller.post("inventory-reports", {"as_of": f"{yesterday()}T10:00:00+08:00", "lines": lines}).json()

    assert told["acknowledgement"] is None
    assert caller.get(f"edi-messages/{told['id']}/acknowledgement").json()["code"] == "no_acknowledgement"
    assert caller.get(f"receipts/{other['id']}/acknowledgement").status_code == 404


def test_one_message_is_taken_at_the_door_of_its_feed(dealer: Dealer) -> None:
    product, caller = Product(), dealer_caller(dealer)

    counted = caller.post("inventory-reports", edifact(stock(product.sku)), content_type=EDIFACT)
    sold = caller.post("sales-reports", edifact(sales(product.sku), control="R2"), content_type=EDIFACT)
    ubl = caller.post(
        "inventory-reports", inventory_report(ubl_line(1, "3", seller_item(product.sku))), content_type="text/xml"
    )

    assert [answer.status_code for answer in (counted, sold, ubl)] == [201, 201, 201]
    assert [answer.json()["feed"] for answer in (counted, sold, ubl)] == ["inventory", "sales", "inventory"]
    assert sold.json()["file"] in sold.headers["Location"]
    assert (SaleLine.objects.count(), InventoryLine.objects.get().on_hand) == (1, 3)
    assert ubl.json()["revised"] == 1  # the same instant counted anew


def test_a_message_of_both_feeds_goes_where_both_are_taken(dealer: Dealer) -> None:
    product, caller = Product(), dealer_caller(dealer)

    as_stock = caller.post("inventory-reports", x12(both(product.sku)), content_type=X12)
    as_sales = caller.post("sales-reports", x12(both(product.sku), control="000000002"), content_type=X12)

    assert (as_stock.status_code, as_stock.json()["code"]) == (422, "other_feed_in_message")
    assert (as_sales.status_code, as_sales.json()["feed"]) == (201, "sales")
    assert InventoryLine.objects.count() == 1


def test_the_door_of_a_feed_takes_one_message_that_has_lines_of_it(dealer: Dealer) -> None:
    sku, caller = Product().sku, dealer_caller(dealer)

    several = caller.post("sales-reports", edifact(sales(sku), sales(sku)), content_type=EDIFACT)
    wrong = caller.post("sales-reports", edifact(stock(sku)), content_type=EDIFACT)

    assert (several.status_code, several.json()["code"]) == (422, "several_messages")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_lines_of_feed")
    assert TradeFileReceived.objects.count() == 0


def test_wrong_totals_are_told_and_the_refused_file_stays_on_record(dealer: Dealer) -> None:
    caller = dealer_caller(dealer)
    body = x12(both(Product().sku)).replace(b"SE*7*0001", b"SE*9*0001")

    answer = caller.post("edi-messages", body, content_type=X12)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["field"]) == (422, "segment_count_wrong", "SE01")
    assert problem["errors"][0]["detail"] == "Segment 9: SE01 says 9 where 7 were counted."
    address = answer.headers["Location"].removeprefix("/api/v1/")
    assert caller.get(address).json()["messages"][0]["state"] == "refused"
    assert b"AK5*R*4~" in caller.get(f"{address}/acknowledgement").content


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"dealer,doc_no", X12, 400, "content_differs"),
        (b"UNB+UNOC:3+A+B+260101:1200+1'", X12, 400, "content_differs"),
        (b" \n", EDIFACT, 400, "empty_body"),
        (b"{}", "application/json", 415, "unknown_content_type"),
        (b"ISA*00*~", X12, 400, "isa_length"),
        (b"UNB+UNOX:3+A+B+260101:1200+1'", EDIFACT, 400, "unknown_character_set"),
        (inventory_report(doctype='<!DOCTYPE x [<!ENTITY a "b">]>'), XML, 400, "xml_with_entities"),
        (inventory_report()[:-20], XML, 400, "bad_xml"),
    ],
)
def test_what_is_no_file_of_messages_is_a_clear_error(
    dealer: Dealer, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = dealer_caller(dealer).post("edi-messages", body, content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert TradeFileReceived.objects.count() == 0


def test_a_bomb_is_refused_before_it_unfolds(dealer: Dealer) -> None:
    bomb = gzip.compress(b"ISA*" + b"0" * (65 << 20))

    answer = dealer_caller(dealer).post("edi-messages", bomb, content_type=X12, Content_Encoding="gzip")

    assert answer.status_code == 413


def test_who_may_send_and_read(dealer: Dealer) -> None:
    product, stranger = Product(), Dealer()
    told = dealer_caller(dealer).post("edi-messages", x12(both(product.sku)), content_type=X12).json()

    assert dealer_caller(stranger).get(f"edi-messages/{told['id']}").status_code == 404
    assert dealer_caller(stranger).get(f"edi-messages/{told['id']}/acknowledgement").status_code == 404
    assert (
        hq_system("sales:write")
        .post(f"edi-messages?dealer={dealer.code}", x12(both("A")), content_type=X12)
        .status_code
        == 403
    )
    only_sales = dealer_caller(dealer, "sales:write")
    assert only_sales.post("edi-messages", x12(both("A")), content_type=X12).status_code == 403
    assert only_sales.post("edi-messages", edifact(sales("A")), content_type=EDIFACT).status_code == 201
    judge = person(User(role=Role.LEGAL_REVIEWER))
    assert judge.get(f"edi-messages/{told['id']}").status_code == 403


def test_messages_say_what_is_wrong_in_chinese(dealer: Dealer) -> None:
    body = x12(both(Product().sku)).replace(b"SE*7*0001", b"SE*9*0001")

    answer = dealer_caller(dealer, language="zh-hans").post("edi-messages", body, content_type=X12)

    assert "SE01" in answer.json()["detail"]
    assert "实际" in answer.json()["detail"]
