"""Since when a dealer owes, in the books and in the review of a draft."""

from __future__ import annotations

import pytest

from dealers.choices import Role
from settlement.models import ReviewItem
from settlement.selectors.debts import owes_since
from tests import factories
from tests.settlement.services.test_credits import credit
from tests.settlement.world import after, calculate, close, dealer, half
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "2026-11-H1", "2026-11-H2", "2026-12-H1"


def test_a_debt_is_as_old_as_the_oldest_part_that_nothing_has_covered() -> None:
    factories.PolicyVersion()
    shop, other = dealer("D1"), dealer("D2")
    for amount, period in (("-100", FIRST), ("-50", SECOND)):
        credit(shop, amount, f"taken-{period}", at=after(period, 0))
        close(period)
    assert owes_since([shop.pk, other.pk]) == {shop.pk: half(FIRST)}
    page = visitor(Role.FINANCE_CLERK).get("/ledger/dealers/").content.decode()
    assert "Owes since" in page and "2026-11 first half" in page
    credit(shop, "120", "earned", at=after(THIRD, 0))
    calculate(THIRD)
    assert ReviewItem.objects.get(dealer=shop, run__period=THIRD).findings[-1]["since"] == FIRST
    close(THIRD)
    assert owes_since([shop.pk]) == {shop.pk: half(SECOND)}
