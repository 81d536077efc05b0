"""Promotions approved elsewhere, taken over from tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from pricing.choices import PromoState
from pricing.models import PromoRequest
from pricing.services.imports.promos import PROMOS
from tests import factories
from tests.tables import changed, counts, refusals, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
HEADER = "code,sku,promo_price,starts_on,ends_on,approved_at,budget,dealers,regions"
ROW = "PR1,A1,850,2026-05-01,2026-06-01,2026-04-20T10:00:00+08:00,80000,D1;D2,C1"


@pytest.fixture
def world() -> object:
    for sku in "A1", "B1":
        factories.Product(sku=sku)
    for code in "D1", "D2":
        factories.Dealer(code=code, home_region=None)
    factories.City(code="C1")
    with time_machine.travel("2026-05-20T02:00:00Z", tick=False):
        yield


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_rows_of_one_code_are_the_products_of_one_promotion() -> None:
    delivery = take(PROMOS, table(ROW, changed(ROW, HEADER, sku="B1", promo_price="8.5", dealers="D2; D1;D1")))
    promo = PromoRequest.objects.get()
    assert counts(delivery) == (2, 0, 0, 0)
    assert (promo.window.lower, promo.window.upper) == (date(2026, 5, 1), date(2026, 6, 1))
    assert (promo.approved_at, promo.taken_over) == (datetime(2026, 4, 20, 2, tzinfo=UTC), True)
    assert dict(promo.items.values_list("product__sku", "promo_price")) == {"A1": Decimal(850), "B1": Decimal("8.5")}
    assert {dealer.code for dealer in promo.dealers.all()} == {"D1", "D2"}
    assert [region.code for region in promo.regions.all()] == ["C1"]


def test_the_same_file_again_is_all_duplicates() -> None:
    rows = table(ROW, changed(ROW, HEADER, sku="B1"))
    take(PROMOS, rows)
    assert counts(take(PROMOS, rows)) == (0, 2, 0, 0)


def test_a_further_product_is_added_to_a_promotion_that_stands() -> None:
    take(PROMOS, table(ROW))
    assert counts(take(PROMOS, table(changed(ROW, HEADER, sku="B1")))) == (1, 0, 0, 0)
    assert PromoRequest.objects.get().items.count() == 2


def test_without_dealers_and_regions_everyone_takes_part() -> None:
    header = HEADER.removesuffix(",dealers,regions")
    take(PROMOS, f"{header}\n{ROW.removesuffix(',D1;D2,C1')}\n")
    promo = PromoRequest.objects.get()
    assert not promo.dealers.exists() and not promo.regions.exists()


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "state"),
    [
        ("2026-05-21", "2026-06-01", PromoState.APPROVED),
        ("2026-05-20", "2026-05-21", PromoState.RUNNING),
        ("2026-05-01", "2026-05-20", PromoState.ENDED),
    ],
)
def test_the_clock_says_how_far_a_promotion_is(starts_on: str, ends_on: str, state: PromoState) -> None:
    take(PROMOS, table(changed(ROW, HEADER, starts_on=starts_on, ends_on=ends_on)))
    assert PromoRequest.objects.get().state == state


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"promo_price": "860"}, "promo_price"),
        ({"sku": "B1", "starts_on": "2026-05-02"}, "starts_on"),
        ({"sku": "B1", "ends_on": "2026-06-02"}, "ends_on"),
        ({"sku": "B1", "approved_at": "2026-04-21T10:00:00+08:00"}, "approved_at"),
        ({"sku": "B1", "budget": "1"}, "budget"),
        ({"sku": "B1", "dealers": "D1"}, "dealers"),
        ({"sku": "B1", "regions": ""}, "regions"),
    ],
)
def test_a_row_that_says_otherwise_of_the_same_code_is_refused(cells: dict[str, str], column: str) -> None:
    row = changed(ROW, HEADER, **cells)
    assert refusals(take(PROMOS, table(ROW, row))) == [(3, column, "promo_differs")]
    assert refusals(take(PROMOS, table(row))) == [(2, column, "promo_differs")]


def test_a_promotion_that_was_applied_for_here_is_not_touched() -> None:
    PromoRequest.objects.create(
        code="PR1",
        window=(date(2026, 5, 1), date(2026, 6, 1)),
        budget=80000,
        created_at=factories.LONG_AGO,
        state=PromoState.BUDGET_REVIEW,
    )
    assert refusals(take(PROMOS, table(ROW))) == [(2, "code", "promo_decided_here")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, code=""), "code", "missing_value"),
        (changed(ROW, HEADER, sku="ZZ"), "sku", "unknown_sku"),
        (changed(ROW, HEADER, promo_price="-1"), "promo_price", "number_too_small"),
        (changed(ROW, HEADER, starts_on=""), "starts_on", "missing_value"),
        (changed(ROW, HEADER, ends_on=""), "ends_on", "missing_value"),
        (changed(ROW, HEADER, ends_on="2026-05-01"), "ends_on", "range_is_empty"),
        (changed(ROW, HEADER, approved_at="2026-04-20"), "approved_at", "instant_is_date"),
        (changed(ROW, HEADER, approved_at="2026-05-20T10:00:01+08:00"), "approved_at", "approval_in_the_future"),
        (changed(ROW, HEADER, budget="-0.01"), "budget", "number_too_small"),
        (changed(ROW, HEADER, dealers="D1;D9"), "dealers", "unknown_dealer"),
        (changed(ROW, HEADER, regions="C9"), "regions", "unknown_region"),
    ],
)
def test_a_broken_promotion_names_its_column(row: str, column: str, code: str) -> None:
    assert refusals(take(PROMOS, table(row))) == [(2, column, code)]
    assert not PromoRequest.objects.exists()
