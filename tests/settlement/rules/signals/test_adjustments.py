"""When declared losses and gains are out of proportion."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.signals.adjustments import Facts, Limits, find

LOSSES = Facts(1, "2026-Q4", lost=60, gained=0, handled=1000, lost_amount=Decimal(6000), median_lost=Decimal("0.004"))


@pytest.mark.parametrize(
    ("facts", "subjects"),
    [
        (LOSSES, ["losses"]),
        (replace(LOSSES, lost=50), ["losses"]),
        (replace(LOSSES, lost=49, handled=100), []),
        (replace(LOSSES, handled=1201), []),
        # Where everybody loses much, it takes more.
        (replace(LOSSES, median_lost=Decimal("0.02")), ["losses"]),
        (replace(LOSSES, median_lost=Decimal("0.021")), []),
        (replace(LOSSES, handled=0), ["losses"]),
        (replace(LOSSES, gained=50), ["losses", "gains"]),
        (replace(LOSSES, lost=0, gained=50, handled=1700), []),
    ],
)
def test_adjustments(facts: Facts, subjects: list[str]) -> None:
    assert [one.subject for one in find(facts, Limits())] == subjects


def test_the_sentence_compares_with_the_industry() -> None:
    (found,) = find(LOSSES, Limits())
    assert "60 units" in str(found.said) and "6.0% of the 1000 units" in str(found.said) and "0.4%" in str(found.said)
