"""Trade messages taken in: one path with every other door, agreements of the dealer, receipts, and retries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from config.imports import resubmit
from dealers.choices import Door, Role
from dealers.errors import NotFound, NotPermitted
from dealers.foundation import clock
from dealers.foundation.gtin import make_gtin
from dealers.foundation.tabular import UnusableFile
from dealers.models import AuditRecord, InventoryLine, QuarantinedLine, TradeFileReceived, TradeMessage, TradePlace
from dealers.selectors.trade import messages_of, visible_trade_files
from dealers.services.deliveries import detail_of
from dealers.services.trade.acknowledging import acknowledgement_of
from dealers.services.trade.agreements import PlaceRefused, agree, agreed_with, remove_place, set_place
from pricing.models import SaleLine
from pricing.services.intake import LineReport, take_in_sales
from pricing.services.trade import take_trade_messages
from tests.factories import City, Dealer, PolicyVersion, Product, User
from tests.messages import edifact, inventory_report, seller_item, standard_item, ubl_line, x12, yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy() -> None:
    PolicyVersion()


def day() -> str:
    return f"{yesterday():%Y%m%d}"


def take(dealer: Any, body: bytes, **options: Any) -> TradeFileReceived:
    return take_trade_messages(body=body, dealer=dealer, actor=None, door=Door.API, **options)


def agreed(dealer: Any, **terms: Any) -> None:
    owner = User(role=Role.DEALER_OWNER, dealer=dealer)
    region = terms.pop("region", None)
    given = {"strict": True, "qs_is_sales": False, "net_price_is_paid": False, **terms}
    agree(dealer=dealer, region=region, actor=owner, at=clock.now(), **given)


def counts(message: TradeMessage) -> dict[str, tuple[int, int, int, int]]:
    """Accepted, duplicates, revised and quarantined by feed."""
    return {
        delivery.feed: (delivery.accepted, delivery.duplicates, delivery.revised, delivery.quarantined)
        for delivery in (message.inventory, message.sales)
        if delivery is not None
    }


def codes() -> list[str]:
    return list(QuarantinedLine.objects.order_by("id").values_list("code", flat=True))


def both(sku: str, sold: str = "2") -> str:
    return f"852~XQ*H*{day()}~LIN**SK*{sku}~CTP**RES*999~ZA*QA*12~ZA*QI*3~ZA*Q1*{sold}"


def test_one_message_gives_stock_and_sales_each_with_its_receipt() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)

    (message,) = messages_of(take(dealer, x12(both(product.sku))))

    assert counts(message) == {"inventory": (1, 0, 0, 0), "sales": (1, 0, 0, 0)}
    counted, sold = InventoryLine.objects.get(), SaleLine.objects.get()
    assert (counted.on_hand, counted.in_transit, counted.warehouse) == (12, 3, "")
    assert (sold.quantity, str(sold.unit_price), sold.sold_on) == (2, "999.000000", yesterday())


def test_a_file_sent_again_changes_nothing() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    body = x12(both(product.sku))
    take(dealer, body)

    (message,) = messages_of(take(dealer, body))

    assert counts(message) == {"inventory": (0, 1, 0, 0), "sales": (0, 1, 0, 0)}
    assert (SaleLine.objects.count(), InventoryLine.objects.count()) == (1, 1)


def test_the_same_sale_by_edi_and_by_another_door_is_one_line() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    take(dealer, edifact(f"SLSRPT'BGM+73E+R1+9'DTM+356:{day()}:102'LIN+1++{product.sku}:SA'PRI+AAE:9'QTY+153:2"))
    line = {
        "doc_no": "R1", "line_no": 1, "sold_at": f"{yesterday()}T00:00:00+08:00", "sku": product.sku, "quantity": 2,
        "unit_price": "9", "region": dealer.home_region.code,
    }  # fmt: skip

    receipt = take_in_sales(source=LineReport([(1, line)]), dealer=dealer, door=Door.API, actor_label="till")

    assert (receipt.accepted, receipt.duplicates) == (0, 1)


def test_a_replacement_revises_what_the_original_said() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)

    def told(function: str, quantity: int) -> dict[str, tuple[int, int, int, int]]:
        segments = f"DTM+356:{day()}:102'LIN+1++{product.sku}:SA'PRI+AAE:9'QTY+153:{quantity}"
        body = edifact(f"SLSRPT'BGM+73E+R1+{function}'{segments}", control=f"R{function}{quantity}")
        return counts(messages_of(take(dealer, body))[0])

    assert told("9", 2) == {"sales": (1, 0, 0, 0)}
    assert told("9", 3) == {"sales": (0, 0, 0, 1)}
    assert told("5", 3) == {"sales": (0, 0, 1, 0)}
    assert (SaleLine.objects.get().quantity, codes()) == (3, ["revision_required"])


def test_qs_is_sales_only_by_agreement() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    body = x12(f"852~XQ*H*{day()}~LIN**SK*{product.sku}~CTP**RES*9~ZA*QS*2")

    take(dealer, body)
    assert codes() == ["sold_or_withdrawn"]
    agree(
        dealer=dealer, strict=True, qs_is_sales=True, net_price_is_paid=False, region=dealer.home_region,
        actor=User(role=Role.DEALER_OWNER, dealer=dealer), at=clock.now(),
    )  # fmt: skip

    assert counts(messages_of(take(dealer, body))[0]) == {"sales": (1, 0, 0, 0)}


def test_a_net_price_is_the_paid_one_only_by_agreement() -> None:
    dealer, product = Dealer(), Product()
    body = edifact(f"SLSRPT'BGM+73E+R1+9'DTM+356:{day()}:102'LIN+1++{product.sku}:SA'PRI+AAA:9'QTY+153:2")
    agreed(dealer, region=dealer.home_region)

    take(dealer, body)

    assert codes() == ["price_without_tax"]


def test_a_refusal_names_message_segment_and_element_and_the_line_can_be_corrected() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    take(dealer, x12(f"852~XQ*H*{day()}~LIN**SK*NOPE~CTP**RES*9~ZA*Q1*2"))

    refused = QuarantinedLine.objects.get()
    assert (refused.code, refused.field, refused.line, refused.dealer) == ("unknown_sku", "sku", 1, dealer)
    with translation.override("en"):
        assert detail_of(refused).endswith("(Message 852 0001, segment 5 LIN03)")
    corrected = {**refused.content, "sku": product.sku}
    receipt = resubmit(line_id=refused.pk, content=corrected, dealer=dealer, actor=None, at=clock.now())
    assert receipt.accepted == 1


def test_a_line_whose_price_is_missing_waits_for_it_and_is_never_priced() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)

    take(dealer, x12(f"852~XQ*H*{day()}~LIN**SK*{product.sku}~ZA*Q1*2"))

    refused = QuarantinedLine.objects.get()
    assert (refused.code, "unit_price" in refused.content, refused.content["quantity"]) == (
        "message_without_price", False, "2",
    )  # fmt: skip


def test_stores_are_regions_and_warehouses_by_the_dealers_own_list() -> None:
    dealer, product, other = Dealer(), Product(), City()
    owner = User(role=Role.DEALER_OWNER, dealer=dealer)
    set_place(dealer=dealer, code="S1", region=dealer.home_region, warehouse="North", actor=owner, at=clock.now())
    set_place(dealer=dealer, code="S2", region=None, warehouse="South", actor=owner, at=clock.now())
    pairs = f"S1*1*S2*2*S3*3*{other.code}*4"
    segments = f"LIN**SK*{product.sku}~CTP**RES*9~ZA*QA~SDQ*EA*92*{pairs}~ZA*Q1~SDQ*EA*92*{pairs}"

    (message,) = messages_of(take(dealer, x12(f"852~XQ*H*{day()}~{segments}")))

    assert counts(message) == {"inventory": (2, 0, 0, 2), "sales": (2, 0, 0, 2)}
    assert sorted(InventoryLine.objects.values_list("warehouse", "on_hand")) == [("North", 1), ("South", 2)]
    sold = SaleLine.objects.order_by("quantity").values_list("region_id", "quantity")
    assert list(sold) == [(dealer.home_region_id, 1), (other.pk, 4)]
    assert sorted(codes()) == ["place_without_region", "unknown_place", "unknown_place", "unknown_place"]


def test_without_a_place_and_without_an_agreed_region_a_sale_waits() -> None:
    dealer, product = Dealer(), Product()

    take(dealer, x12(f"852~XQ*H*{day()}~LIN**SK*{product.sku}~CTP**RES*9~ZA*Q1*2"))

    assert codes() == ["place_not_said"]


@pytest.mark.parametrize("spelling", [lambda g: g, lambda g: g.zfill(14), lambda g: g.lstrip("0")])
def test_articles_are_known_by_every_spelling_of_their_gtin(spelling: Callable[[str], str]) -> None:
    gtin = "012345678905"
    dealer, product = Dealer(), Product(gtin=gtin)

    take(dealer, edifact(f"INVRPT'BGM+35+I1+9'DTM+366:{day()}:102'LIN+1++{spelling(gtin)}:EN'QTY+145:4"))

    assert InventoryLine.objects.get().product_id == product.pk


def test_article_numbers_that_contradict_each_other_are_refused() -> None:
    dealer, one, two = Dealer(), Product(gtin=make_gtin(1)), Product(gtin=make_gtin(2))
    Product(gtin=one.gtin)

    lines = f"LIN+1++{one.sku}:SA'PIA+1+{two.gtin}:EN'QTY+145:4'LIN+2++{one.gtin}:EN'QTY+145:4"
    take(
        dealer,
        edifact(f"INVRPT'BGM+35+I1+9'DTM+366:{day()}:102'{lines}'LIN+3++{one.sku}:SA'PIA+1+{one.gtin}:EN'QTY+145:4"),
    )

    assert codes() == ["article_contradicts_itself", "article_of_several"]
    assert InventoryLine.objects.get().product_id == one.pk


def test_ubl_counts_come_the_same_way() -> None:
    dealer, product = Dealer(), Product(gtin=make_gtin(3))
    body = inventory_report(
        ubl_line(1, "5", seller_item(product.sku)),
        ubl_line(2, "NaN", standard_item(product.gtin)),
        ubl_line(3, "1_0", ""),
    )
    (message,) = messages_of(take(dealer, body))

    assert counts(message) == {"inventory": (1, 0, 0, 2)}
    assert InventoryLine.objects.get().on_hand == 5


@pytest.mark.parametrize("quantity", ["1_000", "NaN", "５", "1e3", "1.5", "", "99999999999", "0", "--5", "+5", "1 000"])
def test_hostile_quantities_are_refused_by_the_check_of_every_door(quantity: str) -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)

    take(dealer, x12(both(product.sku, sold=quantity)))

    assert SaleLine.objects.count() == 0
    assert QuarantinedLine.objects.get(feed="sales").field == "quantity"


def test_wrong_totals_refuse_the_message_of_a_strict_dealer_and_are_remarked_for_a_tolerant_one() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    body = x12(both(product.sku), both(product.sku)).replace(b"SE*8*0002", b"SE*9*0002")

    first, second = messages_of(take(dealer, body))

    assert (first.state, second.state, counts(second)) == ("taken", "refused", {})
    assert [fault["code"] for fault in second.faults] == ["segment_count_wrong"]
    agree(
        dealer=dealer, strict=False, qs_is_sales=False, net_price_is_paid=False, region=dealer.home_region,
        actor=User(role=Role.DEALER_OWNER, dealer=dealer), at=clock.now(),
    )  # fmt: skip
    _first, second = messages_of(take(dealer, body))
    assert (second.state, [fault["code"] for fault in second.faults]) == ("taken", ["segment_count_wrong"])


def test_a_message_cut_short_is_refused_for_everybody() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, strict=False, region=dealer.home_region)
    body = x12(both(product.sku))

    (message,) = messages_of(take(dealer, body[: body.index(b"SE*")]))

    assert (message.state, SaleLine.objects.count()) == ("refused", 0)


def test_a_test_interchange_counts_for_nothing() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, strict=False, region=dealer.home_region)

    (by_x12,) = messages_of(take(dealer, x12(both(product.sku), usage="T")))
    (by_edifact,) = messages_of(take(dealer, edifact("INVRPT'BGM+35+I1+9", test=True)))

    assert {by_x12.state, by_edifact.state} == {"refused"}
    assert by_x12.faults[0]["code"] == by_edifact.faults[0]["code"] == "test_interchange"
    assert InventoryLine.objects.count() == 0


def test_a_control_number_that_comes_with_other_content_is_a_fault() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    take(dealer, x12(both(product.sku)))

    (message,) = messages_of(take(dealer, x12(both(product.sku, sold="3"))))

    assert (message.state, [fault["code"] for fault in message.faults]) == ("refused", ["interchange_repeated"])


def test_kinds_that_are_not_taken_are_refused_beside_those_that_are() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)

    order, report = messages_of(take(dealer, x12("850~BEG*00*SA*1", both(product.sku))))

    assert (order.state, order.faults[0]["code"], report.state) == ("refused", "message_kind_unknown", "taken")


def test_a_message_without_lines_is_no_declaration_of_a_day_without_sales() -> None:
    dealer = Dealer()

    (message,) = messages_of(take(dealer, edifact(f"SLSRPT'BGM+73E+R1+9'DTM+356:{day()}:102")))

    assert (message.state, counts(message), message.remarks[0]["code"]) == ("taken", {}, "no_lines")


def test_nothing_is_stored_of_a_file_that_is_none() -> None:
    with pytest.raises(UnusableFile):
        take(Dealer(), b"dealer,doc_no\n")

    assert TradeFileReceived.objects.count() == 0


def test_more_lines_cost_no_more_queries() -> None:
    dealer = Dealer()
    agreed(dealer, region=dealer.home_region)
    products = [Product() for _ in range(30)]

    def queries(skus: list[str], control: str) -> int:
        lines = "~".join(f"LIN**SK*{sku}~CTP**RES*9~ZA*QA*4~ZA*Q1*2~ZA*QW*1" for sku in skus)
        with CaptureQueriesContext(
            connection,
        ) as ran:
            take(dealer, x12(f"852~XQ*H*{day()}~{lines}", control=control))
        return len(ran)

    queries([products[0].sku], "000000001")  # what is remembered between deliveries is there now
    few = queries([products[1].sku], "000000002")
    assert queries([product.sku for product in products[2:]], "000000003") <= few


def test_the_acknowledgement_of_x12_is_a_997_that_reads_back() -> None:
    dealer, product = Dealer(), Product()
    agreed(dealer, region=dealer.home_region)
    body = x12(both(product.sku), both("NOPE"), both(product.sku)).replace(b"SE*8*0003", b"SE*7*0003")

    text, name = acknowledgement_of(take(dealer, body))

    segments = [segment.strip() for segment in text.split("~")]
    assert name.startswith("997-")
    assert "*HALFMOON       *ZZ*DEALER         *" in segments[0]
    assert segments[3:-4] == [
        "AK1*PD*7", "AK2*852*0001", "AK5*A", "AK2*852*0002", "AK5*E", "AK2*852*0003", "AK5*R*4", "AK9*P*3*3*2",
    ]  # fmt: skip
    assert segments[-4] == "SE*10*0001"


def test_the_acknowledgement_of_edifact_is_a_contrl_that_reads_back() -> None:
    dealer, product = Dealer(), Product()
    stock = f"INVRPT'BGM+35+I1+9'DTM+366:{day()}:102'LIN+1++{product.sku}:SA'QTY+145:4"
    body = edifact(stock, stock, control="A?+B").replace(b"UNT+6+2", b"UNT+7+2")

    text, _name = acknowledgement_of(take(dealer, body))

    assert "UCI+A?+B+4260026610003:14+4007399000006:14+8'" in text
    assert "UCM+1+INVRPT:D:96A:UN+7'" in text
    assert "UCM+2+INVRPT:D:96A:UN+4+29'" in text
    assert "UNT+5+1'" in text


def test_agreements_are_the_owners_and_the_channels_and_are_audited() -> None:
    dealer, city = Dealer(), City()
    operator = User(role=Role.DEALER_OPERATOR, dealer=dealer)
    near = User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    far = User(role=Role.CHANNEL_MANAGER, regions=[city])
    terms: dict[str, Any] = {"strict": False, "qs_is_sales": True, "net_price_is_paid": False, "region": None}

    for refused, error in ((operator, NotPermitted), (far, NotFound)):
        with pytest.raises(error):
            agree(dealer=dealer, actor=refused, at=clock.now(), **terms)
    agree(dealer=dealer, actor=near, at=clock.now(), **terms)

    assert (agreed_with(dealer).strict, agreed_with(dealer).qs_is_sales) == (False, True)
    record = AuditRecord.objects.get(action="trade_agreement.change")
    assert (record.dealer_id, record.after["qs_is_sales"]) == (dealer.pk, True)


def test_places_are_kept_once_changed_and_forgotten() -> None:
    dealer = Dealer()
    owner = User(role=Role.DEALER_OWNER, dealer=dealer)
    for code, warehouse in (("", "x"), ("S1", ""), ("S" * 81, "x"), ("S\n1", "x")):
        with pytest.raises(PlaceRefused):
            set_place(dealer=dealer, code=code, region=None, warehouse=warehouse, actor=owner, at=clock.now())
    set_place(dealer=dealer, code="S1", region=None, warehouse="North", actor=owner, at=clock.now())
    place = set_place(dealer=dealer, code=" S1 ", region=dealer.home_region, warehouse="", actor=owner, at=clock.now())

    remove_place(dealer=dealer, place_id=place.pk, actor=owner, at=clock.now())

    assert TradePlace.objects.count() == 0
    assert AuditRecord.objects.filter(dealer_id=dealer.pk, action__startswith="trade_place").count() == 3
    with pytest.raises(NotFound):
        remove_place(dealer=dealer, place_id=place.pk, actor=owner, at=clock.now())


def test_a_dealer_sees_its_own_files_only() -> None:
    dealer, other = Dealer(), Dealer()
    take(dealer, edifact("SLSRPT'BGM+73E+R1+9"))

    owners = [User(role=Role.DEALER_OWNER, dealer=each) for each in (dealer, other)]

    assert [visible_trade_files(owner).count() for owner in owners] == [1, 0]
    assert visible_trade_files(User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])).count() == 1
    assert visible_trade_files(User(role=Role.LEGAL_REVIEWER)).count() == 0
