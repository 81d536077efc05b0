"""A burst that crosses a bracket is noticed with its numbers, a good week that sells is not."""

from __future__ import annotations

import pytest

from rebates.rules.loading import Course, LoadingTerms, purchases_loaded, sales_loaded
from rebates.rules.quantities import micros, micros_text

TERMS = LoadingTerms(days=7, times=2_000_000, cover_days=45)
DAY = 1_000_000


def course(base: str, recent: str, edge: str, days_before: int = 70, **stock: int) -> Course:
    return Course(micros(base), micros(recent), micros(edge), days_before, **stock)  # type: ignore[arg-type]


def test_the_numbers_of_the_guide() -> None:
    """docs/rebates.md: 140,000 in 7 days after 420,000 in 70 crosses 500,000, and 900 units last 90 days."""
    found = purchases_loaded(course("560000", "140000", "500000", on_hand=900, sold_a_day=10 * DAY), TERMS)
    assert found is not None
    assert (micros_text(found.a_day), micros_text(found.a_day_before)) == ("20000.00", "6000.00")
    assert (found.times, found.cover_days) == (3_333_333, 90)


NOTHING = [
    course("560000", "140000", "400000"),  # the bracket had been reached before
    course("490000", "140000", "500000"),  # it is not reached
    course("560000", "70000", "500000"),  # 10,000 a day against 7,000 is no burst
    course("560000", "140000", "500000", on_hand=300, sold_a_day=10 * DAY),  # it sells within 30 days
    course("560000", "140000", "0"),  # the lowest bracket is no aim
    course("560000", "140000", "500000", days_before=0),  # nothing to compare with
]


@pytest.mark.parametrize("found", NOTHING)
def test_what_is_no_loading(found: Course) -> None:
    assert purchases_loaded(found, TERMS) is None


def test_exactly_the_stated_times_is_a_burst() -> None:
    assert purchases_loaded(course("600000", "100000", "550000", days_before=70), TERMS) is not None
    assert purchases_loaded(course("599993", "99993", "550000", days_before=70), TERMS) is None


def test_stock_nobody_counted_does_not_excuse() -> None:
    found = purchases_loaded(course("560000", "140000", "500000"), TERMS)
    assert found is not None and found.cover_days is None


def test_everything_in_the_last_days_has_no_pace_to_compare_with() -> None:
    found = sales_loaded(course("500000", "500000", "500000"), TERMS)
    assert found is not None and found.times is None


def test_sales_beyond_what_was_there_are_told() -> None:
    found = sales_loaded(course("560000", "140000", "500000", units_booked=80, units_to_sell=50), TERMS)
    assert found is not None and found.beyond_stock == 30
    found = sales_loaded(course("560000", "140000", "500000", units_booked=80), TERMS)
    assert found is not None and found.beyond_stock == 0
