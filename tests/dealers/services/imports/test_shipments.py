"""Shipments by file and by call, and the tally they leave."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from dealers.foundation.periods import HalfMonth
from dealers.models import AuditRecord, Dealer, Product, Region, Shipment, ShipmentTally
from dealers.services.imports import shipments
from dealers.services.imports.shipments import SHIPMENTS
from tests import factories
from tests.tables import call, changed, counts, refusals, remark_codes, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
HEADER = "doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at,region"
ROW = "S1,1,D1,A1,3,12.345678,2026-01-05T09:00:00+08:00,C1"


@pytest.fixture
def world() -> None:
    factories.Product(sku="A1", category="projectors")
    factories.Product(sku="B1", category="screens")
    factories.City(code="C1", parent=factories.Province(code="P1"))
    factories.City(code="C2", parent=factories.Province(code="P2", remote=True))
    factories.Dealer(code="D1", home_region=None)
    factories.Dealer(code="D2", home_region=None)


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_line_is_stored_with_its_business_day() -> None:
    delivery = take(SHIPMENTS, table(changed(ROW, HEADER, shipped_at="2026-01-15T16:30:00Z")))
    line = Shipment.objects.get()
    assert counts(delivery) == (1, 0, 0, 0)
    assert (line.shipped_on.isoformat(), line.known_from, line.delivery_id) == (
        "2026-01-16",
        delivery.received_at,
        delivery.pk,
    )
    assert ShipmentTally.objects.get().period == HalfMonth.parse("2026-01-H2").ordinal


def test_the_same_lines_again_are_duplicates_and_add_nothing_to_the_tally() -> None:
    assert counts(take(SHIPMENTS, table(ROW, ROW))) == (1, 1, 0, 0)
    assert counts(take(SHIPMENTS, table(ROW))) == (0, 1, 0, 0)
    assert ShipmentTally.objects.count() == 1


def test_another_content_is_refused_within_and_across_files() -> None:
    other = changed(ROW, HEADER, quantity="4")
    assert refusals(take(SHIPMENTS, table(ROW, other))) == [(3, "line_no", "different_content")]
    assert refusals(take(SHIPMENTS, table(other))) == [(2, "line_no", "different_content")]
    assert Shipment.objects.get().quantity == 3


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_the_tally_is_the_sum_of_the_lines(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(shipments, "_ROWS_AT_ONCE", at_once)
    rows = [
        f"S{number},{line},D{number % 2 + 1},{'AB'[line % 2]}1,{number - 5 or 7},{number}.000001,"
        f"2026-0{number % 3 + 1}-1{number % 8}T10:00:00+08:00,{('', 'C1', 'C2', 'P2')[number % 4]}"
        for number in range(12)
        for line in range(3)
    ]
    delivery = take(SHIPMENTS, table(*rows))
    assert delivery.accepted == 36

    category = dict(Product.objects.values_list("pk", "category"))
    remote = set(Region.objects.filter(code__in=["C2", "P2"]).values_list("pk", flat=True))
    wanted: dict[tuple[int, str, int], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for line in Shipment.objects.all():
        key = (line.dealer_id, category[line.product_id], HalfMonth.containing(line.shipped_on).ordinal)
        amount = line.quantity * line.unit_price
        parts = (1, line.quantity, amount, amount if line.region_id in remote else 0)
        wanted[key] = [total + part for total, part in zip(wanted[key], parts, strict=True)]
    found = {
        (row.dealer_id, row.category, row.period): [row.lines, row.quantity, row.amount, row.remote_amount]
        for row in ShipmentTally.objects.all()
    }
    assert found == wanted
    assert {line.region_id in remote for line in Shipment.objects.filter(remote=True)} == {True}
    assert not Shipment.objects.filter(remote=False, region_id__in=remote).exists()
    assert set(ShipmentTally.objects.values_list("known_at", flat=True)) == {delivery.received_at}


def test_goods_returned_to_hq_are_lines_of_their_own() -> None:
    take(SHIPMENTS, table(ROW, changed(ROW, HEADER, line_no="2", quantity="-3")))
    assert sum(tally.amount for tally in ShipmentTally.objects.all()) == 0


def test_a_shipment_later_than_now_is_taken_with_a_remark() -> None:
    delivery = take(SHIPMENTS, table(changed(ROW, HEADER, shipped_at="2100-01-01T00:00:00+08:00")))
    assert (delivery.accepted, remark_codes(delivery)) == (1, ["shipped_in_the_future"])


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, doc_no=""), "doc_no", "missing_value"),
        (changed(ROW, HEADER, doc_no="S" * 65), "doc_no", "too_long"),
        (changed(ROW, HEADER, line_no="1.5"), "line_no", "not_a_whole_number"),
        (changed(ROW, HEADER, line_no="-1"), "line_no", "number_out_of_range"),
        (changed(ROW, HEADER, line_no="99999999999"), "line_no", "number_out_of_range"),
        (changed(ROW, HEADER, dealer="D9"), "dealer", "unknown_dealer"),
        (changed(ROW, HEADER, sku="ZZ"), "sku", "unknown_sku"),
        (changed(ROW, HEADER, quantity="0"), "quantity", "zero_quantity"),
        (changed(ROW, HEADER, quantity="１"), "quantity", "number_not_ascii"),
        (changed(ROW, HEADER, quantity="1_000"), "quantity", "number_with_gap"),
        (changed(ROW, HEADER, unit_price="-1"), "unit_price", "negative_price"),
        (changed(ROW, HEADER, unit_price="1.1234567"), "unit_price", "too_many_places"),
        (changed(ROW, HEADER, unit_price="1234567890123"), "unit_price", "number_too_large"),
        (changed(ROW, HEADER, shipped_at="2026-01-05"), "shipped_at", "instant_is_date"),
        (changed(ROW, HEADER, shipped_at="2026-01-05T09:00:00"), "shipped_at", "instant_without_offset"),
        (changed(ROW, HEADER, region="C9"), "region", "unknown_region"),
    ],
)
def test_a_broken_shipment_names_its_column(row: str, column: str, code: str) -> None:
    delivery = take(SHIPMENTS, table(changed(ROW, HEADER, doc_no="S0"), row))
    assert refusals(delivery) == [(3, column, code)]
    assert counts(delivery) == (1, 0, 0, 1)


def test_a_call_takes_numbers_and_text() -> None:
    line = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    delivery = call(SHIPMENTS, {**line, "line_no": 1, "quantity": 3})
    assert counts(delivery) == (1, 0, 0, 0)
    assert AuditRecord.objects.get(action="shipments.import").after["lines"] == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"unit_price": 12.5}, "unit_price", "wrong_type"),
        ({"quantity": True}, "quantity", "wrong_type"),
        ({"sku": {"a": 1}}, "sku", "wrong_type"),
        ({"qty": 1}, "qty", "unknown_field"),
        ({"sku": "A\x001"}, "sku", "control_character"),
        ({"dealer": "\ud800"}, "dealer", "control_character"),
        ({"doc_no": None}, "doc_no", "missing_value"),
    ],
)
def test_a_hostile_line_of_a_call_is_kept_in_quarantine(change: dict[str, object], field: str, code: str) -> None:
    line = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    delivery = call(SHIPMENTS, {**line, **change})
    assert refusals(delivery) == [(1, field, code)]


def test_a_dealer_is_not_shown_what_hq_has_to_correct() -> None:
    delivery = take(SHIPMENTS, table(changed(ROW, HEADER, quantity="0")))
    assert delivery.refused.get().dealer_id is None
    assert Dealer.objects.count() == 2
