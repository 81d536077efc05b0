"""Which copies of documents are a signal, case by case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from settlement.rules.signals.duplicates import Facts, Limits, find

#: Six of a hundred documents copy six different ones.
COPIED = Facts(1, "2026-Q4", documents=100, own_copies=6, own_originals=6, own_amount=Decimal(9000))
LENT = Facts(1, "2026-Q4", documents=100, across_copies=3, across_amount=Decimal(4000), others=("D2", "D3"))


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        (COPIED, 9000),
        (replace(COPIED, own_copies=5, own_originals=5), 9000),
        # One standing order, or four, repeated every week.
        (replace(COPIED, own_copies=12, own_originals=1), None),
        (replace(COPIED, own_copies=48, own_originals=4), None),
        # Six coincidences among very many documents.
        (replace(COPIED, documents=121), None),
        (replace(COPIED, documents=120), 9000),
        (LENT, 4000),
        (replace(LENT, across_copies=2), None),
        # What does not count by itself is left out of the sum.
        (replace(LENT, own_copies=12, own_originals=1, own_amount=Decimal(700)), 4000),
        (replace(COPIED, across_copies=3, across_amount=Decimal(4000), others=("D2",)), 13000),
        (Facts(1, "2026-Q4", documents=0), None),
    ],
)
def test_copies(facts: Facts, amount: int | None) -> None:
    found = [one.amount for one in find(facts, Limits())]
    assert found == ([] if amount is None else [Decimal(amount)])


def test_the_sentence_has_the_numbers_and_names_others_to_headquarters_only() -> None:
    (found,) = find(LENT, Limits())
    assert str(found.said) == (
        "3 of 100 documents of 2026-Q4 (¥4,000.00) repeat the goods, quantities, prices and customer of documents "
        "reported before by D2, D3."
    )
    assert found.told is not None and "D2" not in str(found.told)
    (own,) = find(COPIED, Limits())
    assert "6.0% of the documents" in str(own.said) and own.told is None
