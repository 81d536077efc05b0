"""What a fall of list prices brings a dealer stands on its statement, once, and late facts settle the difference."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.models import Dealer, InventoryLine, ListPrice, Product, Shipment
from rebates.models import Accrual
from rebates.resources import explain
from rebates.rules.protected_days import faults_of_protection
from settlement.models import SettlementRun, StatementLine
from settlement.proof_words.reading import read_proof
from settlement.selectors.ledger import payable_to
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import first_difference
from tests import factories
from tests.journeys.office import behind_the_back
from tests.settlement.protection_stage import count_stock, moment, price, prices, product, ship
from tests.settlement.world import after, calculate, close, dealer

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER, LAST = "2026-11-H2", "2026-12-H1", "2026-12-H2"


@pytest.fixture(autouse=True)
def policy() -> None:
    factories.PolicyVersion()


def shown(period: str) -> list[tuple[str, str, str, str]]:
    """Dealer, day, half-month it is for and amount of the lines of price protection."""
    lines = StatementLine.objects.filter(
        statement__run__period=period, kind="price_protection", statement__draft=run(period).draft
    ).order_by("dealer__code", "line_no")
    return [(line.dealer.code, line.proof["window"], line.for_period, str(line.amount)) for line in lines]


def line(period: str, of: str = "D1") -> StatementLine:
    return StatementLine.objects.get(
        statement__run__period=period, kind="price_protection", dealer__code=of, statement__draft=run(period).draft
    )


def run(period: str) -> SettlementRun:
    return SettlementRun.objects.select_related("policy").get(period=period)


def difference(period: str) -> tuple[str, int, str] | None:
    found = first_difference(run(period))
    return None if found is None else (found.dealer, found.line_no, found.field)


@pytest.fixture
def goods() -> Product:
    """The product of docs/price-protection.md: it falls on 20 November and again on 1 December."""
    made = product()
    prices(made, ("2026-01-01", "2280"), ("2026-11-20", "2180"), ("2026-12-01", "1980"))
    return made


@pytest.fixture
def shop(goods: Product) -> Dealer:
    """The dealer of the guide: three receipts, and the counts at both falls."""
    made = dealer("D1")
    for doc, units, day in (("FH-1028", 7, "2026-10-28"), ("FH-1112", 15, "2026-11-12"), ("FH-1126", 12, "2026-11-26")):
        ship(made, goods, units, day, doc=doc)
    count_stock(made, goods, 5, "2026-11-19 19:00")
    count_stock(made, goods, 34, "2026-11-30 19:00")
    return made


def test_the_guide_shows_what_is_settled(shop: Dealer, goods: Product) -> None:
    """docs/price-protection.md, half-month by half-month."""
    close(NOVEMBER)
    assert shown(NOVEMBER) == [("D1", "2026-11-20", NOVEMBER, "500.00")]
    close(DECEMBER)
    assert shown(DECEMBER) == [("D1", "2026-12-01", DECEMBER, "4400.00")]
    assert [
        (layer["doc"], layer["numbers"]["held"], layer["numbers"]["protected_before"], layer["amount"])
        for layer in line(DECEMBER).proof["inputs"][0]["layers"]
    ] == [("FH-1126/1", "12", "0", "12"), ("FH-1112/1", "15", "5", "10")]
    ship(shop, goods, 10, "2026-11-22", doc="FH-1122", known=after(DECEMBER, 3))
    close(LAST)
    assert shown(LAST) == [("D1", "2026-12-01", DECEMBER, "1400.00")]
    assert line(LAST).proof["settled"] == [{"period": DECEMBER, "amount": "4400.00"}]
    assert payable_to(shop.pk) == Decimal("6300.00") and not list(ledger_faults())
    assert [difference(period) for period in (NOVEMBER, DECEMBER, LAST)] == [None, None, None]
    assert not any(faults_of_protection(line(period).proof) for period in (NOVEMBER, DECEMBER, LAST))
    with translation.override("en"):
        said = explain(line(LAST).proof)
    assert said == (
        "MY1001 fell from 2,180.00 to 1,980.00 on 2026-12-01: 29 units on hand had come lately enough and were not "
        "protected, which makes (2,180.00 − 1,980.00) × 29 = 5,800.00; 4,400.00 was settled before, so 1,400.00 is due "
        "now."
    )


def test_a_price_corrected_later_settles_the_difference_and_replays_stay_as_they_were(
    shop: Dealer, goods: Product
) -> None:
    close(NOVEMBER)
    close(DECEMBER)
    told = moment("2026-12-28 09:00")
    ListPrice.objects.filter(product=goods, price=Decimal(1980)).update(superseded_at=told)
    price(goods, "2000", "2026-12-01", known=told)
    close(LAST)
    assert shown(LAST) == [("D1", "2026-12-01", DECEMBER, "-440.00")]
    assert [difference(period) for period in (NOVEMBER, DECEMBER, LAST)] == [None, None, None]


def test_a_fall_that_was_a_mistake_is_taken_back_whole(shop: Dealer, goods: Product) -> None:
    close(NOVEMBER)
    close(DECEMBER)
    told = moment("2026-12-28 09:00")
    ListPrice.objects.filter(product=goods, price=Decimal(1980)).update(superseded_at=told)
    price(goods, "2180", "2026-12-01", known=told)
    close(LAST)
    assert shown(LAST) == [("D1", "2026-12-01", DECEMBER, "-4400.00")]
    assert line(LAST).proof["reasons"] == ["no_fall_left"] and not faults_of_protection(line(LAST).proof)
    assert difference(LAST) is None


def test_a_correction_of_an_earlier_fall_frees_the_units_it_had_protected(shop: Dealer, goods: Product) -> None:
    close(NOVEMBER)
    close(DECEMBER)
    told = moment("2026-12-28 09:00")
    ListPrice.objects.filter(product=goods, price=Decimal(2180)).update(superseded_at=told)
    price(goods, "2280", "2026-11-20", "2026-12-01", known=told)
    close(LAST)
    assert shown(LAST) == [
        ("D1", "2026-11-20", NOVEMBER, "-500.00"),
        ("D1", "2026-12-01", DECEMBER, str(Decimal(27 * 300) - 4400) + ".00"),
    ]


def test_a_count_that_comes_late_opens_the_day_again_for_its_dealer_alone(goods: Product) -> None:
    early, tardy = dealer("D1"), dealer("D2")
    for each in (early, tardy):
        ship(each, goods, 3, "2026-11-12")
    count_stock(early, goods, 3, "2026-11-19 19:00")
    count_stock(tardy, goods, 3, "2026-11-19 20:00", known="2026-12-03 08:00")
    close(NOVEMBER, at=moment("2026-12-02 08:00"))
    assert shown(NOVEMBER) == [("D1", "2026-11-20", NOVEMBER, "300.00"), ("D2", "2026-11-20", NOVEMBER, "0.00")]
    assert line(NOVEMBER, "D2").proof["reasons"] == ["not_counted"]
    for each in (early, tardy):
        count_stock(each, goods, 0, "2026-11-30 12:00", known="2026-12-01 00:00")
    close(DECEMBER)
    assert [row for row in shown(DECEMBER) if row[1] == "2026-11-20"] == [("D2", "2026-11-20", NOVEMBER, "300.00")]
    assert difference(NOVEMBER) is None and difference(DECEMBER) is None


def test_nothing_new_settles_nothing_again(shop: Dealer) -> None:
    close(NOVEMBER)
    close(DECEMBER)
    close(LAST)
    assert shown(LAST) == []
    assert Accrual.objects.filter(kind="price_protection").count() == 2


def test_who_neither_held_nor_received_the_product_reads_nothing_about_it(goods: Product) -> None:
    empty, stranger, old = dealer("D1"), dealer("D2"), dealer("D3")
    ship(empty, goods, 4, "2026-11-10")
    count_stock(empty, goods, 0, "2026-11-19 19:00")
    count_stock(stranger, goods, 0, "2026-11-19 19:00")
    ship(old, goods, 4, "2026-10-01")
    count_stock(old, goods, 4, "2026-11-19 19:00")
    close(NOVEMBER)
    assert shown(NOVEMBER) == [("D1", "2026-11-20", NOVEMBER, "0.00"), ("D3", "2026-11-20", NOVEMBER, "0.00")]
    assert line(NOVEMBER, "D1").proof["reasons"] == ["nothing_on_hand"]
    assert line(NOVEMBER, "D3").proof["reasons"] == ["received_too_long_ago"]


def test_all_products_of_a_day_make_one_line_rounded_once() -> None:
    shop = dealer("D1")
    for number in (1, 2, 3):
        goods = product(f"CB-{number}")
        prices(goods, ("2026-01-01", "0.015"), ("2026-11-20", "0.01"))
        ship(shop, goods, 1, "2026-11-12")
        count_stock(shop, goods, 1, "2026-11-19 19:00")
    close(NOVEMBER)
    # three times 0.005: rounded one by one it would be 0.03
    assert shown(NOVEMBER) == [("D1", "2026-11-20", NOVEMBER, "0.02")]
    assert [fact["doc"] for fact in line(NOVEMBER).proof["inputs"]] == ["CB-1", "CB-2", "CB-3"]
    assert line(NOVEMBER).proof["earned"] == "0.015" and not faults_of_protection(line(NOVEMBER).proof)


def test_a_back_dated_price_between_two_others_leaves_the_replay_as_it_was(shop: Dealer, goods: Product) -> None:
    """The way the import closes a range: the longer one is superseded by a shorter."""
    close(NOVEMBER)
    told = moment("2026-12-03 09:00")
    first = ListPrice.objects.get(product=goods, price=Decimal(2280))
    ListPrice.objects.filter(pk=first.pk).update(superseded_at=told)
    price(goods, "2280", "2026-01-01", "2026-11-18", known=told)
    price(goods, "2250", "2026-11-18", "2026-11-20", known=told)
    close(DECEMBER)
    assert difference(NOVEMBER) is None
    assert ("D1", "2026-11-20", NOVEMBER, "-150.00") in shown(DECEMBER)  # 5 × (2,250 − 2,180) instead of 5 × 100
    assert difference(DECEMBER) is None


DEEDS = {
    "a count": (InventoryLine, "UPDATE dealers_inventoryline SET on_hand = 33 WHERE on_hand = 34"),
    "a receipt": (Shipment, "UPDATE dealers_shipment SET quantity = 11 WHERE doc_no = 'FH-1126'"),
    "when it came": (
        Shipment,
        "UPDATE dealers_shipment SET shipped_at = shipped_at - interval '30 days' WHERE doc_no = 'FH-1112'",
    ),
    "a list price": (ListPrice, "UPDATE dealers_listprice SET price = 1981 WHERE price = 1980"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_fact_that_was_altered_behind_the_back_is_found_and_named(shop: Dealer, deed: str) -> None:
    model, sql = DEEDS[deed]
    close(NOVEMBER)
    close(DECEMBER)
    with behind_the_back(model._meta.db_table, sql):
        found = [difference(period) for period in (NOVEMBER, DECEMBER)]
    assert any(one is not None and one[0] == "D1" for one in found)
    assert difference(DECEMBER) is None


def test_shards_and_repetition_give_the_same_digest(goods: Product) -> None:
    for number in range(5):
        shop = dealer(f"D{number}")
        ship(shop, goods, number + 1, "2026-11-12")
        count_stock(shop, goods, number + 1, "2026-11-19 19:00")
    digests = {calculate(NOVEMBER, shards=shards).digest for shards in (1, 2, 3)}
    assert len(digests) == 1
    assert [amount for *_, amount in shown(NOVEMBER)] == ["100.00", "200.00", "300.00", "400.00", "500.00"]


def test_more_dealers_and_products_ask_no_more_queries() -> None:
    def trade(dealers: int, products: int, first: int) -> None:
        for number in range(products):
            goods = product(f"SKU-{first}-{number}")
            prices(goods, ("2026-01-01", "1000"), ("2026-11-20", "900"))
            for shop in range(dealers):
                made = Dealer.objects.filter(code=f"D{shop}").first() or dealer(f"D{shop}")
                ship(made, goods, 2, "2026-11-12")
                count_stock(made, goods, 2, "2026-11-19 19:00")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            calculate(NOVEMBER)
        return len(asked)

    trade(1, 1, 1)
    calculate(NOVEMBER)
    few = queries()
    trade(6, 4, 2)
    assert queries() == few
    assert [amount for *_, amount in shown(NOVEMBER)] == ["1000.00"] + ["800.00"] * 5


def test_while_no_price_falls_no_stock_is_read() -> None:
    goods = product()
    prices(goods, ("2026-01-01", "1000"), ("2026-11-20", "1100"))
    shop = dealer("D1")
    ship(shop, goods, 2, "2026-11-12")
    count_stock(shop, goods, 2, "2026-11-19 19:00")
    with CaptureQueriesContext(connection) as asked:
        calculate(NOVEMBER)
    assert not [query for query in asked.captured_queries if "dealers_inventoryline" in query["sql"]]
    assert shown(NOVEMBER) == []


def test_a_half_month_closed_before_falls_were_settled_stays_as_it_was(shop: Dealer) -> None:
    """An installation that is brought up to date: its closed half-months took no falls up, and are not reopened."""
    close(NOVEMBER)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("settlement_settlementrun", "settlement_statementline", "rebates_accrual"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_settlementrun SET edition = 1")
        cursor.execute("DELETE FROM settlement_statementline WHERE kind = 'price_protection'")
        cursor.execute("DELETE FROM rebates_accrual WHERE kind = 'price_protection'")
    found: Any = first_difference(run(NOVEMBER))
    assert found is not None and found.field == "total"  # the statement's own sum, not a line that should be there
    count_stock(shop, product(), 9, "2026-11-19 20:00", known=(after(NOVEMBER) + timedelta(days=1)).isoformat()[:16])
    calculate(DECEMBER)
    assert [row[1] for row in shown(DECEMBER)] == ["2026-12-01"]


def test_the_proof_reads_product_by_product_and_receipt_by_receipt(shop: Dealer, goods: Product) -> None:
    empty = product("MY2002")
    prices(empty, ("2026-01-01", "500"), ("2026-12-01", "450"))
    ship(shop, empty, 1, "2026-11-12")
    count_stock(shop, empty, 0, "2026-11-30 19:00")
    close(NOVEMBER)
    close(DECEMBER)
    with translation.override("en"):
        rows = [(row.label, row.note, row.value) for row in read_proof(line(DECEMBER).proof).rows]
    assert rows[1][1].startswith("MY1001 · ") and rows[1][2] == "4,400.00"
    assert re.fullmatch(r"FH-1126/1 · 2026-11-26 \d\d:\d\d", rows[2][1]) is not None  # Beijing time, as people write it
    assert [(label, note.split(" · ")[0], value) for label, note, value in rows[2:4]] == [
        ("Units protected", "FH-1126/1", "12"),
        ("Units protected", "FH-1112/1", "10"),
    ]
    assert rows[4][1].startswith("MY2002 · ") and rows[4][1].endswith(" · Nothing on hand") and rows[4][2] == "0.00"
