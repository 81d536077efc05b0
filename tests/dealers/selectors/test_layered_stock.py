"""Stock by price layer from the database: the last count, its warehouses, restatements, many dealers at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.foundation.clock import parse_instant
from dealers.models import Dealer, Product
from dealers.selectors.purchases import Shard
from dealers.selectors.stock_layers import LayeredStock, layered_stock
from dealers.services.imports.inventory import INVENTORY
from dealers.services.imports.shipments import SHIPMENTS
from tests import factories
from tests.tables import take

pytestmark = pytest.mark.django_db
NOON = parse_instant("2026-03-10T12:00:00+08:00")


@pytest.fixture(autouse=True)
def world() -> None:
    for sku in ("A1", "B1"):
        factories.Product(sku=sku)
    for code in ("D1", "D2"):
        factories.Dealer(code=code, home_region=None)


def ship(*rows: str) -> None:
    header = "doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at"
    take(SHIPMENTS, "\n".join((header, *rows)))


def count(*rows: str) -> datetime:
    return take(INVENTORY, "\n".join(("dealer,as_of,sku,on_hand,warehouse", *rows))).received_at


def shown(found: LayeredStock) -> tuple[str, str, int, list[tuple[str, int, str]], int]:
    dealer, sku = Dealer.objects.get(pk=found.dealer_id).code, Product.objects.get(pk=found.product_id).sku
    layers = [(layer.doc_no, layer.units, f"{layer.unit_price:.2f}") for layer in found.layers.layers]
    return dealer, sku, found.on_hand, layers, found.layers.unexplained


def three_receipts() -> None:
    ship(
        "S1,1,D1,A1,10,8.00,2026-02-01T09:00:00+08:00",
        "S2,1,D1,A1,10,9.00,2026-03-01T09:00:00+08:00",
        "S3,1,D1,A1,10,9.50,2026-03-11T09:00:00+08:00",
    )


def test_the_last_count_before_the_instant_is_laid_to_the_receipts_before_it() -> None:
    three_receipts()
    count("D1,2026-03-09T09:00:00+08:00,A1,4,", "D1,2026-03-10T09:00:00+08:00,A1,13,")
    count("D1,2026-03-12T09:00:00+08:00,A1,30,")
    (found,) = layered_stock(at=NOON)
    assert shown(found) == ("D1", "A1", 13, [("S2", 10, "9.00"), ("S1", 3, "8.00")], 0)
    assert found.counted_at == parse_instant("2026-03-10T09:00:00+08:00")


def test_warehouses_counted_at_one_instant_are_added_up() -> None:
    three_receipts()
    count("D1,2026-03-10T09:00:00+08:00,A1,4,north", "D1,2026-03-10T09:00:00+08:00,A1,5,south")
    assert [shown(found)[2:4] for found in layered_stock(at=NOON)] == [(9, [("S2", 9, "9.00")])]


def test_a_product_that_a_later_count_does_not_name_keeps_its_own_last_count() -> None:
    three_receipts()
    count("D1,2026-03-09T09:00:00+08:00,A1,4,")
    count("D1,2026-03-10T09:00:00+08:00,B1,2,")
    assert [shown(found)[1:3] for found in layered_stock(at=NOON)] == [("A1", 4), ("B1", 2)]


def test_a_count_of_zero_is_known_and_has_no_layer() -> None:
    three_receipts()
    count("D1,2026-03-10T09:00:00+08:00,A1,0,")
    assert [shown(found)[2:] for found in layered_stock(at=NOON)] == [(0, [], 0)]


def test_goods_that_went_back_at_an_old_price_do_not_hide_a_newer_layer() -> None:
    three_receipts()
    ship("R1,1,D1,A1,-6,8.00,2026-03-02T09:00:00+08:00")
    count("D1,2026-03-10T09:00:00+08:00,A1,13,")
    assert [shown(found)[3] for found in layered_stock(at=NOON)] == [[("S2", 10, "9.00"), ("S1", 3, "8.00")]]


def test_a_count_as_it_was_known_before_it_was_restated() -> None:
    three_receipts()
    first = count("D1,2026-03-10T09:00:00+08:00,A1,13,")
    count("D1,2026-03-10T09:00:00+08:00,A1,5,")
    assert [found.on_hand for found in layered_stock(at=NOON)] == [5]
    assert [found.on_hand for found in layered_stock(at=NOON, known_at=first)] == [13]


def test_shards_together_see_what_one_sees() -> None:
    three_receipts()
    ship("T1,1,D2,B1,10,3.00,2026-03-01T09:00:00+08:00")
    count("D1,2026-03-10T09:00:00+08:00,A1,13,", "D2,2026-03-10T09:00:00+08:00,B1,3,")
    whole = list(layered_stock(at=NOON))
    parts = [found for number in range(3) for found in layered_stock(at=NOON, shard=Shard(number, 3))]
    assert sorted(parts, key=lambda found: found.dealer_id) == whole
    only = Dealer.objects.get(code="D2").pk
    assert [shown(found)[0] for found in layered_stock(at=NOON, dealers=[only])] == ["D2"]
    assert list(layered_stock(at=NOON, dealers=[only], products=[whole[0].product_id])) == []


def test_one_statement_for_any_number_of_rows(django_assert_num_queries: Callable[[int], object]) -> None:
    three_receipts()
    count("D1,2026-03-10T09:00:00+08:00,A1,13,")
    with CaptureQueriesContext(connection) as one:
        list(layered_stock(at=NOON))
    count(*(f"D2,2026-03-0{day}T09:00:00+08:00,{sku},{day}," for day in range(1, 9) for sku in ("A1", "B1")))
    ship(*(f"U{day},1,D2,A1,2,3.00,2026-03-0{day}T09:00:00+08:00" for day in range(1, 9)))
    with django_assert_num_queries(len(one)):
        found = list(layered_stock(at=NOON))
    assert len(found) == 3
    assert found[0].layers.value == Decimal("9") * 10 + Decimal("8") * 3
