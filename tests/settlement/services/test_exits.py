"""The statements of a dealer whose contract has ended: one clears its account, later ones supplement it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from dealers.choices import Role
from dealers.models import Dealer, PolicyVersion
from dealers.services.exits import terminate_dealer
from settlement.choices import StatementRole
from settlement.documents.paper import Paper, payable_note, title_of, to_do
from settlement.documents.record import as_object
from settlement.models import SettlementRun, Statement
from settlement.selectors.papers import papers_of
from settlement.selectors.verification import first_difference
from settlement.services.plans import PlanWish, draw_up_plan
from tests import factories
from tests.settlement.services.test_credits import credit
from tests.settlement.services.test_remote_subsidy import agreed, in_remote_places, shown
from tests.settlement.world import after, close, dealer, half, sell, ship, statement

pytestmark = pytest.mark.django_db
OCT2, NOV1, NOV2, DEC1, DEC2 = "2026-10-H2", "2026-11-H1", "2026-11-H2", "2026-12-H1", "2026-12-H2"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shop() -> Dealer:
    """A dealer that sells a little, beside another one; 50 yuan are the least that is paid out."""
    policy = factories.PolicyVersion()
    settlement = {**policy.document["settlement"], "minimum_payout": "50.00"}
    document = {**policy.document, "settlement": settlement}
    PolicyVersion.objects.filter(pk=policy.pk).update(document=document, digest="0" * 64)
    found = dealer("D1")
    dealer("D2")
    close(OCT2)
    return found


def leave(shop: Dealer, last_day: date, *, known: datetime | None = None) -> None:
    at = known or half("2026-11-H1").starts_at + timedelta(days=11)
    terminate_dealer(dealer=shop, last_day=last_day, reason="closed down", actor=None, at=at)


def role(period: str, shop: Dealer) -> str:
    return statement(period, shop).role


def has_none(period: str, shop: Dealer) -> bool:
    return not Statement.objects.filter(run__period=period, dealer=shop).exists()


def differences() -> list[object]:
    runs = SettlementRun.objects.select_related("policy").order_by("ordinal")
    return [difference for difference in map(first_difference, runs) if difference]


def paper(period: str, shop: Dealer) -> Paper:
    chosen = Statement.objects.select_related("run__policy", "dealer__home_region__parent")
    return papers_of([chosen.get(pk=statement(period, shop).pk)])[0]


def test_the_half_month_of_the_last_day_clears_the_account_and_pays_less_than_the_minimum_too(shop: Dealer) -> None:
    sell(shop, NOV1, "1000")
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    cleared = statement(NOV1, shop)
    assert cleared.role == StatementRole.CLEARING
    assert Decimal(0) < cleared.closing < 50
    assert cleared.payable == cleared.closing
    assert title_of(paper(NOV1, shop)) == "Clearing statement at the end of the contract"
    assert "also below the minimum payout" in to_do(paper(NOV1, shop))[0]
    assert as_object(paper(NOV1, shop))["role"] == "clearing"
    assert differences() == []


def test_the_statement_clears_also_without_any_fact_and_none_follows_of_itself(shop: Dealer) -> None:
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    close(NOV2)
    assert (role(NOV1, shop), statement(NOV1, shop).closing) == ("clearing", 0)
    assert has_none(NOV2, shop)
    assert differences() == []


def test_what_becomes_known_later_follows_in_a_supplement(shop: Dealer) -> None:
    sell(shop, NOV1, "50000")
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    sell(shop, NOV1, "30000", known=after(NOV1, 3))
    close(NOV2)
    later = statement(NOV2, shop)
    assert (later.role, later.total > 0, later.payable == later.closing) == ("supplementary", True, True)
    assert differences() == []


def test_an_exit_on_record_only_after_its_half_month_was_settled_is_cleared_with_the_next(shop: Dealer) -> None:
    sell(shop, NOV1, "1000")
    close(NOV1)
    before = statement(NOV1, shop).digest
    leave(shop, date(2026, 11, 10), known=after(NOV1, 3))
    close(NOV2)
    close(DEC1)
    assert [role(NOV1, shop), role(NOV2, shop)] == ["", "clearing"]
    assert statement(NOV1, shop).digest == before
    assert statement(NOV2, shop).payable == statement(NOV2, shop).closing > 0
    assert differences() == []


def test_a_half_month_before_the_last_day_is_settled_as_ever_though_the_exit_is_known(shop: Dealer) -> None:
    leave(shop, date(2026, 11, 20), known=half(NOV2).starts_at + timedelta(days=6))
    close(NOV1, at=after(NOV1, 9))
    close(NOV2)
    assert [role(NOV1, shop), role(NOV2, shop)] == ["", "clearing"]


def test_a_negative_balance_at_exit_is_owed_by_the_dealer(shop: Dealer) -> None:
    credit(shop, "-500", "taken-back", at=half(NOV1).starts_at + timedelta(days=3))
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    cleared = statement(NOV1, shop)
    assert (cleared.role, cleared.closing, cleared.payable) == ("clearing", -500, 0)
    assert payable_note(paper(NOV1, shop)) == "The dealer owes it to headquarters."
    assert "¥500.00 are owed to headquarters" in to_do(paper(NOV1, shop))[0]
    assert differences() == []


def test_a_plan_pays_a_dealer_that_has_left_less_than_the_minimum_and_nobody_else(shop: Dealer) -> None:
    other = Dealer.objects.get(code="D2")
    for one in (shop, other):
        sell(one, NOV1, "1000")
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    clerk = factories.User(role=Role.FINANCE_CLERK)
    plan = draw_up_plan(wish=PlanWish(), actor=clerk, at=after(NOV1, 2))
    assert [(item.dealer_id, item.amount) for item in plan.items.all()] == [(shop.pk, statement(NOV1, shop).payable)]


def test_the_subsidy_of_the_quarter_is_settled_when_the_account_is_cleared() -> None:
    factories.PolicyVersion()
    gone, stays = in_remote_places("D1"), in_remote_places("D2")
    for one in (gone, stays):
        agreed(one, "2026-Q4", half("2026-10-H1").starts_at)
        ship(one, NOV1, "400000", remote=True)
    leave(gone, date(2026, 11, 10))
    close(NOV1)
    assert [line.for_period for line in shown(NOV1, gone)] == [NOV1]
    assert shown(NOV1, gone)[0].amount > 0 and shown(NOV1, stays) == []
    ship(gone, NOV1, "-400000", known=after(NOV1, 3), remote=True)
    for period in (NOV2, DEC1, DEC2):
        close(period)
    assert [line.amount for line in shown(DEC2, gone)] == [-shown(NOV1, gone)[0].amount]
    assert role(DEC2, gone) == "supplementary"
    assert shown(DEC2, stays)[0].for_period == DEC2
    assert differences() == []


def test_others_keep_ordinary_statements(shop: Dealer) -> None:
    leave(shop, date(2026, 11, 10))
    close(NOV1)
    assert not Statement.objects.exclude(dealer=shop).exclude(role="").exists()
    ordinary = Statement.objects.select_related("run__policy", "dealer__home_region__parent").get(
        run__period=NOV1, dealer__code="D2"
    )
    assert "role" not in as_object(papers_of([ordinary])[0])
