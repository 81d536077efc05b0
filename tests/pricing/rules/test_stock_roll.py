"""What a window between two counts says: cases from the rulebook and its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.rules.stock_roll import (
    StockTotals,
    StockWindow,
    Tolerance,
    WindowState,
    excess,
    findings_of,
    oversold,
    state_of,
)

OPENED = datetime(2026, 3, 1, 1, tzinfo=UTC)
EXACT = Tolerance()
WINDOW = StockWindow(
    dealer_id=1,
    product_id=2,
    opened_at=OPENED,
    opening=10,
    closed_at=OPENED + timedelta(days=1),
    closing=10,
    lowest=10,
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 10),
        ({"shipped": 20}, 30),
        ({"shipped": -4}, 6),
        ({"sold": 7}, 3),
        ({"sold": -2}, 12),
        ({"came": 3}, 13),
        ({"went": 3}, 7),
        ({"shipped": 20, "sold": 7, "came": 1, "went": 2}, 22),
    ],
)
def test_opening_and_movements_give_what_is_expected(facts: dict[str, int], expected: int) -> None:
    window = replace(WINDOW, **facts)
    assert window.expected == expected
    assert state_of(replace(window, closing=expected), EXACT) == WindowState.AGREES
    assert excess(replace(window, closing=expected - 1), EXACT) == -1
    assert excess(replace(window, closing=expected + 1), EXACT) == 1


@pytest.mark.parametrize(
    ("facts", "tolerance", "beyond"),
    [
        # shipped within the window and not on the shelf yet: as many may be missing as are under way at the end
        ({"shipped": 20, "closing": 10, "under_way_at_closing": 20}, EXACT, 0),
        ({"shipped": 20, "closing": 9, "under_way_at_closing": 20}, EXACT, -1),
        ({"shipped": 20, "closing": 31, "under_way_at_closing": 20}, EXACT, 1),
        # under way at the beginning: they arrive in this window
        ({"closing": 30, "under_way_at_opening": 20}, EXACT, 0),
        ({"closing": 31, "under_way_at_opening": 20}, EXACT, 1),
        ({"closing": 9, "under_way_at_opening": 20}, EXACT, -1),
        ({"closing": 8}, Tolerance(2), 0),
        ({"closing": 7}, Tolerance(2), -1),
        ({"closing": 13}, Tolerance(2), 1),
        ({"shipped": 90, "closing": 98}, Tolerance(1, Decimal("0.02")), 0),
        ({"shipped": 90, "closing": 97}, Tolerance(1, Decimal("0.02")), -1),
        # what went back to headquarters widens no tolerance
        ({"shipped": -90, "opening": 190, "closing": 97}, Tolerance(0, Decimal("0.01")), -2),
    ],
)
def test_only_what_neither_transit_nor_tolerance_explains_is_beyond(
    facts: dict[str, int], tolerance: Tolerance, beyond: int
) -> None:
    assert excess(replace(WINDOW, **facts), tolerance) == beyond


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"closing": 3}, WindowState.BREAK),
        ({"closing": 3, "missing_day": date(2026, 3, 1)}, WindowState.UNKNOWN),
        ({"closing": 3, "outage": True}, WindowState.UNKNOWN),
        ({"closing": 3, "other_warehouses": True}, WindowState.UNKNOWN),
        ({"closing": 3, "awaited": True}, WindowState.AWAITED),
        ({"closing": None}, WindowState.RUNNING),
    ],
)
def test_what_is_not_known_is_no_break(facts: dict[str, Any], state: WindowState) -> None:
    window = replace(WINDOW, **facts)
    assert state_of(window, EXACT) == state
    assert [found.said.code for found in findings_of(window, EXACT)] == (
        ["stock_break"] if state == WindowState.BREAK else []
    )


def test_a_break_is_a_sentence_with_every_number() -> None:
    (found,) = findings_of(replace(WINDOW, shipped=20, sold=7, came=1, went=2, closing=15), Tolerance(2))
    assert (found.units, found.opened_at, found.closed_at) == (-5, WINDOW.opened_at, WINDOW.closed_at)
    assert str(found.said) == (
        "The count of 2026-03-02 09:00 shows 15 units. From 10 on 2026-03-01 09:00, with 20 shipped, 7 sold, 1 "
        "declared as gained and 2 as gone, 22 were to be expected: a difference of -7, of which 5 are beyond goods "
        "under way (0) and tolerance (2)."
    )


def test_an_opening_stock_that_is_not_the_closing_before_is_named_so() -> None:
    (found,) = findings_of(replace(WINDOW, stated=True, closing=12), EXACT)
    assert found.said.code == "stock_continuity"
    assert "opening stock declared for 2026-03-02 09:00 is 12 units" in str(found.said)


@pytest.mark.parametrize(
    ("lowest", "under_way", "short"), [(0, 0, []), (-1, 0, [-1]), (-5, 5, []), (-8, 5, [-3]), (4, 0, [])]
)
def test_sales_below_zero_are_found_even_when_the_count_agrees(lowest: int, under_way: int, short: list[int]) -> None:
    window = replace(WINDOW, lowest=lowest, under_way_at_opening=under_way)
    assert [found.units for found in findings_of(window, EXACT) if found.said.code == "stock_negative"] == short


TOTALS = StockTotals(1, 2, OPENED, opening=10, under_way_at_opening=5, shipped=20, sold=38, came=3, last_at=OPENED)


@pytest.mark.parametrize(
    ("facts", "units"),
    [({}, []), ({"sold": 39}, [1]), ({"shipped": 10}, [10]), ({"sold": 99, "other_warehouses": True}, [])],
)
def test_more_sold_than_ever_came(facts: dict[str, Any], units: list[int]) -> None:
    assert [found.units for found in oversold(replace(TOTALS, **facts))] == units


units = st.integers(0, 400)


@settings(deadline=None)
@given(units, st.integers(-50, 300), st.integers(-20, 300), units, units, units, units, st.integers(0, 9))
def test_a_consistent_window_agrees_whatever_is_under_way(
    opening: int, shipped: int, sold: int, came: int, went: int, before: int, after: int, tolerance: int
) -> None:
    """Goods under way at the opening arrive, those under way at the closing have not."""
    on_shelf = opening + before + shipped - after - sold + came - went
    window = replace(
        WINDOW,
        opening=opening,
        shipped=shipped,
        sold=sold,
        came=came,
        went=went,
        closing=on_shelf,
        under_way_at_opening=before,
        under_way_at_closing=after,
    )
    assert excess(window, Tolerance(tolerance)) == 0
