"""Tier reviews: proposed by the system, confirmed or decided otherwise by channel managers, in force at a boundary."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.choices import DealerState, Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import as_if_at
from dealers.models import Dealer, DealerTier, Notice, PolicyVersion, User, WebhookEvent
from dealers.services.notices import render
from dealers.services.tiers import TierChangeNotAhead, TierChangesThen, change_tier
from dealers.terms import dealers_terms
from rebates.choices import ProposalState
from rebates.errors import ProposalDecided, ProposalNotFound, ProposalOutdated, QuarterNotOver, TierReasonMissing
from rebates.models import Accrual, TierProposal, TierReview
from rebates.selectors.tier_reviews import visible_proposals
from rebates.selectors.tier_standing import tier_standing
from rebates.selectors.tier_what_if import what_if
from rebates.services.scorecards.keeping import keep_quarters
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.services.tiers.deciding import decide_proposal, decide_proposals
from rebates.services.tiers.proposing import propose_tiers
from tests import factories
from tests.rebates.scorecard_stage import AFTER, Q3, buy, days_of, policy, report_days

pytestmark = pytest.mark.django_db
BOUNDARY = date(2026, 10, 16)


@pytest.fixture
def manager() -> Any:
    return factories.User(role=Role.CHANNEL_MANAGER)


def dealer_in(manager: User, revenue: str, bought: str, **facts: Any) -> Dealer:
    dealer = factories.Dealer(annual_revenue=Decimal(revenue), **facts)
    manager.regions.add(dealer.home_region)
    if bought != "0":
        buy(dealer, bought, on="2026-05-10")
    return dealer


def rising(manager: User) -> Dealer:
    """T2 with the points of T1: 30 by revenue and, where cities do not count, 70 by purchases."""
    return dealer_in(manager, "50000000", "20000000")


def falling(manager: User) -> Dealer:
    return dealer_in(manager, "1000000", "0")


def by_purchases() -> None:
    policy(
        (
            '{scale: "0.30", performance: "0.40", coverage: "0.30"}',
            '{scale: "0.30", performance: "0.70", coverage: "0"}',
        )
    )


def proposal_of(dealer: Dealer) -> TierProposal:
    return TierProposal.objects.get(dealer=dealer)


def test_every_dealer_with_a_tier_is_scored_with_its_evidence(manager: Any) -> None:
    by_purchases()
    up, down = rising(manager), falling(manager)
    stays = dealer_in(manager, "50000000", "10000000")
    factories.Dealer(state=DealerState.TERMINATED)
    owner = factories.User(role=Role.DEALER_OWNER, dealer=stays)

    propose_tiers(quarter=Q3, at=AFTER)

    found = {proposal.dealer_id: proposal for proposal in TierProposal.objects.all()}
    assert {pk: (row.proposed, row.move, row.state, row.points) for pk, row in found.items()} == {
        up.pk: ("T1", "promotion", "proposed", Decimal("100.00")),
        down.pk: ("T3", "demotion", "proposed", Decimal("0.60")),
        stays.pk: ("T2", "none", "stands", Decimal("65.00")),
    }
    evidence = found[down.pk].evidence
    assert (evidence["first"], evidence["end"]) == ("2025-10-01", "2026-10-01")
    assert [(part["name"], part["points"]) for part in evidence["parts"]] == [
        ("scale", "0.60"),
        ("performance", "0.00"),
        ("coverage", "0.00"),
    ]
    assert (evidence["needed"]["tier"], evidence["needed"]["missing"]) == ("T2", "59.40")
    told = {notice.recipient_id: notice.params for notice in Notice.objects.filter(kind="standing")}
    assert (told[manager.pk]["reason"], told[manager.pk]["count"]) == ("tiers_proposed", 2)
    assert (told[owner.pk]["reason"], told[owner.pk]["missing"]) == ("tier_stands", "15.00")


def test_the_kpi_score_of_published_cards_is_part_of_performance(manager: Any) -> None:
    by_purchases()
    dealer = dealer_in(manager, "50000000", "20000000")
    report_days(dealer, days_of(Q3)[:80])  # 34.78 points of the card
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    review = propose_tiers(quarter=Q3, at=AFTER)
    parts = {part["name"]: part["points"] for part in proposal_of(dealer).evidence["parts"]}
    assert parts == {"scale": "30.00", "performance": "35.00", "kpi": "12.17", "coverage": "0.00"}
    assert review is not None
    live = tier_standing(dealer, at=AFTER).score
    assert live is not None
    assert {part.name: str(part.points) for part in live.parts} == parts


def test_a_review_is_made_once_and_only_when_its_quarter_is_over(manager: Any) -> None:
    by_purchases()
    rising(manager)
    with pytest.raises(QuarterNotOver):
        propose_tiers(quarter=Q3, at=AFTER - timedelta(days=1))
    first = propose_tiers(quarter=Q3, at=AFTER)
    assert propose_tiers(quarter=Q3, at=AFTER + timedelta(days=1)) == first
    assert TierProposal.objects.count() == 1
    with pytest.raises(InternalError), transaction.atomic():
        TierProposal.objects.update(points=0)


def test_the_schedule_proposes_when_the_cards_stand(manager: Any) -> None:
    by_purchases()
    rising(manager)
    keep_quarters(at=AFTER)
    assert not TierReview.objects.exists()
    publish_scorecards(quarter=Q3, actor=factories.User(), at=AFTER)
    keep_quarters(at=AFTER + timedelta(days=1))
    keep_quarters(at=AFTER + timedelta(days=1))
    assert list(TierReview.objects.values_list("quarter", flat=True)) == ["2026-Q3"]


def test_a_confirmed_promotion_is_in_force_from_the_next_half_month(manager: Any) -> None:
    by_purchases()
    dealer = rising(manager)
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    propose_tiers(quarter=Q3, at=AFTER)

    decide_proposal(pk=proposal_of(dealer).pk, tier="T1", reason="", actor=manager, at=AFTER)

    rows = [(row.tier, row.valid.lower, row.valid.upper) for row in dealer.tiers.order_by("valid")]
    assert rows == [("T2", date(2026, 1, 1), BOUNDARY), ("T1", BOUNDARY, None)]
    found = proposal_of(dealer)
    assert (found.state, found.decided, found.effective_on) == ("confirmed", "T1", BOUNDARY)
    notice = Notice.objects.get(recipient=owner)
    assert (notice.params["reason"], notice.params["from"]) == ("tier_promoted", "2026-10-16")
    assert tier_standing(dealer, at=AFTER).following == ("T1", BOUNDARY)


def test_a_half_month_that_is_settled_keeps_the_tiers_it_was_settled_by(manager: Any) -> None:
    by_purchases()
    dealer = rising(manager)
    propose_tiers(quarter=Q3, at=AFTER)
    settled = 2026 * 24 + 19  # 2026-10-H2, settled before its time
    Accrual.objects.create(
        dealer=dealer, program="T2-ALL", window="2026-Q4", period=settled, for_period=settled,
        policy_id=1, base=0, entitlement=0, due=0, posted_at=AFTER,
    )  # fmt: skip
    decide_proposal(pk=proposal_of(dealer).pk, tier="T1", reason="", actor=manager, at=AFTER)
    assert proposal_of(dealer).effective_on == date(2026, 11, 1)


def test_another_tier_than_proposed_needs_a_reason_which_the_dealer_reads(manager: Any) -> None:
    by_purchases()
    dealer = falling(manager)
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    propose_tiers(quarter=Q3, at=AFTER)
    pk = proposal_of(dealer).pk
    with pytest.raises(TierReasonMissing):
        decide_proposal(pk=pk, tier="T2", reason=" ", actor=manager, at=AFTER)
    decide_proposal(pk=pk, tier="T2", reason="刚搬迁，给一个季度", actor=manager, at=AFTER)
    assert proposal_of(dealer).state == ProposalState.OVERRIDDEN
    assert dealer.tiers.get().tier == "T2"
    params = Notice.objects.get(recipient=owner).params
    assert (params["reason"], params["remark"]) == ("tier_kept", "刚搬迁，给一个季度")


def test_a_demoted_dealer_reads_what_would_have_been_needed(manager: Any) -> None:
    by_purchases()
    dealer = falling(manager)
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    propose_tiers(quarter=Q3, at=AFTER)
    decide_proposal(pk=proposal_of(dealer).pk, tier="T3", reason="", actor=manager, at=AFTER)
    params = Notice.objects.get(recipient=owner).params
    assert (params["reason"], params["needed"], params["threshold"], params["missing"]) == (
        "tier_demoted",
        "T2",
        "60",
        "59.40",
    )
    notice = Notice.objects.get(recipient=owner)
    with translation.override("en"):
        assert "One of these would do: Purchases of four quarters of ¥" in render(notice)[1]
    with translation.override("zh-hans"):
        chinese = render(notice)[1]
    assert "进货" in chinese and "Purchases" not in chinese
    notice.params.pop("ways")  # as notices of earlier versions are
    assert "59.40" in render(notice)[1]


def test_many_are_confirmed_at_once_and_those_decided_before_are_named(manager: Any) -> None:
    by_purchases()
    dealers = [rising(manager), falling(manager), falling(manager)]
    propose_tiers(quarter=Q3, at=AFTER)
    pks = [proposal_of(dealer).pk for dealer in dealers]
    decide_proposal(pk=pks[0], tier="T2", reason="再看一季", actor=manager, at=AFTER)
    found = decide_proposals(pks=pks, tier=None, reason="", actor=manager, at=AFTER)
    assert [proposal.decided for proposal in found.decided] == ["T3", "T3"]
    assert [(one.dealer, type(one.why)) for one in found.passed_over] == [(dealers[0].name, ProposalDecided)]


def test_a_manager_decides_in_its_own_regions_only_and_others_not_at_all(manager: Any) -> None:
    by_purchases()
    own, foreign = rising(manager), rising(factories.User(role=Role.CHANNEL_MANAGER))
    propose_tiers(quarter=Q3, at=AFTER)
    with pytest.raises(ProposalNotFound):
        decide_proposals(
            pks=[proposal_of(own).pk, proposal_of(foreign).pk], tier=None, reason="", actor=manager, at=AFTER
        )
    assert not TierProposal.objects.exclude(state=ProposalState.PROPOSED).exists()
    for role in (Role.POLICY_MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            decide_proposal(pk=proposal_of(own).pk, tier="T1", reason="", actor=factories.User(role=role), at=AFTER)


def test_a_dealer_sees_its_own_proposal_when_it_is_decided(manager: Any) -> None:
    by_purchases()
    dealer, other = rising(manager), rising(manager)
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    propose_tiers(quarter=Q3, at=AFTER)
    assert not visible_proposals(owner).exists()
    decide_proposals(pks=[proposal_of(dealer).pk, proposal_of(other).pk], tier=None, reason="", actor=manager, at=AFTER)
    assert [proposal.dealer for proposal in visible_proposals(owner)] == [dealer]


def test_a_proposal_of_an_earlier_review_or_tier_is_outdated(manager: Any) -> None:
    by_purchases()
    dealer, other = rising(manager), rising(manager)
    propose_tiers(quarter=Q3, at=AFTER)
    DealerTier.objects.filter(dealer=other).update(tier="T3")
    with pytest.raises(ProposalOutdated):
        decide_proposal(pk=proposal_of(other).pk, tier="T1", reason="", actor=manager, at=AFTER)
    TierReview.objects.create(quarter="2026-Q4", policy=TierReview.objects.get().policy, proposed_at=AFTER)
    with pytest.raises(ProposalOutdated):
        decide_proposal(pk=proposal_of(dealer).pk, tier="T1", reason="", actor=manager, at=AFTER)


def test_a_tier_changes_only_ahead_at_a_boundary_and_once_there(manager: Any) -> None:
    dealer = factories.Dealer()
    for day in (date(2026, 10, 1), date(2026, 10, 17)):
        with pytest.raises(TierChangeNotAhead):
            change_tier(dealer_id=dealer.pk, tier="T1", on=day, reason="", actor=manager, at=AFTER)
    made = change_tier(dealer_id=dealer.pk, tier="T1", on=BOUNDARY, reason="升级", actor=manager, at=AFTER)
    assert change_tier(dealer_id=dealer.pk, tier="T1", on=BOUNDARY, reason="", actor=manager, at=AFTER) == made
    with pytest.raises(TierChangesThen):
        change_tier(dealer_id=dealer.pk, tier="T3", on=BOUNDARY, reason="", actor=manager, at=AFTER)


def test_a_tier_that_changes_that_day_already_is_passed_over_and_costs_the_others_nothing(manager: Any) -> None:
    by_purchases()
    changes, other = falling(manager), falling(manager)
    propose_tiers(quarter=Q3, at=AFTER)
    change_tier(dealer_id=changes.pk, tier="T1", on=BOUNDARY, reason="x", actor=manager, at=AFTER)
    pks = [proposal_of(dealer).pk for dealer in (changes, other)]
    found = decide_proposals(pks=pks, tier=None, reason="", actor=manager, at=AFTER)
    assert [one.dealer for one in found.passed_over] == [changes.name]
    assert [one.dealer_id for one in found.decided] == [other.pk]


def test_a_trial_finds_the_same_from_the_facts_and_from_what_the_review_kept_of_them(manager: Any) -> None:
    by_purchases()
    rising(manager), falling(manager)
    terms = dealers_terms(PolicyVersion.objects.get()).tiers
    before = what_if(terms, terms, at=AFTER)
    propose_tiers(quarter=Q3, at=AFTER)
    with CaptureQueriesContext(connection) as queries:
        after = what_if(terms, terms, at=AFTER)
    assert len(before.rows) == 2 and before.rows == after.rows
    assert not any("pricing_saleline" in query["sql"] for query in queries)


def test_systems_that_listen_are_told_a_change_once_and_before_it_is_in_force(manager: Any) -> None:
    by_purchases()
    dealer, stays = rising(manager), dealer_in(manager, "40000000", "12000000")
    propose_tiers(quarter=Q3, at=AFTER)
    decide_proposals(pks=[proposal_of(dealer).pk], tier=None, reason="", actor=manager, at=AFTER)
    told = WebhookEvent.objects.get(kind="tier.changed")
    assert (told.dealer_id, told.occurred_at) == (dealer.pk, AFTER)
    assert told.data == {"tier": "T1", "before": "T2", "effective_on": "2026-10-16", "reason": "2026-Q3"}
    decide_proposal(pk=proposal_of(stays).pk, tier=stays.tiers.get().tier, reason="暂不调整", actor=manager, at=AFTER)
    assert WebhookEvent.objects.filter(kind="tier.changed").count() == 1


def test_more_dealers_cost_no_more_queries_to_review(manager: Any) -> None:
    by_purchases()
    rising(manager)

    def asked() -> int:
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries:
                propose_tiers(quarter=Q3, at=AFTER)
            transaction.set_rollback(True)
        return len(queries)

    few = asked()
    for _ in range(4):
        factories.User(role=Role.DEALER_OWNER, dealer=dealer_in(manager, "50000000", "0"))
    assert asked() == few


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_the_first_decides_and_the_second_is_told(manager: Any) -> None:
    by_purchases()
    dealer = rising(manager)
    second = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    propose_tiers(quarter=Q3, at=AFTER)
    pk = proposal_of(dealer).pk
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(person: User, tier: str) -> None:
        together.wait()
        try:
            decide_proposal(pk=pk, tier=tier, reason="同时", actor=person, at=AFTER)
            outcomes.append(tier)
        except ProposalDecided as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    with as_if_at(AFTER):
        threads = [threading.Thread(target=decide, args=args) for args in ((manager, "T1"), (second, "T3"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes)[-1] == "tier_proposal_decided"
    assert proposal_of(dealer).decided == sorted(outcomes)[0]
    assert dealer.tiers.count() == 2
