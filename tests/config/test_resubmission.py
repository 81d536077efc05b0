"""Refused lines corrected and sent again, whatever they are lines of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.imports import import_records, resubmit
from dealers.choices import Door, QuarantineState
from dealers.errors import NotFound
from dealers.models import AuditRecord, Dealer, FeedDelivery, InventoryLine, QuarantinedLine, Shipment
from dealers.scope import row_scope
from dealers.services.quarantine import LineNotOpen, withdraw_line
from pricing.models import SaleLine
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
COUNT = {"as_of": "2026-11-05T09:00:00+08:00", "sku": "A1", "on_hand": "-5"}


@pytest.fixture
def dealer() -> Dealer:
    factories.Product(sku="A1")
    return factories.Dealer(code="D1")


def refused_line(kind: str, record: dict[str, object], dealer: Dealer | None) -> QuarantinedLine:
    delivery = import_records(kind=kind, records=[record], actor=None, door=Door.API, dealer=dealer)
    return QuarantinedLine.objects.get(delivery=delivery)


def corrected(line: QuarantinedLine, by: Dealer | None, /, **cells: object) -> FeedDelivery:
    return resubmit(line_id=line.pk, content={**line.content, **cells}, dealer=by, actor=None, at=AT)


def test_a_corrected_count_is_taken_and_the_refused_line_names_it(dealer: Dealer) -> None:
    line = refused_line("inventory", COUNT, dealer)
    delivery = corrected(line, dealer, on_hand="5")
    line.refresh_from_db()
    assert (delivery.accepted, delivery.door, delivery.dealer) == (1, Door.RESUBMISSION, dealer)
    assert (line.state, line.resolved_at, line.resolved_by_delivery) == (QuarantineState.RESUBMITTED, AT, delivery)
    assert InventoryLine.objects.get().on_hand == 5
    record = AuditRecord.objects.get(action="quarantine.resubmit")
    assert (record.before["content"]["on_hand"], record.after["content"]["on_hand"]) == ("-5", "5")


def test_a_correction_that_is_wrong_again_waits_in_the_place_of_the_first(dealer: Dealer) -> None:
    line = refused_line("inventory", COUNT, dealer)
    delivery = corrected(line, dealer, on_hand="five")
    waiting = QuarantinedLine.objects.get(state=QuarantineState.OPEN)
    assert (delivery.quarantined, waiting.delivery, waiting.code) == (1, delivery, "not_a_number")
    assert corrected(waiting, dealer, on_hand="5").accepted == 1


def test_a_corrected_sale_is_taken(dealer: Dealer) -> None:
    sale = {
        "doc_no": "S1",
        "line_no": 1,
        "sold_at": "2026-11-05T09:00:00+08:00",
        "sku": "A1",
        "quantity": 0,
        "unit_price": "950",
        "region": dealer.home_region.code,  # type: ignore[union-attr]
    }
    line = refused_line("sales", sale, dealer)
    assert corrected(line, dealer, quantity=2).accepted == 1
    assert SaleLine.objects.get().dealer_id == dealer.pk


def test_hq_corrects_what_hq_delivered(dealer: Dealer) -> None:
    shipment = {
        "doc_no": "S1",
        "line_no": "1",
        "dealer": "D7",
        "sku": "A1",
        "quantity": "2",
        "unit_price": "9",
        "shipped_at": "2026-11-05T09:00:00+08:00",
    }
    line = refused_line("shipments", shipment, None)
    with pytest.raises(NotFound):
        corrected(line, dealer, dealer="D1")
    assert corrected(line, None, dealer="D1").accepted == 1
    assert Shipment.objects.count() == 1


def test_a_line_is_corrected_once(dealer: Dealer) -> None:
    line = refused_line("inventory", COUNT, dealer)
    corrected(line, dealer, on_hand="5")
    with pytest.raises(LineNotOpen):
        corrected(line, dealer, on_hand="6")


def test_a_line_of_another_dealer_is_not_there(dealer: Dealer) -> None:
    line = refused_line("inventory", COUNT, dealer)
    with pytest.raises(NotFound):
        corrected(line, factories.Dealer(), on_hand="5")
    with pytest.raises(NotFound):
        corrected(line, None, on_hand="5")
    assert not InventoryLine.objects.exists()


def test_a_line_may_be_given_up_with_a_reason(dealer: Dealer) -> None:
    line = refused_line("inventory", COUNT, dealer)
    withdraw_line(line_id=line.pk, dealer=dealer, actor=None, at=AT, reason="盘点作废")
    line.refresh_from_db()
    assert (line.state, line.resolved_by_delivery) == (QuarantineState.WITHDRAWN, None)
    assert AuditRecord.objects.get(action="quarantine.withdraw").reason == "盘点作废"
    with pytest.raises(LineNotOpen):
        corrected(line, dealer, on_hand="5")


def test_a_dealer_corrects_its_lines_of_what_hq_delivered_behind_its_own_wall(dealer: Dealer) -> None:
    line = refused_line("inventory", {**COUNT, "dealer": "D1"}, None)
    with row_scope(str(factories.Dealer().pk)), pytest.raises(NotFound):
        corrected(line, dealer, on_hand="5")
    with row_scope(str(dealer.pk)):
        assert corrected(line, dealer, on_hand="5").accepted == 1
        assert corrected(refused_line("inventory", COUNT, dealer), dealer, on_hand="7").revised == 1
        assert InventoryLine.objects.get().on_hand == 7
