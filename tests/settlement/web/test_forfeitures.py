"""Forfeited years on the pages of finance: gross entitlement, what cancels it, what takes it back, line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import Dealer
from rebates.services.forfeitures import impose_forfeiture, lift_forfeiture
from settlement.selectors.forfeitures import year_sums
from tests import factories
from tests.settlement.world import after, close, dealer, half, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "2026-11-H1", "2026-11-H2", "2026-12-H1"


@pytest.fixture
def shop() -> Dealer:
    """2,000.00 were settled before the decision, 400.00 appear after it."""
    factories.PolicyVersion()
    made = dealer("D1")
    sell(made, FIRST, "100000")
    close(FIRST)
    impose_forfeiture(dealer=made, year=2026, reference="C-7", reason="Fake sales", actor=None, at=after(FIRST, 3))
    sell(made, SECOND, "20000")
    return made


def sums(shop: Dealer) -> tuple[Decimal, ...]:
    (one,) = year_sums([(shop.pk, 2026)])
    return one.earned, one.cancelled, one.taken_back, one.to_come


def test_before_the_next_settlement_it_says_what_that_will_take_back(shop: Dealer) -> None:
    assert sums(shop) == (2000, 0, 0, -2000)


def test_cancelled_and_clawed_back_make_up_for_the_whole_entitlement(shop: Dealer) -> None:
    close(SECOND)
    assert sums(shop) == (2400, -400, -2000, 0)
    page = visitor(Role.AUDITOR).get("/forfeitures/").content.decode()
    for words in ("2,400.00", "400.00", "2,000.00", "C-7", "Year forfeited"):
        assert words in page
    one = visitor(Role.FINANCE_CLERK).get("/forfeitures/D1/2026/").content.decode()
    assert "Fake sales" in one and "Year forfeited: C-7" in one
    assert all(f'href="/statements/{SECOND}/D1/lines/{number}/"' in one for number in (1, 2, 3))


def test_a_lifted_decision_gives_everything_back(shop: Dealer) -> None:
    close(SECOND)
    lift_forfeiture(dealer=shop, year=2026, reference="C-7", reason="Overturned", actor=None, at=after(SECOND, 3))
    assert sums(shop) == (2400, -400, -2000, 2400)
    close(THIRD)
    assert sums(shop) == (2400, 0, 0, 0)
    assert "Forfeiture ended" in visitor(Role.FINANCE_APPROVER).get("/forfeitures/").content.decode()


def test_the_list_is_searched_and_exported(shop: Dealer) -> None:
    close(SECOND)
    finance = visitor(Role.FINANCE_CLERK)
    assert "No year is forfeited" in finance.get("/forfeitures/?q=nobody").content.decode()
    file = b"".join(finance.get("/forfeitures/export.csv?year=2026").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert file.splitlines()[1] == "D1,2026,forfeited,C-7,2400.00,-400.00,-2000.00,0.00"


def test_only_finance_the_general_manager_and_the_auditor_see_it(shop: Dealer) -> None:
    assert visitor(Role.GENERAL_MANAGER).get("/forfeitures/").status_code == 200
    assert visitor(Role.CHANNEL_MANAGER).get("/forfeitures/").status_code == 403
    assert visitor(Role.DEALER_OWNER, dealer=shop).get("/forfeitures/").status_code == 403
    assert visitor(Role.AUDITOR).get("/forfeitures/D1/2025/").status_code == 404


def test_the_queries_do_not_grow_with_the_rows(shop: Dealer) -> None:
    others = [dealer(f"E{number}") for number in range(5)]
    at = half(SECOND).starts_at
    for other in others:
        impose_forfeiture(dealer=other, year=2026, reference="C-8", reason="x", actor=None, at=at)
    pairs = [(shop.pk, 2026), *((other.pk, 2026) for other in others)]
    for asked in (pairs[:1], pairs):
        with CaptureQueriesContext(connection) as caught:
            year_sums(asked)
        assert len(caught) == 3
