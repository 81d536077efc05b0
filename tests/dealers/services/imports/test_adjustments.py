"""Declared changes of stock: what is taken, revised, taken back and refused."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from dealers.models import Dealer, QuarantinedLine, StockAdjustment, StockAdjustmentHistory
from dealers.services.imports.adjustments import OWN_STOCK_ADJUSTMENTS, STOCK_ADJUSTMENTS
from tests import factories
from tests.tables import call, changed, counts, refusals, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
HEADER = "dealer,doc_no,line_no,kind,sku,quantity,occurred_at,warehouse,counterparty,reason,revision"
ROW = "D1,T1,1,damage,A1,3,2026-01-05T09:00:00+08:00,north,,fell off the fork lift,"


@pytest.fixture
def world() -> None:
    factories.Product(sku="A1")
    factories.Dealer(code="D1", home_region=None)
    factories.Dealer(code="D2", home_region=None)


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def row(**cells: str) -> str:
    return changed(ROW, HEADER, **cells)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        *(("damage", -3), ("loss", -3), ("own_use", -3), ("sample", -3), ("transfer_out", -3)),
        *(("found", 3), ("opening_balance", 3), ("transfer_in", 3)),
    ],
)
def test_the_kind_says_whether_units_came_or_went(kind: str, change: int) -> None:
    assert counts(take(STOCK_ADJUSTMENTS, table(row(kind=kind)))) == (1, 0, 0, 0)
    line = StockAdjustment.objects.get()
    assert (line.change, line.quantity, line.warehouse, line.reason) == (change, 3, "north", "fell off the fork lift")


def test_the_same_again_is_a_duplicate_and_a_higher_revision_replaces() -> None:
    first = take(STOCK_ADJUSTMENTS, table(ROW, ROW))
    assert counts(first) == (1, 1, 0, 0)
    assert refusals(take(STOCK_ADJUSTMENTS, table(row(quantity="4")))) == [(2, "revision", "revision_required")]
    second = take(STOCK_ADJUSTMENTS, table(row(quantity="4", revision="2"), row(quantity="5", revision="4")))
    assert counts(second) == (0, 0, 2, 0)
    assert [StockAdjustment.objects.get().change, StockAdjustment.objects.get().revision] == [-5, 4]
    passed = StockAdjustmentHistory.objects.order_by("revision")
    assert [(state.change, state.known_from, state.known_until) for state in passed] == [
        (-3, first.received_at, second.received_at),
        (-4, second.received_at, second.received_at),
    ]
    assert counts(take(STOCK_ADJUSTMENTS, table(ROW))) == (0, 1, 0, 0)
    assert refusals(take(STOCK_ADJUSTMENTS, table(row(quantity="9", revision="3")))) == [
        (2, "revision", "stale_revision")
    ]


def test_a_revision_with_nothing_takes_the_line_back() -> None:
    take(STOCK_ADJUSTMENTS, table(ROW))
    assert counts(take(STOCK_ADJUSTMENTS, table(row(quantity="0", revision="2")))) == (0, 0, 1, 0)
    assert StockAdjustment.objects.get().change == 0


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"quantity": "0"}, "quantity", "nothing_adjusted"),
        ({"quantity": "-3"}, "quantity", "number_out_of_range"),
        ({"kind": "theft"}, "kind", "bad_choice"),
        ({"reason": ""}, "reason", "reason_needed"),
        ({"counterparty": "Somebody"}, "counterparty", "no_other_party"),
        ({"sku": "B9"}, "sku", "unknown_sku"),
        ({"dealer": "D9"}, "dealer", "unknown_dealer"),
        ({"occurred_at": "2199-01-05T09:00:00+08:00"}, "occurred_at", "in_the_future"),
        ({"revision": "0"}, "revision", "number_out_of_range"),
        ({"doc_no": ""}, "doc_no", "missing_value"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_column(cells: dict[str, str], column: str, code: str) -> None:
    other = row(doc_no="T2")
    delivery = take(STOCK_ADJUSTMENTS, table(row(**cells), other))
    assert refusals(delivery) == [(2, column, code)]
    assert StockAdjustment.objects.get().doc_no == "T2"


def test_a_transfer_keeps_the_other_party_as_it_was_written() -> None:
    take(STOCK_ADJUSTMENTS, table(row(kind="transfer_out", counterparty="D2 or so", reason="")))
    assert StockAdjustment.objects.get().counterparty == "D2 or so"


def test_a_dealer_declares_for_itself_only() -> None:
    record = {
        "doc_no": "T1",
        "line_no": 1,
        "kind": "sample",
        "sku": "A1",
        "quantity": 1,
        "occurred_at": "2026-01-05T09:00:00+08:00",
    }
    own = Dealer.objects.get(code="D1")
    delivery = call(OWN_STOCK_ADJUSTMENTS, record, {**record, "line_no": 2, "dealer": "D2"}, dealer=own)
    assert refusals(delivery) == [(2, "dealer", "not_your_dealer")]
    assert [line.dealer for line in StockAdjustment.objects.select_related("dealer")] == [own]
    assert QuarantinedLine.objects.get().dealer == own


def test_the_database_keeps_direction_and_history() -> None:
    take(STOCK_ADJUSTMENTS, table(ROW))
    take(STOCK_ADJUSTMENTS, table(row(quantity="4", revision="2")))
    with pytest.raises(IntegrityError, match="goes_the_way_of_its_kind"), transaction.atomic():
        StockAdjustment.objects.update(change=3)
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE dealers_stockadjustmenthistory SET change = -1")
