"""Pages of scorecards, targets, corrective plans and tier reviews, as HQ and dealers see them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import Dealer
from rebates.models import CorrectivePlan, SalesTarget, TierProposal
from rebates.services.scorecards.calculating import calculate_scorecards
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.services.tiers.proposing import propose_tiers
from tests import factories
from tests.rebates.scorecard_stage import AFTER, Q3, days_of, policy, report_days
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then() -> Any:
    with time_machine.travel(AFTER + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def dealers() -> list[Dealer]:
    """Two dealers of one city: the first reported every day, the second too late for too many."""
    policy()
    first = factories.Dealer(code="D-1", annual_revenue=Decimal("50000000"))
    second = factories.Dealer(code="D-2", home_region=first.home_region)
    report_days(first, days_of(Q3))
    report_days(second, days_of(Q3)[:80])
    return [first, second]


@pytest.fixture
def published(dealers: list[Dealer]) -> list[Dealer]:
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    propose_tiers(quarter=Q3, at=AFTER)
    return dealers


def html(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def manager_of(dealer: Dealer) -> Any:
    return visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])


def test_hq_sees_the_cards_of_a_quarter_the_best_first(published: list[Dealer]) -> None:
    page = html(visitor(Role.POLICY_MANAGER), "/scorecards/?quarter=2026-Q3")
    assert page.index("D-1") < page.index("D-2")
    assert "100.00" in page
    assert "of 2" in page


def test_a_dealer_sees_its_own_card_and_nobody_elses(published: list[Dealer]) -> None:
    owner = visitor(Role.DEALER_OWNER, dealer=published[1])
    page = html(owner, "/scorecards/?quarter=2026-Q3")
    assert "of 2 in tier T2" in page
    assert published[0].name not in page
    assert owner.get("/scorecards/2026-Q3/D-1/").status_code == 404
    assert "Running card: day 1 of 92" in html(owner, "/scorecards/")


def test_every_part_shows_its_formula_and_opens_to_its_facts(published: list[Dealer]) -> None:
    page = html(visitor(Role.POLICY_MANAGER), "/scorecards/2026-Q3/D-2/")
    assert "100.00 × (86.9565% − 80%) ÷ (100% − 80%) = 34.78" in page
    assert "Sales in time on 80 of 92 due days" in page
    assert "/dealers/D-2/reporting-calendar/?month=2026-07" in page
    assert "HQ has set no sales target for this quarter." in page


def test_a_channel_manager_sees_cards_of_its_regions_only(published: list[Dealer]) -> None:
    stranger = visitor(Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert "D-1" not in html(stranger, "/scorecards/?quarter=2026-Q3")
    assert stranger.get("/scorecards/2026-Q3/D-1/").status_code == 404


def test_a_policy_manager_publishes_and_nobody_else_may(dealers: list[Dealer]) -> None:
    calculate_scorecards(quarter=Q3, at=AFTER)
    assert manager_of(dealers[0]).post("/scorecards/2026-Q3/publish/").status_code == 403
    page = visitor(Role.POLICY_MANAGER).post("/scorecards/2026-Q3/publish/", follow=True).content.decode()
    assert "The scorecards of 2026-Q3 are published." in page


def test_more_cards_cost_no_more_queries(dealers: list[Dealer]) -> None:
    reader = visitor(Role.AUDITOR)

    def asked(path: str) -> int:
        html(reader, path)
        with CaptureQueriesContext(connection) as queries:
            html(reader, path)
        return len(queries)

    calculate_scorecards(quarter=Q3, at=AFTER)
    few = asked("/scorecards/?quarter=2026-Q3")
    for _ in range(3):
        factories.Dealer()
    calculate_scorecards(quarter=Q3, at=AFTER + timedelta(minutes=1))
    assert asked("/scorecards/?quarter=2026-Q3") == few


def test_a_target_is_set_on_its_page(dealers: list[Dealer]) -> None:
    manager = manager_of(dealers[0])
    assert "D-1" in html(manager, "/sales-targets/?quarter=2026-Q4")
    manager.post("/sales-targets/2026-Q4/D-1/", {"amount": "1200000", "reason": "年度计划"})
    assert SalesTarget.objects.get().amount == Decimal("1200000")
    assert "1,200,000.00" in html(manager, "/sales-targets/?quarter=2026-Q4")
    assert "above zero" in manager.post("/sales-targets/2026-Q4/D-1/", {"amount": "x"}, follow=True).content.decode()
    assert "dealer, quarter, amount" in html(manager, "/sales-targets/import/")


def test_a_plan_goes_from_the_dealer_to_its_manager(published: list[Dealer]) -> None:
    plan = CorrectivePlan.objects.get()
    owner, manager = visitor(Role.DEALER_OWNER, dealer=published[1]), manager_of(published[1])
    path = f"/corrective-plans/{plan.pk}/"
    assert owner.post(f"{path}submit/", {"cause": "", "measures": "b", "finish_on": "2026-11-30"}).status_code == 422
    owner.post(f"{path}submit/", {"cause": "人手不够", "measures": "每天核对", "finish_on": "2026-11-30"})
    assert "每天核对" in html(manager, path)
    manager.post(f"{path}accept/", {"text": "好"})
    owner.post(f"{path}progress/", {"text": "已增加一人"})
    manager.post(f"{path}complete/", {"text": "属实"})
    plan.refresh_from_db()
    assert plan.state == "completed"
    assert "已增加一人" in html(owner, path)
    assert "D-2" in html(manager, "/corrective-plans/")
    assert visitor(Role.DEALER_OWNER, dealer=published[0]).get(path).status_code == 404


def test_the_review_lists_its_evidence_and_decides_in_bulk(published: list[Dealer]) -> None:
    manager = manager_of(published[0])
    page = html(manager, "/tier-reviews/2026-Q3/")
    assert "T2 → T3" in page
    assert "KPI score" in page
    pks = list(TierProposal.objects.filter(state="proposed").values_list("pk", flat=True))
    assert len(pks) == 2
    path = "/tier-reviews/2026-Q3/decide/"
    assert "Choose dealers first" in manager.post(path, {"decision": "confirm"}, follow=True).content.decode()
    kept = manager.post(path, {"proposal": pks[:1], "decision": "T2"}, follow=True).content.decode()
    assert "Give a reason for another tier" in kept
    done = manager.post(path, {"proposal": pks, "decision": "confirm"}, follow=True).content.decode()
    assert "The tiers of 2 dealers are decided." in done
    again = manager.post(path, {"proposal": pks, "decision": "confirm"}, follow=True).content.decode()
    assert "was decided already" in again
    assert visitor(Role.AUDITOR).post(path, {"proposal": pks, "decision": "confirm"}).status_code == 403


def test_a_dealer_reads_its_distance_and_what_was_decided(published: list[Dealer]) -> None:
    owner = visitor(Role.DEALER_OWNER, dealer=published[1])
    before = html(owner, "/my-tier/")
    assert "No review has been decided yet" in before
    assert "Tier in force" in before
    proposal = TierProposal.objects.get(dealer=published[1])
    manager_of(published[1]).post("/tier-reviews/2026-Q3/decide/", {"proposal": proposal.pk, "decision": "confirm"})
    after = html(owner, "/my-tier/")
    assert "your tier is T3." in after
    assert "points are missing to T2" in after
    assert visitor(Role.POLICY_MANAGER).get("/my-tier/").status_code == 403


def test_a_trial_shows_who_would_move_and_writes_nothing(published: list[Dealer]) -> None:
    manager = visitor(Role.POLICY_MANAGER)
    assert "Change something and try" in html(manager, "/tier-reviews/what-if/")
    fields = {
        "scale": "100", "performance": "0", "coverage": "0", "kpi_share": "50", "annual_revenue": "50000000",
        "purchases_4q": "20000000", "cities": "12", "T1": "80", "T2": "30",
    }  # fmt: skip
    tried = manager.get("/tier-reviews/what-if/", fields).content.decode()
    assert "D-1" in tried
    assert "D-2" in tried  # 40 points by revenue alone
    wrong = manager.get("/tier-reviews/what-if/", {**fields, "scale": "90"}).content.decode()
    assert "must add up to exactly 1" in wrong
    assert TierProposal.objects.filter(state="proposed").count() == 2


def test_both_languages_are_whole(published: list[Dealer]) -> None:
    reader = factories.User(role=Role.CHANNEL_MANAGER, language="zh-hans", regions=[published[0].home_region])
    page = html(signed_in(reader), "/tier-reviews/2026-Q3/")
    assert "确认所选" in page
    assert "降级" in page
