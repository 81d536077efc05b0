"""The remote-area subsidy in the books: once a quarter, with differences for what is told later."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.choices import Role
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, PolicyVersion, Territory
from rebates.models import RemoteSubsidyApplication
from rebates.resources import explain
from rebates.rules.proof_shape import faults_of_generic
from rebates.services.remote_subsidies import apply_for_subsidy, decide_subsidy, end_subsidy
from settlement.models import SettlementRun, StatementLine
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.questions import Books, RunQuestion
from settlement.selectors.reckoning import reckoned_statements
from settlement.selectors.verification import first_difference
from tests import factories
from tests.guides import number, table
from tests.policies import published_policy, starting
from tests.settlement.world import after, calculate, close, dealer, half, lines, ship

pytestmark = pytest.mark.django_db
DEC1, DEC2, JAN1 = "2026-12-H1", "2026-12-H2", "2027-01-H1"


def in_remote_places(code: str) -> Dealer:
    """A dealer whose territory has a remote city, without a tier, so that its statements show the subsidy alone."""
    city = factories.City(code=f"R-{code}", remote=True)
    shop = dealer(code, tier=None, home_region=city)
    Territory.objects.create(dealer=shop, region=city, valid=(date(2026, 1, 1), None))
    return shop


def agreed(shop: Dealer, quarter: str, at: datetime) -> RemoteSubsidyApplication:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=shop)
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[shop.home_region])
    asked = apply_for_subsidy(dealer=shop, quarter=Quarter.parse(quarter), reason="far away", actor=owner, at=at)
    return decide_subsidy(application=asked, agree=True, note="", actor=manager, at=at)


def shown(period: str, shop: Dealer) -> list[StatementLine]:
    return [line for line in lines(period, shop) if line.kind == "remote_subsidy"]


def differences(*periods: str) -> list[object]:
    runs = SettlementRun.objects.select_related("policy").filter(period__in=periods)
    return [*ledger_faults(), *filter(None, map(first_difference, runs))]


def two_years() -> None:
    factories.PolicyVersion()
    factories.PolicyVersion(code="2027", valid=(date(2027, 1, 1), None))


def test_the_guide_shows_what_is_settled() -> None:
    """docs/remote-subsidy.md: every row of its table is a settlement of this dealer."""
    two_years()
    shop = in_remote_places("D1")
    agreed(shop, "2026-Q4", half("2026-10-H1").starts_at)
    rows = table("remote-subsidy.md", "Worked example")
    for row in rows:
        known = half(row["settled in"]).starts_at + timedelta(days=5)
        remote, amount = number(row["of them remote"]), number(row["purchases"])
        for part, into_remote in ((remote, True), (amount - remote, False)):
            if part:
                ship(shop, row["told for"], part, known=known, remote=into_remote)
        close(row["settled in"])
        found = shown(row["settled in"], shop)
        assert len(found) == bool(row["due"]), row
        for line in found:
            steps = {step["step"]: step for step in line.proof["formula"]}
            assert number(steps["missing"]["numbers"]["purchases"]) == number(row["purchases of 2026-Q4"])
            assert line.base == number(row["into remote regions"])
            assert number(steps["missing"]["amount"]) == number(row["short of the minimum"])
            assert number(line.proof["entitlement"]) == number(row["entitlement"])
            assert number(line.proof["settled_total"]) == number(row["settled before"])
            assert line.amount == number(row["due"]) and line.for_period == DEC2
            assert faults_of_generic(line.proof) == []
    assert differences(*(row["settled in"] for row in rows)) == []


def test_a_zero_says_by_how_much_the_minimum_was_missed() -> None:
    two_years()
    shop = in_remote_places("D1")
    agreed(shop, "2026-Q4", half(DEC1).starts_at)
    ship(shop, DEC1, "1000", remote=True)
    close(DEC2)
    with translation.override("en"):
        assert explain(shown(DEC2, shop)[0].proof, "remote_subsidy") == (
            "Purchases in 2026-Q4 came to 1,000.00, 299,000.00 short of the minimum of 300,000.00, so nothing is "
            "subsidised; 0.00 was settled before, so 0.00 is due now."
        )


def test_nobody_is_subsidised_without_an_agreed_application() -> None:
    two_years()
    shop = in_remote_places("D1")
    ship(shop, DEC1, "400000", remote=True)
    close(DEC2)
    assert shown(DEC2, shop) == []


def test_a_right_agreed_after_the_cutoff_pays_the_quarter_with_the_next_half_month() -> None:
    two_years()
    shop = in_remote_places("D1")
    ship(shop, DEC1, "400000", remote=True)
    agreed(shop, "2026-Q4", half(DEC2).starts_at)
    close(DEC2)
    assert [line.amount for line in shown(DEC2, shop)] == [4000]
    late = in_remote_places("D2")
    ship(late, DEC1, "400000", remote=True, known=half(DEC2).starts_at)
    asked = apply_for_subsidy(
        dealer=late,
        quarter=Quarter.parse("2026-Q4"),
        reason="far away",
        actor=factories.User(role=Role.DEALER_OWNER, dealer=late),
        at=half(DEC2).starts_at,
    )
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[late.home_region])
    decide_subsidy(application=asked, agree=True, note="", actor=manager, at=after(DEC2, 4))
    close(JAN1)
    assert [(line.for_period, line.amount) for line in shown(JAN1, late)] == [(DEC2, 4000)]
    assert shown(JAN1, shop) == [] and differences(DEC2, JAN1) == []


def test_an_ended_subsidy_pays_up_to_its_end_and_not_after() -> None:
    two_years()
    shop = in_remote_places("D1")
    asked = agreed(shop, "2026-Q3", half("2026-09-H1").starts_at)
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[shop.home_region])
    end_subsidy(
        application=asked,
        quarter=Quarter.parse("2026-Q4"),
        reason="moved away",
        actor=manager,
        at=half("2026-09-H1").starts_at,
    )
    for period in ("2026-09-H1", DEC1):
        ship(shop, period, "400000", remote=True)
    close("2026-09-H2")
    for period in ("2026-10-H1", "2026-10-H2", "2026-11-H1", "2026-11-H2", DEC1, DEC2):
        close(period)
    assert [line.amount for line in shown("2026-09-H2", shop)] == [4000] and shown(DEC2, shop) == []


def test_a_quarter_under_two_policies_takes_the_terms_at_the_start_of_its_last_half_month() -> None:
    published_policy(starting("2026-01-01", "2026-12-16", "a"))
    dearer = ('min_quarterly_purchases: "300000", rate: "0.01"', 'min_quarterly_purchases: "100000", rate: "0.02"')
    published_policy(starting("2026-12-16", "2027-06-01", "b").replace(*dearer))
    shop = in_remote_places("D1")
    agreed(shop, "2026-Q4", half(DEC1).starts_at)
    ship(shop, DEC1, "150000", remote=True)
    close(DEC2)
    line = shown(DEC2, shop)[0]
    assert (line.amount, line.proof["policy"]["code"]) == (3000, "b") and differences(DEC2) == []


def test_neither_queries_nor_amounts_depend_on_how_many_dealers_or_shards_there_are() -> None:
    two_years()

    def asked() -> int:
        policy = PolicyVersion.objects.get(code="2026")
        with CaptureQueriesContext(connection) as captured:
            list(reckoned_statements(RunQuestion(half(DEC2), after(DEC2), policy, Books(), {})))
        return len(captured)

    counts = []
    for place in range(1, 5):
        shop = in_remote_places(f"D{place}")
        agreed(shop, "2026-Q4", half(DEC1).starts_at)
        ship(shop, DEC1, "400000", remote=True)
        counts.append(asked())
    assert len(set(counts)) == 1
    assert calculate(DEC2, shards=1).digest == calculate(DEC2, shards=3).digest
