"""The list of wordings the advertising law forbids or asks proof for, kept as data beside the code."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from pricing.choices import AdClaim, AdRule
from pricing.rules.ad_terms import Term

AD_TERMS_FILE = Path(__file__).resolve().parent.parent / "data" / "ad_terms.csv"


@cache
def load_ad_terms() -> tuple[Term, ...]:
    """Every term of the data file. Raises ValueError for a category or provision nobody knows."""
    with AD_TERMS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(
                row["term"],
                AdClaim(row["category"]).value,
                AdRule(row["reference"]).value,
                tuple(filter(None, row["unless"].split(";"))),
            )
            for row in csv.DictReader(file)
        )
