"""Ending a contract ahead of time: one proposes, another decides, it comes true when the last day is over, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dealers.choices import DealerState, ExitState, Role
from dealers.errors import NotFound, NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import ApiKey, AuditRecord, Dealer, DealerExit, ExitPlan, Notice, User
from dealers.selectors.supply import eligibility
from dealers.services.exit_plans import (
    ExitPending,
    ExitSettled,
    OwnExitProposal,
    carry_out_exits,
    decide_exit,
    propose_exit,
    withdraw_exit,
)
from dealers.services.exits import AlreadyTerminated, LastDayBeforeFirst
from dealers.services.holds import ReasonMissing
from dealers.services.keys import create_api_key
from tests import factories

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 12, 10)


def at(day: int, hour: int = 9, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BUSINESS_ZONE)


def people(dealer: Dealer) -> tuple[User, User]:
    channel = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    return channel, factories.User(role=Role.GENERAL_MANAGER)


def proposed(dealer: Dealer, last_day: date = LAST_DAY) -> tuple[ExitPlan, User, User]:
    channel, manager = people(dealer)
    plan = propose_exit(dealer=dealer, last_day=last_day, reason="Closes its shops", actor=channel, at=at(1))
    return plan, channel, manager


def agreed(dealer: Dealer, last_day: date = LAST_DAY) -> tuple[ExitPlan, User, User]:
    plan, channel, manager = proposed(dealer, last_day)
    return decide_exit(plan=plan, agree=True, note="", actor=manager, at=at(2)), channel, manager


def notices(person: User) -> list[str]:
    return [notice.params["reason"] for notice in Notice.objects.filter(recipient=person).order_by("pk")]


def test_it_comes_true_when_the_last_day_is_over_and_not_before() -> None:
    owner = factories.User(role=Role.DEALER_OWNER)
    dealer = owner.dealer
    key, _ = create_api_key(name="till", actor=None, at=at(1), dealer=dealer)
    _, _, manager = agreed(dealer)
    assert carry_out_exits(at=at(10, 23)) == 0
    assert eligibility(dealer=dealer.code, at=at(10, 23)).eligible
    midnight = at(11, 0)
    assert carry_out_exits(at=midnight) == 1
    dealer.refresh_from_db()
    ended = DealerExit.objects.get(dealer=dealer)
    assert (dealer.state, ended.last_day, ended.known_from, ended.recorded_by) == (
        DealerState.TERMINATED,
        LAST_DAY,
        midnight,
        manager,
    )
    assert not ApiKey.objects.filter(pk=key.pk, revoked=False).exists()
    assert not eligibility(dealer=dealer.code, at=midnight).eligible
    assert notices(owner) == ["exit_agreed", "dealer_terminated"]
    assert notices(manager) == ["exit_proposed"]
    assert [row.action for row in AuditRecord.objects.filter(dealer_id=dealer.pk).order_by("pk")][1:4] == [
        "exit.propose",
        "exit.agree",
        "dealer.terminate",
    ]


def test_run_twice_it_ends_once() -> None:
    dealer = factories.Dealer()
    plan, *_ = agreed(dealer)
    assert (carry_out_exits(at=at(11)), carry_out_exits(at=at(11))) == (1, 0)
    plan.refresh_from_db()
    assert plan.state == ExitState.CARRIED_OUT and plan.exit == DealerExit.objects.get()


def test_a_last_day_that_is_over_ends_the_contract_with_the_decision() -> None:
    dealer = factories.Dealer()
    plan, _, manager = proposed(dealer, date(2026, 11, 30))
    assert decide_exit(plan=plan, agree=True, note="", actor=manager, at=at(2)).state == ExitState.CARRIED_OUT
    assert Dealer.objects.get(pk=dealer.pk).state == DealerState.TERMINATED


def test_before_it_comes_true_it_can_be_withdrawn_and_who_was_told_is_told() -> None:
    owner = factories.User(role=Role.DEALER_OWNER)
    plan, channel, _ = agreed(owner.dealer)
    withdraw_exit(plan=plan, reason="They stay", actor=channel, at=at(10, 23))
    assert carry_out_exits(at=at(20)) == 0
    assert notices(owner) == ["exit_agreed", "exit_withdrawn"]
    assert Dealer.objects.get(pk=owner.dealer.pk).state == DealerState.ACTIVE


def test_a_proposal_nobody_agreed_to_never_reaches_the_dealer() -> None:
    owner = factories.User(role=Role.DEALER_OWNER)
    plan, channel, manager = proposed(owner.dealer)
    decide_exit(plan=plan, agree=False, note="Not yet", actor=manager, at=at(2))
    assert (carry_out_exits(at=at(20)), notices(owner)) == (0, [])
    assert notices(channel) == ["exit_declined"]
    again = propose_exit(dealer=owner.dealer, last_day=LAST_DAY, reason="Again", actor=channel, at=at(3))
    withdraw_exit(plan=again, reason="No", actor=channel, at=at(4))
    assert notices(owner) == []


def test_whoever_proposes_never_decides() -> None:
    dealer = factories.Dealer()
    plan, channel, manager = proposed(dealer)
    with pytest.raises(NotPermitted):
        decide_exit(plan=plan, agree=True, note="", actor=channel, at=at(2))
    with pytest.raises(NotPermitted):
        propose_exit(dealer=factories.Dealer(), last_day=LAST_DAY, reason="x", actor=manager, at=at(1))
    channel.role = Role.GENERAL_MANAGER
    channel.save()
    with pytest.raises(OwnExitProposal):
        decide_exit(plan=plan, agree=True, note="", actor=channel, at=at(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitPlan.objects.filter(pk=plan.pk).update(decided_by=channel)


def test_a_channel_manager_of_other_regions_cannot_propose_it() -> None:
    stranger = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.Province(code="990000")])
    with pytest.raises(NotFound):
        propose_exit(dealer=factories.Dealer(), last_day=LAST_DAY, reason="x", actor=stranger, at=at(1))


def test_what_cannot_be_is_refused() -> None:
    dealer = factories.Dealer()
    channel, manager = people(dealer)

    def propose(last_day: date = LAST_DAY, reason: str = "x") -> ExitPlan:
        return propose_exit(dealer=dealer, last_day=last_day, reason=reason, actor=channel, at=at(1))

    with pytest.raises(ReasonMissing):
        propose(reason="  ")
    with pytest.raises(LastDayBeforeFirst):
        propose(date(2020, 1, 1))
    plan = propose()
    with pytest.raises(ExitPending):
        propose()
    with pytest.raises(ReasonMissing):
        decide_exit(plan=plan, agree=False, note=" ", actor=manager, at=at(2))
    decide_exit(plan=plan, agree=True, note="", actor=manager, at=at(2))
    with pytest.raises(ExitSettled):
        decide_exit(plan=plan, agree=False, note="changed my mind", actor=manager, at=at(3))
    carry_out_exits(at=at(11))
    with pytest.raises(ExitSettled):
        withdraw_exit(plan=plan, reason="too late", actor=manager, at=at(12))
    with pytest.raises(AlreadyTerminated):
        propose()


@pytest.mark.django_db(transaction=True)
def test_two_runs_and_a_withdrawal_at_once_leave_one_outcome() -> None:
    dealer = factories.Dealer()
    plan, channel, _ = agreed(dealer)

    def withdraw() -> None:
        with suppress(ExitSettled):
            withdraw_exit(plan=plan, reason="They stay", actor=channel, at=at(11))

    at_once(lambda: carry_out_exits(at=at(11)), withdraw, lambda: carry_out_exits(at=at(11)))
    plan.refresh_from_db()
    dealer.refresh_from_db()
    ended = plan.state == ExitState.CARRIED_OUT
    assert (dealer.state == DealerState.TERMINATED, DealerExit.objects.count()) == (ended, int(ended))


def at_once(*works: Callable[[], Any]) -> list[Any]:
    def done(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(done, work) for work in works]]
