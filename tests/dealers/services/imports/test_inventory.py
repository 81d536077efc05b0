"""Stock counts by file and by call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from dealers.choices import Door
from dealers.models import Dealer, InventoryLine, InventoryLineHistory, SyncClock
from dealers.services.imports.inventory import INVENTORY, OWN_INVENTORY
from tests import factories
from tests.tables import call, changed, counts, refusals, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dealer")]
HEADER = "dealer,as_of,sku,on_hand,warehouse,in_transit"
AS_OF = "2026-05-20T09:00:00+08:00"
ROW = f"D1,{AS_OF},A1,5,W1,2"


@pytest.fixture
def dealer() -> object:
    factories.Product(sku="A1")
    factories.Product(sku="B1")
    factories.Dealer(code="D2", home_region=None)
    with time_machine.travel("2026-05-20T02:00:00Z", tick=False):
        yield factories.Dealer(code="D1", home_region=None)


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_count_is_stored_and_the_clock_knows_it(dealer: Dealer) -> None:
    delivery = take(INVENTORY, table(ROW, changed(ROW, HEADER, warehouse="", in_transit="")))
    clock = SyncClock.objects.get()
    stored = InventoryLine.objects.order_by("warehouse").values_list("warehouse", "on_hand", "in_transit")
    assert counts(delivery) == (2, 0, 0, 0)
    assert list(stored) == [("", 5, 0), ("W1", 5, 2)]
    assert (clock.dealer, clock.inventory_at) == (dealer, datetime(2026, 5, 20, 1, tzinfo=UTC))


def test_the_same_count_again_is_a_duplicate_and_still_refreshes_the_clock() -> None:
    assert counts(take(INVENTORY, table(ROW, ROW))) == (1, 1, 0, 0)
    delivery = take(INVENTORY, table(ROW))
    assert counts(delivery) == (0, 1, 0, 0)
    assert SyncClock.objects.get().inventory_received_at == delivery.received_at


def test_a_restated_count_replaces_the_earlier_one_which_stays_in_history() -> None:
    first = take(INVENTORY, table(ROW))
    second = take(INVENTORY, table(changed(ROW, HEADER, on_hand="7")))
    earlier = InventoryLineHistory.objects.get()
    assert counts(second) == (0, 0, 1, 0)
    assert InventoryLine.objects.get().on_hand == 7
    assert (earlier.on_hand, earlier.delivery_id, earlier.known_until) == (5, first.pk, second.received_at)


def test_two_different_counts_of_one_thing_in_one_file_contradict_each_other() -> None:
    delivery = take(INVENTORY, table(ROW, changed(ROW, HEADER, on_hand="7")))
    assert refusals(delivery) == [(3, "sku", "counted_twice")]
    assert InventoryLine.objects.get().on_hand == 5


def test_lines_hq_delivers_are_refused_to_the_dealer_they_belong_to(dealer: Dealer) -> None:
    delivery = take(INVENTORY, table(changed(ROW, HEADER, on_hand="-1")))
    assert delivery.refused.get().dealer == dealer


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, dealer="D9"), "dealer", "unknown_dealer"),
        (changed(ROW, HEADER, as_of="2026-05-20"), "as_of", "instant_is_date"),
        (changed(ROW, HEADER, as_of="2026-05-20T10:10:01+08:00"), "as_of", "in_the_future"),
        (changed(ROW, HEADER, sku="ZZ"), "sku", "unknown_sku"),
        (changed(ROW, HEADER, on_hand=""), "on_hand", "missing_value"),
        (changed(ROW, HEADER, on_hand="-1"), "on_hand", "number_out_of_range"),
        (changed(ROW, HEADER, on_hand="1.5"), "on_hand", "not_a_whole_number"),
        (changed(ROW, HEADER, in_transit="x"), "in_transit", "not_a_number"),
        (changed(ROW, HEADER, warehouse="W" * 65), "warehouse", "too_long"),
    ],
)
def test_a_broken_count_names_its_column(row: str, column: str, code: str) -> None:
    assert refusals(take(INVENTORY, table(row))) == [(2, column, code)]


def test_ten_minutes_ahead_is_the_drift_of_a_clock() -> None:
    assert take(INVENTORY, table(changed(ROW, HEADER, as_of="2026-05-20T10:10:00+08:00"))).accepted == 1


def test_a_dealer_reports_by_call_without_naming_itself(dealer: Dealer) -> None:
    delivery = call(OWN_INVENTORY, {"as_of": AS_OF, "sku": "A1", "on_hand": 5}, dealer=dealer)
    assert counts(delivery) == (1, 0, 0, 0)
    assert (delivery.dealer, delivery.door) == (dealer, Door.API)


def test_a_dealer_cannot_report_for_another(dealer: Dealer) -> None:
    upload = take(OWN_INVENTORY, table(changed(ROW, HEADER, dealer="D2")), dealer=dealer)
    assert refusals(upload) == [(2, "dealer", "not_your_dealer")]
    assert upload.refused.get().dealer == dealer


def test_a_dealers_own_file_may_leave_the_dealer_column_out(dealer: Dealer) -> None:
    upload = take(OWN_INVENTORY, f"sku,as_of,on_hand\nA1,{AS_OF},5\n", dealer=dealer)
    assert counts(upload) == (1, 0, 0, 0)
