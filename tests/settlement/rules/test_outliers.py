"""Which statements stand out, case by case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.outliers import EarningFacts, Limits, outlier_findings

#: Like every half before: 15,000 in 15 days, 1,000 a day.
USUAL = EarningFacts(
    total=Decimal(15_000),
    closing=Decimal(15_000),
    payable=Decimal(15_000),
    adjustments=Decimal(0),
    capped=False,
    paid_before=True,
    days=15,
    halves=6,
    mean=Decimal(1_000),
    deviation=Decimal(50),
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"total": Decimal(16_000), "days": 16}, []),
        ({"total": Decimal(17_250)}, ["deviates"]),
        ({"total": Decimal(17_235)}, []),
        ({"total": Decimal(0)}, ["deviates"]),
        ({"total": Decimal(30_000), "halves": 2, "deviation": None}, ["ratio"]),
        ({"total": Decimal(29_999), "halves": 2, "deviation": None}, []),
        ({"total": Decimal(7_500), "halves": 1, "deviation": None}, ["ratio"]),
        ({"mean": Decimal(0), "halves": 1, "deviation": None}, ["from_nothing"]),
        ({"total": Decimal(900), "mean": Decimal(0), "halves": 1, "deviation": None}, []),
        ({"halves": 0, "mean": None, "deviation": None}, []),
        ({"paid_before": False}, ["first_payment"]),
        ({"paid_before": False, "payable": Decimal(0)}, []),
        ({"closing": Decimal("-0.01"), "payable": Decimal(0)}, ["negative"]),
        ({"closing": Decimal("-0.01"), "payable": Decimal(0), "owes_since": "2026-10-H2"}, ["owes"]),
        ({"owes_since": "2026-10-H2"}, []),
        ({"capped": True}, ["capped"]),
        ({"adjustments": Decimal(-10_000)}, ["adjusted"]),
        ({"adjustments": Decimal("9999.99")}, []),
    ],
)
def test_what_stands_out(change: dict[str, object], codes: list[str]) -> None:
    facts = replace(USUAL, **change)  # type: ignore[arg-type]
    assert [finding.code for finding in outlier_findings(facts, Limits())] == codes


def test_a_finding_says_its_numbers() -> None:
    (finding,) = outlier_findings(replace(USUAL, total=Decimal(18_000)), Limits())
    assert finding.numbers == {
        "now": "1200.00",
        "mean": "1000.00",
        "change": "3000.00",
        "halves": "6",
        "score": "4.0",
    }
