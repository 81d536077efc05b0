"""The terms of the stock comparison: optional, and sensible together."""

from __future__ import annotations

import pytest

from config.policy import check_policy
from pricing.terms import PricingTerms, StockTerms
from tests.policies import variation

pytestmark = pytest.mark.django_db  # a sound document is held against the catalogue
AFTER = "\n  promo:\n"


def with_stock(terms: str) -> str:
    return variation((AFTER, f"\n  stock: {terms}{AFTER}"))


def test_a_document_without_them_has_the_defaults() -> None:
    checked = check_policy(variation())
    assert checked.document is not None
    assert PricingTerms.of(checked.document).stock == StockTerms()


def test_some_may_be_given() -> None:
    checked = check_policy(with_stock('{tolerance_rate: "0.02", lead_days: 3}'))
    assert checked.document is not None
    stock = PricingTerms.of(checked.document).stock
    assert (str(stock.tolerance_rate), stock.lead_days, stock.reserve_days) == ("0.02", 3, 7)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ("{least_days: 29}", "least_above_average_days"),
        ("{target_days: 13}", "stock_days_out_of_order"),
        ("{target_days: 61}", "stock_days_out_of_order"),
        ("{tolerance_rate: 0.02}", "number_not_text"),
        ("{colour: blue}", "unknown_key"),
    ],
)
def test_what_makes_no_sense_is_refused(terms: str, code: str) -> None:
    assert [fault.code for fault in check_policy(with_stock(terms)).errors] == [code]
