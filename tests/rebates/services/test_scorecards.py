"""Scorecards calculated, published and followed up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, Notice
from rebates.choices import PlanState
from rebates.errors import (
    PlanIncomplete,
    PlanNotFound,
    PlanStateRefused,
    QuarterNotOver,
    QuarterPublished,
    TargetNotAboveZero,
)
from rebates.models import CorrectivePlan, PublishedScorecard, SalesTarget, Scorecard, ScorecardQuarter
from rebates.selectors.scorecard_facts import scorecard_facts
from rebates.services.scorecards.calculating import calculate_scorecards
from rebates.services.scorecards.importing import SALES_TARGETS
from rebates.services.scorecards.keeping import keep_quarters
from rebates.services.scorecards.plans import (
    PlanGiven,
    accept_plan,
    complete_plan,
    remind_of_plans,
    report_progress,
    send_plan_back,
    submit_plan,
)
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.services.scorecards.targets import set_target
from tests import factories
from tests.rebates.scorecard_stage import AFTER, Q3, days_of, policy, report_days, sell
from tests.tables import counts, refusals, take

pytestmark = pytest.mark.django_db


def marks(card: Scorecard) -> dict[str, tuple[Any, str]]:
    return {mark["name"]: (mark["value"], mark["points"]) for mark in card.marks}


@pytest.fixture
def manager() -> Any:
    return factories.User(role=Role.CHANNEL_MANAGER)


def dealer_in(manager: Any, **facts: Any) -> Dealer:
    dealer = factories.Dealer(**facts)
    manager.regions.add(dealer.home_region)
    return dealer


def test_a_card_is_reckoned_from_the_facts_of_its_quarter(manager: Any) -> None:
    policy()
    factories.PriceBand(product=factories.Product(sku="PJ-1"))
    dealer = dealer_in(manager, activated_on=date(2025, 1, 1))
    set_target(dealer=dealer, quarter=Q3, amount=Decimal("20000"), reason="计划", actor=manager, at=AFTER)
    sell(dealer, ("2025-09-10", "1000", "16"), doc="Y")
    lines = [("2026-07-10", "1000", "10"), ("2026-07-11", "1000", "7"), ("2026-08-03", "1000", "-1")]
    sell(dealer, *lines, ("2026-08-04", "800", "1"), ("2026-09-05", "1000", "1"))
    report_days(dealer, days_of(Q3)[:-4])

    calculate_scorecards(quarter=Q3, at=AFTER)

    card = Scorecard.objects.get()
    assert (card.tier, card.edition) == ("T2", 1)
    # T2 weighs 0.3/0.2/0.2/0.1/0.1/0.1; without tickets and ratings 0.8 stands for all of it.
    assert marks(card) == {
        "attainment": ("0.890000", "33.38"),  # 17,800 of 20,000 and 37.50 points
        "price": ("0.750000", "0.00"),  # one breach in four judged lines; the return is not judged
        "sync": ("0.956522", "19.57"),  # 88 of 92 days and 25.00 points
        "response": (None, "0.00"),
        "satisfaction": (None, "0.00"),
        "growth": ("1.112500", "12.50"),  # 17,800 against 16,000, all of 12.50
    }
    assert card.score == Decimal("65.45")


def test_a_breach_that_is_not_enforced_and_a_line_without_a_band_are_not_held_against_the_dealer() -> None:
    policy()
    factories.PriceBand(product=factories.Product(sku="PJ-1"), enforcement="recommended", legal_basis=None)
    kept, unbanded = factories.Dealer(), factories.Dealer()
    sell(kept, ("2026-07-10", "800", "1"), ("2026-07-11", "1000", "1"))
    facts = scorecard_facts(Q3, at=AFTER)
    assert facts is not None
    prices = {card.dealer_id: (card.price.judged, card.price.breaches) for card in facts.cards}
    assert prices == {kept.pk: (2, 0), unbanded.pk: (0, 0)}


def test_the_tier_a_dealer_had_first_in_the_quarter_measures_it() -> None:
    policy()
    dealer = factories.Dealer()
    row = dealer.tiers.get()
    row.valid = (row.valid.lower, date(2026, 8, 16))
    row.save()
    dealer.tiers.create(tier="T1", valid=(date(2026, 8, 16), None))
    factories.Dealer(activated_on=date(2026, 10, 1))  # after the quarter
    facts = scorecard_facts(Q3, at=AFTER)
    assert facts is not None
    assert [(card.dealer_id, card.tier) for card in facts.cards] == [(dealer.pk, "T2")]


def test_the_same_facts_make_no_new_edition_and_other_facts_another_one() -> None:
    policy()
    dealer = factories.Dealer()
    sell(dealer, ("2026-07-10", "1000", "1"))
    assert calculate_scorecards(quarter=Q3, at=AFTER).editions == 1
    assert calculate_scorecards(quarter=Q3, at=AFTER + timedelta(hours=1)).editions == 0
    report_days(dealer, days_of(Q3)[:10])
    assert calculate_scorecards(quarter=Q3, at=AFTER + timedelta(hours=2)).editions == 1
    assert list(Scorecard.objects.values_list("edition", flat=True).order_by("edition")) == [1, 2]
    with pytest.raises(InternalError), transaction.atomic():
        Scorecard.objects.update(score=100)


def test_what_arrives_after_publication_changes_nothing() -> None:
    policy()
    dealer = factories.Dealer()
    report_days(dealer, days_of(Q3))
    publish_scorecards(quarter=Q3, actor=factories.User(), at=AFTER)
    sell(dealer, ("2026-07-10", "1000", "1"))
    assert calculate_scorecards(quarter=Q3, at=AFTER + timedelta(days=1)).editions == 0
    with pytest.raises(QuarterPublished):
        publish_scorecards(quarter=Q3, actor=factories.User(), at=AFTER + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedScorecard.objects.bulk_create(
            [PublishedScorecard(**{**row, "id": None}) for row in PublishedScorecard.objects.values()]
        )


def test_publication_ranks_within_the_tier_and_tells_each_dealer_only_of_itself() -> None:
    policy()
    dealers = [factories.Dealer() for _ in range(3)]
    other = factories.Dealer()
    other.tiers.update(tier="T1")
    owners = [factories.User(role=Role.DEALER_OWNER, dealer=dealer) for dealer in [*dealers, other]]
    for dealer, days in zip([*dealers, other], (92, 90, 92, 80), strict=True):
        report_days(dealer, days_of(Q3)[:days])
    publish_scorecards(quarter=Q3, actor=factories.User(), at=AFTER)
    found = {
        card.dealer_id: (card.tier, card.place, card.ranked, card.outcome) for card in PublishedScorecard.objects.all()
    }
    assert [found[dealer.pk] for dealer in [*dealers, other]] == [
        ("T2", 1, 2 + 1, "commended"),
        ("T2", 3, 3, "none"),
        ("T2", 1, 3, "commended"),
        ("T1", 1, 1, "plan_due"),  # 80 of 92 days are 0.869565, which earns 34.78 of 100
    ]
    notices = {notice.recipient_id: notice.params for notice in Notice.objects.all()}
    assert notices[owners[1].pk]["reason"] == "scorecard_none"
    assert (notices[owners[1].pk]["place"], notices[owners[1].pk]["ranked"]) == (3, 3)
    assert notices[owners[3].pk]["due_on"] == "2026-10-16"


def test_only_a_policy_manager_publishes_and_only_a_quarter_that_is_over() -> None:
    policy()
    with pytest.raises(NotPermitted):
        publish_scorecards(quarter=Q3, actor=factories.User(role=Role.CHANNEL_MANAGER), at=AFTER)
    with pytest.raises(QuarterNotOver):
        publish_scorecards(quarter=Q3, actor=factories.User(), at=AFTER - timedelta(days=1))


def test_the_schedule_calculates_daily_and_publishes_on_the_policys_day() -> None:
    policy()
    report_days(factories.Dealer(), days_of(Q3))
    keep_quarters(at=AFTER)
    row = ScorecardQuarter.objects.get(quarter="2026-Q3")
    assert (row.calculated_at, row.published_at) == (AFTER, None)
    day = AFTER + timedelta(days=15)
    keep_quarters(at=day)
    keep_quarters(at=day + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.published_at, row.published_by) == (day, None)
    assert PublishedScorecard.objects.filter(quarter="2026-Q3").count() == 1


def test_more_dealers_cost_no_more_queries() -> None:
    policy()
    factories.PriceBand(product=factories.Product(sku="PJ-1"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            publish_scorecards(quarter=Q3, actor=None, at=AFTER)
        return len(queries)

    def grow(count: int) -> None:
        for _ in range(count):
            dealer = factories.Dealer()
            factories.User(role=Role.DEALER_OWNER, dealer=dealer)
            sell(dealer, ("2026-07-10", "1000", "1"))

    grow(1)
    with transaction.atomic():
        few = asked()
        transaction.set_rollback(True)
    grow(4)
    assert asked() == few


# Targets


def test_a_target_is_set_again_as_another_row_and_the_same_changes_nothing(manager: Any) -> None:
    dealer = dealer_in(manager)
    for amount in ("100", "100", "200"):
        set_target(dealer=dealer, quarter=Q3, amount=Decimal(amount), reason="", actor=manager, at=AFTER)
    assert list(SalesTarget.objects.order_by("pk").values_list("amount", flat=True)) == [100, 200]
    with pytest.raises(TargetNotAboveZero):
        set_target(dealer=dealer, quarter=Q3, amount=Decimal(0), reason="", actor=manager, at=AFTER)


def test_targets_come_in_by_a_table_and_each_faulty_row_is_named(manager: Any) -> None:
    policy()
    dealer, foreign = dealer_in(manager, code="D-1"), factories.Dealer(code="D-2")
    report_days(foreign, days_of(Q3))
    set_target(dealer=dealer, quarter=Q3.next(), amount=Decimal(100), reason="", actor=manager, at=AFTER)
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    table = (
        "dealer,quarter,amount\n"
        "D-1,2026-Q4,150\n"
        "D-1,2027-Q1,300\n"
        "D-1,2026-Q3,100\n"
        "D-1,2026Q4,100\n"
        "D-1,2027-Q2,0\n"
        "D-2,2026-Q4,100\n"
        "D-1,2027-Q1,300\n"
    )
    receipt = take(SALES_TARGETS, table, actor=manager)
    assert counts(receipt) == (1, 0, 1, 5)
    assert refusals(receipt) == [
        (4, "quarter", "quarter_published"),
        (5, "quarter", "not_a_quarter"),
        (6, "amount", "number_too_small"),
        (7, "dealer", "unknown_dealer"),
        (8, "dealer", "target_twice_in_file"),
    ]
    assert counts(take(SALES_TARGETS, "dealer,quarter,amount\nD-1,2026-Q4,150.00\n")) == (0, 1, 0, 0)


# Corrective plans


@pytest.fixture
def plan(manager: Any) -> CorrectivePlan:
    policy()
    dealer = dealer_in(manager)
    report_days(dealer, days_of(Q3)[:80])
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    return CorrectivePlan.objects.get()


GIVEN = PlanGiven("人手不够", "每天两次核对上报", date(2026, 11, 30))


def test_a_plan_is_sent_back_mended_accepted_reported_on_and_closed(plan: CorrectivePlan, manager: Any) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=plan.dealer)
    submit_plan(pk=plan.pk, given=GIVEN, actor=owner, at=AFTER)
    sent_back = send_plan_back(pk=plan.pk, why="太笼统", actor=manager, at=AFTER + timedelta(days=2))
    assert sent_back.due_at == start_of_day(date(2026, 10, 19))  # the 18th is the last of fifteen new days
    submit_plan(pk=plan.pk, given=GIVEN, actor=owner, at=AFTER + timedelta(days=3))
    accept_plan(pk=plan.pk, remark="", actor=manager, at=AFTER + timedelta(days=4))
    report_progress(pk=plan.pk, text="已增加一人", actor=owner, at=AFTER + timedelta(days=5))
    complete_plan(pk=plan.pk, remark="属实", actor=manager, at=AFTER + timedelta(days=50))
    plan.refresh_from_db()
    assert plan.state == PlanState.COMPLETED
    acts = list(plan.steps.values_list("act", flat=True))
    assert acts == ["submit", "send_back", "submit", "accept", "progress", "complete"]
    with pytest.raises(PlanStateRefused):
        accept_plan(pk=plan.pk, remark="", actor=manager, at=AFTER + timedelta(days=51))


def test_a_plan_says_what_will_be_done_by_a_day_to_come(plan: CorrectivePlan) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=plan.dealer)
    for given in (PlanGiven("", "b", date(2026, 12, 1)), PlanGiven("a", "b", date(2026, 9, 30))):
        with pytest.raises(PlanIncomplete):
            submit_plan(pk=plan.pk, given=given, actor=owner, at=AFTER)


def test_nobody_judges_a_plan_of_another_region_and_no_dealer_its_own(plan: CorrectivePlan) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=plan.dealer)
    submit_plan(pk=plan.pk, given=GIVEN, actor=owner, at=AFTER)
    with pytest.raises(NotPermitted):
        accept_plan(pk=plan.pk, remark="", actor=owner, at=AFTER)
    with pytest.raises(PlanNotFound):
        accept_plan(pk=plan.pk, remark="", actor=factories.User(role=Role.CHANNEL_MANAGER), at=AFTER)
    with pytest.raises(PlanNotFound):
        submit_plan(pk=plan.pk, given=GIVEN, actor=factories.User(role=Role.DEALER_OWNER), at=AFTER)


def test_an_overdue_plan_is_reminded_of_once(plan: CorrectivePlan, manager: Any) -> None:
    factories.User(role=Role.DEALER_OWNER, dealer=plan.dealer)
    assert remind_of_plans(at=plan.due_at - timedelta(seconds=1)) == 0
    assert remind_of_plans(at=plan.due_at) == 1
    assert remind_of_plans(at=plan.due_at + timedelta(days=1)) == 0
    assert Notice.objects.filter(params__reason="plan_late").count() == 2
