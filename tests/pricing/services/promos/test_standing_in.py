"""Somebody decides in the place of an approver who is away; many harmless requests are approved at a time."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from dealers.choices import Role
from dealers.models import AuditRecord, Notice
from pricing.choices import PromoState
from pricing.errors import DelegationNotFound, DelegationOverlaps, Objected, ReasonMissing, TooManyAtOnce
from pricing.models import PromoDelegation, PromoEscalation
from pricing.selectors.promo_delegations import visible_delegations
from pricing.selectors.promos import promos_waiting_for, visible_promos, waiting_for
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.bulk import approve_many
from pricing.services.promos.clockwork import advance_promotions
from pricing.services.promos.delegations import end_delegation, record_delegation
from pricing.services.promos.legal import decide_legal
from tests import factories
from tests.pricing.promo_stage import MONDAY, in_budget_review, moment, stage, step_of, submitted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 11)


@pytest.fixture
def cast():
    return stage()


def stand_in(delegator, delegate, **changed):
    given = {
        "delegator": delegator,
        "delegate": delegate,
        "first_day": TODAY,
        "last_day": date(2026, 5, 15),
        "reason": "出差",
        "actor": delegator,
        "at": MONDAY,
    }
    return record_delegation(**{**given, **changed})


def decide(request, actor, at=MONDAY):
    return decide_budget(code=request.code, decision="approve", reason="同意", actor=actor, at=at)


def waits(request, person, on=TODAY):
    return visible_promos(person).filter(waiting_for(person, on=on), code=request.code).exists()


def test_a_deputy_decides_and_it_is_noted_for_whom(cast):
    request = in_budget_review(cast.owner, cast.legal)
    with pytest.raises(Objected) as refusal:
        decide(request, cast.manager)
    assert refusal.value.code == "not_the_authority"
    assert not waits(request, cast.manager)
    stand_in(cast.director, cast.manager)
    assert waits(request, cast.manager)
    assert decide(request, cast.manager).state == PromoState.APPROVED
    step = step_of(request)
    assert (step.decided_by, step.on_behalf_of) == (cast.manager, cast.director)
    assert AuditRecord.objects.get(action="promo.budget.approve").after["on_behalf_of"] == "director"


@pytest.mark.parametrize("at", ["2026-05-16 00:00", "2026-05-18 10:00"])
def test_after_the_last_day_nobody_stands_in(cast, at):
    request = in_budget_review(cast.owner, cast.legal)
    stand_in(cast.director, cast.manager)
    with pytest.raises(Objected):
        decide(request, cast.manager, at=moment(at))
    assert not waits(request, cast.manager, on=moment(at).date())


def test_a_delegation_ended_early_holds_no_longer(cast):
    request = in_budget_review(cast.owner, cast.legal)
    delegation = stand_in(cast.director, cast.manager)
    with pytest.raises(DelegationNotFound):
        end_delegation(delegation=delegation.pk, actor=cast.manager, at=MONDAY)
    end_delegation(delegation=delegation.pk, actor=cast.director, at=MONDAY)
    end_delegation(delegation=delegation.pk, actor=cast.director, at=MONDAY)
    with pytest.raises(Objected):
        decide(request, cast.manager)
    assert AuditRecord.objects.filter(action="promo.delegation_end").count() == 1


def test_a_deputy_does_not_decide_what_the_absent_proposed_nor_its_own(cast):
    factories.User(role=Role.MARKETING_DIRECTOR)  # somebody is free, so the step stays with the directors
    request = in_budget_review(cast.director, cast.legal)
    stand_in(cast.director, cast.manager)
    assert not waits(request, cast.manager)
    with pytest.raises(Objected) as refusal:
        decide(request, cast.manager)
    assert refusal.value.code == "not_the_authority"


def test_who_passed_legal_for_somebody_has_no_say_in_the_budget(cast):
    stand_in(cast.legal, cast.manager)
    request = submitted(cast.owner, budget=Decimal("300000"))
    decide_legal(code=request.code, decision="approve", reason="", actor=cast.manager, at=MONDAY)
    assert not waits(request, cast.manager)
    with pytest.raises(Objected) as refusal:
        decide(request, cast.manager)
    assert refusal.value.code in ("decided_the_legal_review", "not_the_authority")


def test_one_deputy_at_a_time(cast):
    stand_in(cast.director, cast.manager)
    with pytest.raises(DelegationOverlaps):
        stand_in(cast.director, factories.User(role=Role.MARKETING_DIRECTOR), last_day=TODAY)
    assert PromoDelegation.objects.count() == 1


def test_an_absence_has_its_reason_and_both_are_told(cast):
    with pytest.raises(ReasonMissing):
        stand_in(cast.director, cast.manager, reason=" ")
    stand_in(cast.director, cast.manager)
    assert [notice.recipient for notice in Notice.objects.filter(key__startswith="promo-delegation")] == [cast.manager]


def test_the_deputy_is_told_of_new_reviews(cast):
    stand_in(cast.director, cast.manager)
    in_budget_review(cast.owner, cast.legal)
    told = {notice.recipient for notice in Notice.objects.all() if notice.params["reason"] == "promo_submitted"}
    assert {cast.director, cast.manager} <= told


def test_everybody_sees_their_own_delegations_and_the_auditor_all(cast):
    delegation = stand_in(cast.legal, factories.User(role=Role.LEGAL_REVIEWER))
    for person, sees in ((cast.legal, True), (cast.director, False), (cast.auditor, True), (cast.manager, True)):
        assert visible_delegations(person).filter(pk=delegation.pk).exists() is sees
    assert not visible_delegations(cast.owner).exists()


def test_harmless_requests_are_approved_together_and_each_has_its_answer(cast):
    """Of dealers still in their first days, so that no report of theirs is late."""
    newcomers = [factories.Dealer(activated_on=TODAY) for _ in range(2)]
    harmless = [submitted(factories.User(role=Role.DEALER_OWNER, dealer=dealer)) for dealer in newcomers]
    worded = submitted(factories.User(role=Role.DEALER_OWNER), ad_copy="全网最低价")
    chosen = [(request.code, step_of(request).pk) for request in [*harmless, worded]]
    answers = approve_many(chosen=[*chosen, ("PR-NONE", None)], reason="", actor=cast.legal, at=MONDAY)
    assert [(answer.code, answer.approved) for answer in answers] == [
        (harmless[0].code, True),
        (harmless[1].code, True),
        (worded.code, False),
        ("PR-NONE", False),
    ]
    assert answers[2].refusal.code == "bulk_wordings"
    again = approve_many(chosen=chosen[:1], reason="", actor=cast.legal, at=MONDAY)
    assert again[0].refusal is not None
    assert AuditRecord.objects.filter(action="promo.legal.approve").count() == 2


def test_duplicates_are_not_approved_together(cast):
    first, second = submitted(cast.owner), submitted(cast.owner)
    answers = approve_many(chosen=[(first.code, None), (second.code, None)], reason="", actor=cast.legal, at=MONDAY)
    assert [answer.refusal.code for answer in answers] == ["bulk_conflicts", "bulk_conflicts"]


def test_separation_of_duties_holds_for_many_as_for_one(cast):
    request = submitted(cast.marketing)
    (answer,) = approve_many(chosen=[(request.code, None)], reason="", actor=cast.director, at=MONDAY)
    assert answer.refusal.code == "not_the_authority"


def test_no_more_than_a_page_at_a_time(cast):
    with pytest.raises(TooManyAtOnce):
        approve_many(chosen=[(f"PR-{n}", None) for n in range(51)], reason="", actor=cast.legal, at=MONDAY)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_call_a_late_review_out_once():
    cast = stage()
    submitted(cast.owner)
    together = threading.Barrier(2)

    def sweep():
        together.wait()
        try:
            advance_promotions(at=moment("2026-05-13 00:00"))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PromoEscalation.objects.count() == 1
    assert sum(1 for notice in Notice.objects.all() if notice.params["reason"] == "promo_late") == 2


def test_the_count_in_the_side_bar_takes_the_same_questions_for_any_number(cast, django_assert_num_queries):
    stand_in(cast.director, cast.manager)
    for _ in range(3):
        in_budget_review(factories.User(role=Role.DEALER_OWNER), cast.legal)
    with django_assert_num_queries(2):
        assert promos_waiting_for(cast.manager) in (0, 3)
