"""When the share of one customer is implausible."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.signals.customer_share import Facts, Limits, find

#: A fifth of the retail sales, nothing in bulk.
LARGE = Facts(
    1,
    "2026-Q4",
    "0123456789abcdef",
    lines=40,
    days=8,
    retail=Decimal(20_000),
    amount=Decimal(20_000),
    next_retail=Decimal(900),
    next_amount=Decimal(900),
    dealer_lines=300,
    dealer_retail=Decimal(100_000),
    dealer_amount=Decimal(100_000),
)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (LARGE, "retail"),
        (replace(LARGE, retail=Decimal(19_999)), ""),
        (replace(LARGE, dealer_lines=59), ""),
        # One large purchase is a large purchase.
        (replace(LARGE, days=3), ""),
        (replace(LARGE, dealer_retail=Decimal(49_999), dealer_amount=Decimal(49_999)), ""),
        # A business that takes half of all in bulk is a large customer, one that takes most of all is not believed.
        (replace(LARGE, retail=Decimal(0), amount=Decimal(79_999)), ""),
        (replace(LARGE, retail=Decimal(0), amount=Decimal(80_000)), "the sales"),
        (replace(LARGE, amount=Decimal(70_000)), "retail"),
    ],
)
def test_shares(facts: Facts, said: str) -> None:
    found = list(find(facts, Limits()))
    assert len(found) == bool(said)
    assert all(f"of {'the retail sales' if said == 'retail' else said} of 2026-Q4" in str(one.said) for one in found)


def test_the_sentence_names_the_hash_and_never_more() -> None:
    (found,) = find(LARGE, Limits())
    assert str(found.said) == (
        "One customer (01234567) took ¥20,000.00 of the retail sales of 2026-Q4, 20.0% of ¥100,000.00, in 40 "
        "lines on 8 days; the next largest took 0.9%."
    )
    assert found.facts == "2026-Q4:01234567"
