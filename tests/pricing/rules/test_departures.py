"""Which dealers stand out by their sales, case by case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pricing.rules.departures import DepartureKind, DepartureLimits, SalesFacts, departures

#: 1,000 yuan a day, give or take 300, and one line in fifty in breach.
USUAL = SalesFacts(
    days=15,
    amount=Decimal(15_000),
    lines=100,
    breach_lines=2,
    halves=6,
    mean=Decimal(1000),
    deviation=Decimal(300),
    past_lines=1000,
    past_breach_lines=20,
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"amount": Decimal(28_499)}, []),
        ({"amount": Decimal(28_500)}, [(DepartureKind.SALES, "3.0", "1900.00", "1000.00")]),
        ({"amount": Decimal(0)}, [(DepartureKind.SALES, "-3.3", "0.00", "1000.00")]),
        ({"amount": Decimal(60_000), "halves": 2}, []),
        # Halves that were all alike: a fifth of the mean counts as usual.
        ({"amount": Decimal(24_000), "deviation": Decimal(0)}, [(DepartureKind.SALES, "3.0", "1600.00", "1000.00")]),
        ({"amount": Decimal(900), "mean": Decimal(1), "deviation": Decimal(1)}, []),  # less than 1,000 yuan more
        ({"breach_lines": 6}, []),
        ({"breach_lines": 7}, [(DepartureKind.BREACHES, "3.6", "0.0700", "0.0200")]),
        ({"breach_lines": 7, "lines": 19}, []),
        ({"breach_lines": 1, "past_breach_lines": 0}, []),
        ({"breach_lines": 5, "past_breach_lines": 0}, [(DepartureKind.BREACHES, "4.0", "0.0500", "0.0000")]),
        ({"breach_lines": 100, "past_breach_lines": 1000}, []),
    ],
)
def test_departures(changed: dict[str, Any], expected: list[tuple[str, str, str, str]]) -> None:
    found = departures(replace(USUAL, **changed), DepartureLimits())
    assert [(one.kind, str(one.score), str(one.now), str(one.usual)) for one in found] == expected
