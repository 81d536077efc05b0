"""Stock and findings through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dealers.choices import Role
from dealers.foundation.clock import as_if_at
from pricing.services.stock_check import check_stock
from tests import factories
from tests.callers import dealer_caller, hq_system, person
from tests.pricing.stock_stage import Shelf, moment, shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Iterator[Shelf]:
    with as_if_at(moment(30)):
        yield (
            shelf()
            .shipped(5, 10, "800")
            .shipped(9, 10, "750.5")
            .counted(10, 20)
            .sold(12, 4)
            .counted(16, 11)
            .sold(20, 7)
        )


def test_a_dealer_reads_its_stock_with_layers_and_hint(place: Shelf) -> None:
    body = dealer_caller(place.dealer).get("stock").json()
    assert body["dealer"] == place.dealer.code
    (product,) = body["products"]
    assert {
        name: product[name] for name in ("sku", "counted", "sold_since", "on_hand", "daily_sales", "days_left")
    } == {
        "sku": place.product.sku,
        "counted": 11,
        "sold_since": 7,
        "on_hand": 4,
        "daily_sales": "0.39",
        "days_left": 10,
    }
    assert (product["hint"], product["units"]) == ("order", 8)
    assert [(layer["units"], layer["unit_price"]) for layer in product["layers"]] == [
        (10, "750.500000"),
        (1, "800.000000"),
    ]


def test_stock_is_asked_for_one_product_and_for_nobody_elses(place: Shelf) -> None:
    other = factories.Dealer()
    caller = dealer_caller(other)
    assert caller.get("stock").json()["products"] == []
    assert caller.get("stock", {"dealer": place.dealer.code}).status_code == 404
    assert caller.get("stock", {"sku": "nothing"}).status_code == 404
    system = hq_system()
    asked = system.get("stock", {"dealer": place.dealer.code, "sku": place.product.sku}).json()
    assert len(asked["products"]) == 1
    assert system.get("stock").status_code == 404


def test_findings_are_for_headquarters(place: Shelf) -> None:
    check_stock(at=moment(30))
    (finding,) = hq_system().get("stock-findings", {"standing": "true"}).json()["results"]
    assert (finding["dealer"], finding["code"], finding["units"]) == (place.dealer.code, "stock_break", -4)
    assert "shows 11 units" in finding["said"]
    assert dealer_caller(place.dealer).get("stock-findings").json()["results"] == []
    assert person(factories.User(role=Role.LEGAL_REVIEWER)).get("stock-findings").status_code == 403
