"""When late reports of the last days are back-dating."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.signals.back_dating import Facts, Limits, find

LATE = Facts(
    1,
    "2026-10-H2",
    lines=60,
    amount=Decimal(60_000),
    late_lines=20,
    late_amount=Decimal(24_000),
    mean_days_late=12,
    other_lines=200,
    other_late_lines=4,
)
#: Fewer of them, but their numbers tell.
NUMBERED = replace(LATE, late_amount=Decimal(6_000), late_documents=8, late_above=7, documents=100, above=5)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (LATE, 1),
        (replace(LATE, late_lines=9), 0),
        (replace(LATE, late_amount=Decimal(17_999)), 0),
        # A dealer who reports late throughout reports late here too.
        (replace(LATE, other_late_lines=16), 1),
        (replace(LATE, other_late_lines=17), 0),
        # A breakdown that goes on when the half-month is over.
        (replace(LATE, after_lines=60, after_late_lines=30), 0),
        (replace(LATE, after_lines=60, after_late_lines=5), 1),
        (replace(LATE, other_late_lines=200, late_lines=60, late_amount=Decimal(60_000)), 0),
        (replace(LATE, other_lines=0, other_late_lines=0), 1),
        (NUMBERED, 1),
        (replace(NUMBERED, late_above=4), 0),
        (replace(NUMBERED, late_documents=4, late_above=4), 0),
        # Where numbers are never in order, or nothing is there to compare with, they say nothing.
        (replace(NUMBERED, documents=4, above=0), 0),
        (replace(NUMBERED, above=11), 0),
    ],
)
def test_late_reports_of_the_last_days(facts: Facts, found: int) -> None:
    assert len(list(find(facts, Limits()))) == found


def test_the_sentence_says_what_the_numbers_of_the_documents_say() -> None:
    (late,) = find(LATE, Limits())
    assert "20 lines of 60 (¥24,000.00, 40.0%" in str(late.said) and "2.0% of the lines were late" in str(late.said)
    (numbered,) = find(NUMBERED, Limits())
    assert "7 of their 8 document numbers are above" in str(numbered.said) and "95.0% are in order" in str(
        numbered.said
    )
