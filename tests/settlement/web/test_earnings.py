"""What a dealer has coming: as the next statement would say it, its own and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Dealer
from settlement.selectors.accrued import accrued_now, accruing
from tests import factories
from tests.callers import dealer_caller
from tests.settlement.protection_stage import count_stock, prices, product
from tests.settlement.protection_stage import ship as receive
from tests.settlement.world import change_tier, close, dealer, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=BUSINESS_ZONE)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    factories.PolicyVersion()
    with clock.as_if_at(NOW):
        yield


@pytest.fixture
def shop() -> Dealer:
    """Settled 2,700.00 for the first half of November, sold 10,000 since, and holds goods that fell in price."""
    made = dealer("D1", "T3")
    sell(made, "2026-11-H1", "270000")
    close("2026-11-H1", at=datetime(2026, 11, 18, 9, tzinfo=BUSINESS_ZONE))
    sell(made, "2026-11-H2", "10000")
    goods = product()
    prices(goods, ("2026-01-01", "1000"), ("2026-11-20", "900"))
    receive(made, goods, 3, "2026-11-12")
    count_stock(made, goods, 3, "2026-11-19 19:00")
    return made


def test_the_page_draws_the_cliff_and_says_what_is_coming(shop: Dealer) -> None:
    page = visitor(Role.DEALER_OWNER, dealer=shop).get("/earnings/").content.decode()
    assert "220,000.00 more reaches 500,000.00 and brings 7,200.00, of which 5,000.00 at once" in page
    assert 'class="cliff"' in page and "You are here" in page
    assert "¥400.00" in page  # 100.00 of rebate and 3 × 100.00 of price protection
    assert "MY1001 fell from 1,000.00 to 900.00 on 2026-11-20" in page


def test_the_api_says_the_same_with_the_proof(shop: Dealer) -> None:
    sell(dealer("D2", "T3"), "2026-11-H2", "999")
    answer = dealer_caller(shop, "statements:read").get("earnings").json()
    assert answer["total"] == "400.00"
    (bracket,) = answer["brackets"]
    assert (bracket["base"], bracket["earned"], bracket["settled"]) == ("280000.000000", "2800.00", "2700.00")
    assert (bracket["next"]["missing"], bracket["next"]["brings"]) == ("220000.000000", "7200.00")
    assert [(line["kind"], line["amount"], line["proof"]["due"]) for line in answer["lines"]] == [
        ("rebate", "100.00", "100.00"),
        ("price_protection", "300.00", "300.00"),
    ]


def test_what_is_coming_is_what_the_next_settlement_pays(shop: Dealer) -> None:
    coming = accruing(shop.pk, at=NOW)
    assert coming is not None
    run = close("2026-11-H2", at=NOW)
    statement = run.statements.get(draft=run.draft, dealer=shop)
    assert statement.total == Decimal(coming.total) / 100
    nothing_left = accruing(shop.pk, at=NOW)
    assert nothing_left is not None and nothing_left.total == 0


def test_finance_reads_the_estimate_by_kind_and_tier(shop: Dealer) -> None:
    other = dealer("D2", "T2")
    sell(other, "2026-11-H2", "1000")
    change_tier(other, "T1", "2026-12-H1")
    found = [(row.kind, row.program, row.window, row.tier, row.dealers, row.amount) for row in accrued_now(at=NOW)]
    assert found == [
        ("price_protection", "PRICE-PROTECTION", "2026-11-20", "T3", 1, Decimal("300.00")),
        ("rebate", "T2-ALL", "2026-Q4", "T2", 1, Decimal("15.00")),
        ("rebate", "T3-ALL", "2026-Q4", "T3", 1, Decimal("100.00")),
    ]


def test_falls_of_a_half_month_that_waits_for_its_run_are_coming_too(shop: Dealer) -> None:
    later = datetime(2026, 12, 2, 12, tzinfo=BUSINESS_ZONE)
    coming = accruing(shop.pk, at=later)
    assert coming is not None
    assert [(line.kind, line.for_period, line.amount) for line in coming.lines] == [
        ("rebate", "2026-12-H1", 10000),
        ("price_protection", "2026-11-H2", 30000),
    ]


def test_headquarters_has_no_such_page() -> None:
    assert visitor(Role.FINANCE_CLERK).get("/earnings/").status_code == 403
