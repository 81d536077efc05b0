"""What an application lacks and what speaks against the applicant: a table of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dealers.foundation.uscc import make_uscc
from dealers.rules.admission_facts import ApplicationFacts, Paper, missing_facts, obstacles

REQUIRED = ("business_license", "tax_registration", "qualification")
THRESHOLDS = {"fmcg": Decimal(5_000_000), "electronics": Decimal(8_000_000), "home_building": Decimal(6_000_000)}
TODAY = date(2026, 5, 18)
GOOD = tuple(Paper(kind, verdict="good") for kind in REQUIRED)
COMPLETE = ApplicationFacts(
    number="AP-1",
    name="明日商贸",
    uscc=make_uscc(7),
    industry="electronics",
    annual_revenue=Decimal(8_000_000),
    regions=1,
    contact="王明",
    phone="138",
    email="",
    consented=True,
    papers=GOOD,
)
SOLE = make_uscc(8, kind="2")


def missing(**changed: Any) -> list[tuple[str, str]]:
    found = missing_facts(replace(COMPLETE, **changed), REQUIRED)
    return [(finding.field, finding.code) for finding in found]


def against(**changed: Any) -> list[tuple[str, str]]:
    found = obstacles(replace(COMPLETE, **changed), REQUIRED, THRESHOLDS, on=TODAY)
    return [(finding.field, finding.code) for finding in found]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"name": ""}, [("name", "fact_missing")]),
        ({"annual_revenue": None}, [("annual_revenue", "fact_missing")]),
        ({"regions": 0}, [("regions", "fact_missing")]),
        ({"consented": False}, [("consent", "fact_missing")]),
        ({"uscc": ""}, [("uscc", "uscc_missing")]),
        ({"uscc": COMPLETE.uscc[:17] + "?"}, [("uscc", "uscc_character")]),
        ({"papers": GOOD[:2]}, [("qualification", "fact_missing")]),
        ({"uscc": SOLE}, [("alliance_wish", "alliance_missing")]),
        ({"uscc": SOLE, "alliance_wish": "江浙联盟"}, []),
    ],
)
def test_what_is_missing(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert missing(**changed) == found


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"annual_revenue": Decimal("7999999.99")}, [("annual_revenue", "revenue_below_threshold")]),
        ({"industry": "fmcg", "annual_revenue": Decimal(5_000_000)}, []),
        ({"same_code": ("D1",)}, [("uscc", "code_taken")]),
        ({"papers": (*GOOD, Paper("other"))}, [("other", "paper_unchecked")]),
        ({"papers": (*GOOD, Paper("other", verdict="bad"))}, [("other", "paper_bad")]),
        ({"papers": (*GOOD[:2], Paper("qualification", TODAY, "good"))}, []),
        (
            {"papers": (*GOOD[:2], Paper("qualification", date(2026, 5, 17), "good"))},
            [("qualification", "paper_expired")],
        ),
        ({"uscc": SOLE, "alliance_wish": "A"}, [("alliance", "sole_proprietor_without_alliance")]),
        (
            {"uscc": SOLE, "alliance_wish": "A", "alliance_revenue": Decimal(7_999_999)},
            [("annual_revenue", "alliance_revenue_below_threshold")],
        ),
        (
            {
                "uscc": SOLE,
                "alliance_wish": "A",
                "alliance_revenue": Decimal(8_000_000),
                "annual_revenue": Decimal(900_000),
            },
            [],
        ),
    ],
)
def test_what_speaks_against_admission(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert against(**changed) == found
