"""The stock check keeps one list of findings: new ones come, settled ones are cleared, a second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.choices import AdjustmentKind
from pricing.models import StockFinding
from pricing.services.stock_check import StockCheck, check_dealer_stock, check_stock
from pricing.stock_words import finding_sentence
from pricing.tasks import check_stock as task
from tests.pricing.stock_stage import Shelf, moment, shelf

pytestmark = pytest.mark.django_db
NIGHT = moment(30)


def broken() -> Shelf:
    """Five of ten units are gone without a word."""
    return shelf().counted(10, 10).counted(12, 5)


def test_a_finding_is_stored_once_with_its_sentence_and_numbers() -> None:
    place = broken()
    assert check_stock(at=NIGHT) == StockCheck(standing=1, new=1, cleared=0)
    assert check_stock(at=NIGHT) == StockCheck(standing=1, new=0, cleared=0)
    finding = StockFinding.objects.get()
    assert (finding.dealer, finding.product) == (place.dealer, place.product)
    assert (finding.code, finding.units, finding.opened_at, finding.closed_at) == (
        "stock_break",
        -4,
        moment(10),
        moment(12),
    )
    with translation.override("en"):
        assert finding_sentence(finding).startswith(
            "The count of 2026-03-12 12:00 shows 5 units. From 10 on 2026-03-10"
        )
    with translation.override("zh-hans"):
        assert finding_sentence(finding).startswith("2026-03-12 12:00 盘点为 5 件。")


def test_a_late_declaration_clears_it_and_the_finding_stays_on_record() -> None:
    place = broken()
    check_stock(at=NIGHT)
    place.adjusted(11, AdjustmentKind.LOSS, 5)
    assert check_stock(at=NIGHT) == StockCheck(standing=0, new=0, cleared=1)
    assert StockFinding.objects.get().cleared_at == NIGHT


def test_numbers_follow_what_is_known_and_a_finding_that_returns_is_a_new_one() -> None:
    place = broken()
    check_stock(at=NIGHT)
    place.sold(11, 2)
    assert check_stock(at=NIGHT) == StockCheck(standing=1, new=0, cleared=0)
    assert StockFinding.objects.get().units == -2
    place.adjusted(11, AdjustmentKind.LOSS, 3)
    check_stock(at=NIGHT)
    place.adjusted(11, AdjustmentKind.FOUND, 3)
    assert check_stock(at=NIGHT).new == 1
    assert StockFinding.objects.filter(cleared_at=None).count() == 1


def test_one_dealer_is_checked_without_touching_the_others() -> None:
    one, other = broken(), broken()
    check_stock(at=NIGHT)
    for place in (one, other):
        place.sold(11, 5)
    assert check_dealer_stock(one.dealer, at=NIGHT) == StockCheck(standing=0, new=0, cleared=1)
    assert StockFinding.objects.get(cleared_at=None).dealer == other.dealer


def test_shards_store_what_one_pass_stores() -> None:
    for _number in range(4):
        broken()
    assert check_stock(at=NIGHT, shards=3) == StockCheck(standing=4, new=4, cleared=0)
    assert check_stock(at=NIGHT).new == 0


def test_the_same_statements_for_any_number_of_dealers(django_assert_num_queries: Callable[[int], object]) -> None:
    broken()
    check_stock(at=NIGHT)
    with CaptureQueriesContext(connection) as one:
        check_stock(at=NIGHT)
    for _number in range(4):
        broken()
    with django_assert_num_queries(len(one)):
        assert check_stock(at=NIGHT).new == 4


def test_the_nightly_task_checks_everybody() -> None:
    broken()
    task()
    assert StockFinding.objects.count() == 1
