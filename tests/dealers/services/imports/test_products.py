"""The catalogue and its list prices from tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dealers.models import AuditRecord, ListPrice, Product
from dealers.services.imports.list_prices import LIST_PRICES
from dealers.services.imports.products import product_importer
from dealers.services.imports.shipments import SHIPMENTS
from tests import factories
from tests.tables import changed, counts, refusals, remark_codes, take

pytestmark = pytest.mark.django_db
HEADER = "sku,name_zh,name_en,category,industry,gtin"
ROW = "A1,投影仪,Projector,projectors,electronics,6901234567892"
PRODUCTS = product_importer()


def prices() -> list[tuple[str, date, date | None]]:
    """Standing prices in the order of their days."""
    standing = ListPrice.objects.filter(superseded_at=None).order_by("valid")
    return [(f"{price.price.normalize():f}", price.valid.lower, price.valid.upper) for price in standing]


def test_the_same_catalogue_again_is_all_duplicates() -> None:
    assert counts(take(PRODUCTS, f"{HEADER}\n{ROW}\n")) == (1, 0, 0, 0)
    assert counts(take(PRODUCTS, f"{HEADER}\n{ROW}\n")) == (0, 1, 0, 0)


def test_a_renamed_product_is_recorded_with_before_and_after() -> None:
    take(PRODUCTS, f"{HEADER}\n{ROW}\n")
    assert counts(take(PRODUCTS, f"{HEADER}\n{changed(ROW, HEADER, name_en='Beamer')}\n")) == (0, 0, 1, 0)
    assert AuditRecord.objects.get(action="product.change").before == {"name_en": "Projector"}


def test_the_category_of_a_product_that_was_shipped_is_fixed() -> None:
    product, dealer = factories.Product(sku="A1", category="projectors"), factories.Dealer()
    take(
        SHIPMENTS,
        "doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at\n"
        f"S1,1,{dealer.code},{product.sku},1,5,2026-01-05T09:00:00+08:00\n",
    )
    delivery = take(PRODUCTS, f"{HEADER}\n{changed(ROW, HEADER, category='screens')}\n")
    assert refusals(delivery) == [(2, "category", "category_in_use")]
    assert Product.objects.get().category == "projectors"


def test_the_category_of_a_product_that_was_never_moved_may_change() -> None:
    take(PRODUCTS, f"{HEADER}\n{ROW}\n")
    assert counts(take(PRODUCTS, f"{HEADER}\n{changed(ROW, HEADER, category='screens')}\n")) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, sku=""), "sku", "missing_value"),
        (changed(ROW, HEADER, sku="A;1"), "sku", "not_a_code"),
        (changed(ROW, HEADER, name_zh="长" * 201), "name_zh", "too_long"),
        (changed(ROW, HEADER, category=""), "category", "missing_value"),
        (changed(ROW, HEADER, industry="toys"), "industry", "bad_choice"),
        (changed(ROW, HEADER, gtin="6901234567890"), "gtin", "gtin_check_digit"),
        (changed(ROW, HEADER, gtin="69012345678"), "gtin", "gtin_length"),
        (changed(ROW, HEADER, gtin="69012345678９２"), "gtin", "gtin_not_digits"),
        (changed(ROW, HEADER, name_en="a\tb"), "name_en", "control_character"),
    ],
)
def test_a_broken_product_names_its_column(row: str, column: str, code: str) -> None:
    assert refusals(take(PRODUCTS, f"{HEADER}\n{row}\n")) == [(2, column, code)]


PRICE_HEADER = "sku,price,valid_from,valid_to"


@pytest.fixture
def product() -> Product:
    return factories.Product(sku="A1")


def test_a_new_price_ends_the_one_before(product: Product) -> None:
    take(LIST_PRICES, "sku,price,valid_from\nA1,10,2026-01-01\n")
    assert counts(take(LIST_PRICES, "sku,price,valid_from\nA1,12.5,2026-06-01\n")) == (0, 0, 1, 0)
    assert prices() == [("10", date(2026, 1, 1), date(2026, 6, 1)), ("12.5", date(2026, 6, 1), None)]
    assert AuditRecord.objects.get(action="list_price.close").before["valid"] == "[2026-01-01, )"


def test_a_history_in_any_order_is_placed_by_its_days_and_repeats_as_duplicates(product: Product) -> None:
    table = f"{PRICE_HEADER}\nA1,12,2026-06-01,\nA1,10,2026-01-01,\nA1,14,2026-09-01,2026-12-01\n"
    assert counts(take(LIST_PRICES, table)) == (3, 0, 0, 0)
    assert prices() == [
        ("10", date(2026, 1, 1), date(2026, 6, 1)),
        ("12", date(2026, 6, 1), date(2026, 9, 1)),
        ("14", date(2026, 9, 1), date(2026, 12, 1)),
    ]
    assert counts(take(LIST_PRICES, table)) == (0, 3, 0, 0)


def test_a_range_that_ends_within_an_open_one_leaves_a_gap_and_says_so(product: Product) -> None:
    take(LIST_PRICES, f"{PRICE_HEADER}\nA1,10,2026-01-01,\n")
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\nA1,8,2026-06-01,2026-07-01\n")
    assert remark_codes(delivery) == ["nothing_in_force"]


def test_a_gap_that_the_same_file_fills_is_not_mentioned(product: Product) -> None:
    take(LIST_PRICES, f"{PRICE_HEADER}\nA1,10,2026-01-01,\n")
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\nA1,8,2026-06-01,2026-07-01\nA1,10,2026-07-01,\n")
    assert remark_codes(delivery) == []


def test_another_price_from_the_very_same_day_supersedes(product: Product) -> None:
    take(LIST_PRICES, f"{PRICE_HEADER}\nA1,10,2026-01-01,\n")
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\nA1,11,2026-01-01,\n")
    assert counts(delivery) == (0, 0, 1, 0)
    assert prices() == [("11", date(2026, 1, 1), None)]
    assert ListPrice.objects.get(price=10).superseded_at == delivery.received_at
    assert AuditRecord.objects.filter(action="list_price.supersede").count() == 1


def test_a_range_with_its_own_end_that_runs_into_a_later_one_is_refused(product: Product) -> None:
    take(LIST_PRICES, f"{PRICE_HEADER}\nA1,10,2026-06-01,\n")
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\nA1,9,2026-01-01,2026-07-01\n")
    assert refusals(delivery) == [(2, "valid_to", "span_overlaps_later")]
    assert prices() == [("10", date(2026, 6, 1), None)]


def test_two_prices_from_the_same_day_in_one_file_contradict_each_other(product: Product) -> None:
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\nA1,10,2026-01-01,\nA1,10,2026-01-01,\nA1,11,2026-01-01,\n")
    assert counts(delivery) == (1, 1, 0, 1)
    assert refusals(delivery) == [(4, "valid_from", "twice_in_file")]


def test_statements_do_not_grow_with_rows(django_assert_max_num_queries: object) -> None:
    for number in range(40):
        factories.Product(sku=f"B{number}")
    table = "sku,price,valid_from\n" + "".join(f"B{number},10,2026-01-01\n" for number in range(40))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        take(LIST_PRICES, table)
    assert ListPrice.objects.filter(price=Decimal(10)).count() == 40


PRICE = "A1,10,2026-01-01,2026-12-01"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(PRICE, PRICE_HEADER, sku="ZZ"), "sku", "unknown_sku"),
        (changed(PRICE, PRICE_HEADER, price=""), "price", "number_missing"),
        (changed(PRICE, PRICE_HEADER, price="0"), "price", "number_too_small"),
        (changed(PRICE, PRICE_HEADER, price="-1"), "price", "number_too_small"),
        (changed(PRICE, PRICE_HEADER, price="1.1234567"), "price", "too_many_places"),
        (changed(PRICE, PRICE_HEADER, price="１２"), "price", "number_not_ascii"),
        (changed(PRICE, PRICE_HEADER, price="1e3"), "price", "number_with_exponent"),
        (changed(PRICE, PRICE_HEADER, price="NaN"), "price", "not_a_number"),
        (changed(PRICE, PRICE_HEADER, valid_from=""), "valid_from", "missing_value"),
        (changed(PRICE, PRICE_HEADER, valid_from="2026/1/1"), "valid_from", "not_a_date"),
        (changed(PRICE, PRICE_HEADER, valid_from="2026-02-30"), "valid_from", "date_not_real"),
        (changed(PRICE, PRICE_HEADER, valid_from="0202-01-01"), "valid_from", "out_of_time"),
        (changed(PRICE, PRICE_HEADER, valid_to="2026-01-01"), "valid_to", "range_is_empty"),
    ],
)
def test_a_broken_price_names_its_column(product: Product, row: str, column: str, code: str) -> None:
    delivery = take(LIST_PRICES, f"{PRICE_HEADER}\n{row}\n")
    assert refusals(delivery) == [(2, column, code)]
    assert delivery.refused.get().content["sku"] in ("A1", "ZZ")
