"""The examples of docs/aftersales.md are what the rule says."""

from __future__ import annotations

import pytest

from aftersales.rules.response_clock import due_instant
from tests.guides import table
from tests.pricing.promo_stage import moment

ROWS = table("aftersales.md", "The clock")


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_a_response_is_due_when_the_guide_says(row: dict[str, str]) -> None:
    spans = [] if row["we were down"] == "–" else [one.split(" – ") for one in row["we were down"].split(", ")]
    outages = [(moment(first), moment(last)) for first, last in spans]
    assert due_instant(moment(row["given"]), 24, outages) == moment(row["due"])
