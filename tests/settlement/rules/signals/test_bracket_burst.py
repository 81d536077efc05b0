"""Bursts across a bracket, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from settlement.rules.signals.bracket_burst import Facts, Limits, edge_reached, find

FIRST = date(2026, 10, 1)


def course(usual: int, burst: int, *, days: int = 92, burst_days: int = 5) -> tuple[tuple[date, Decimal], ...]:
    """The same every day, and more on the last days."""
    return tuple(
        (FIRST + timedelta(days=number), Decimal(burst if number >= days - burst_days else usual))
        for number in range(days)
    )


#: 87 × 8,000 = 696,000 before, 5 × 30,000 in the burst: 846,000, of which 100,000 come back.
BURST = Facts(
    1,
    "2026-Q4",
    "T2-ALL",
    FIRST,
    (Decimal(0), Decimal(800_000)),
    course(8_000, 30_000),
    returned=Decimal(100_000),
)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (BURST, 1),
        # A good holiday week of which nothing much comes back.
        (replace(BURST, returned=Decimal(12_000)), 0),
        # So much over the bracket that what came back does not matter.
        (replace(BURST, days=course(8_000, 80_000)), 0),
        # What came back is more than the margin, but a small part of the burst.
        (replace(BURST, returned=Decimal(47_000), days=course(7_000, 48_000)), 0),
        # No bracket reached; an even pace; nothing before to compare with.
        (replace(BURST, edges=(Decimal(0), Decimal(900_000))), 0),
        (replace(BURST, days=course(9_000, 9_500), returned=Decimal(100_000)), 0),
        (replace(BURST, days=course(0, 165_000)), 0),
        (replace(BURST, edges=(Decimal(0),)), 0),
    ],
)
def test_bursts(facts: Facts, found: int) -> None:
    assert len(list(find(facts, Limits()))) == found


def test_the_crossing_counts_from_the_day_since_which_the_base_stayed_above() -> None:
    (found,) = find(BURST, Limits())
    # 696,000 + 4 × 30,000 = 816,000 on the fourth day of the burst; the day before it belongs to the five days.
    assert found.said.params["crossed"] == (FIRST + timedelta(days=90)).isoformat()
    assert found.said.params["burst"] == "¥128,000.00"
    assert found.said.params["times"] == "3.2"
    assert found.said.params["margin"] == "¥46,000.00"
    assert found.facts == "2026-Q4:T2-ALL"


@pytest.mark.parametrize(("base", "edge"), [(0, 0), (799, 0), (800, 800), (3000, 2000)])
def test_the_bracket_reached(base: int, edge: int) -> None:
    assert edge_reached(Decimal(base), (Decimal(0), Decimal(800), Decimal(2000))) == edge
