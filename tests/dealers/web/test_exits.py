"""Ends of contracts and suspensions on the pages: who is offered what, and what the dealer reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from dealers.choices import DealerState, ExitState, Role
from dealers.foundation.clock import business_day, now
from dealers.models import ApiKey, AuditRecord, Dealer, DealerExit, ExitPlan, Notice, Suspension
from dealers.selectors.supply import eligibility
from dealers.services.keys import create_api_key
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


def channel(dealer: Dealer) -> Client:
    return visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region] if dealer.home_region else [])


def days_from_now(days: int) -> str:
    return (business_day(now()) + timedelta(days=days)).isoformat()


def propose(dealer: Dealer, browser: Client | None = None, **given: str) -> str:
    form = {"last_day": days_from_now(-1), "reason": "Closed its shops", **given}
    answer = (browser or channel(dealer)).post(f"/dealers/{dealer.code}/exit/", form, follow=True)
    return str(answer.content.decode())


def decide(decision: str, role: Role = Role.GENERAL_MANAGER, note: str = "") -> str:
    plan = ExitPlan.objects.get()
    given = {"decision": decision, "note": note}
    return str(visitor(role).post(f"/dealer-exits/{plan.pk}/decide/", given, follow=True).content.decode())


def test_the_end_is_on_record_and_everything_that_hangs_on_it_ends_too() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    dealer = owner.dealer
    for sandbox in (False, True):
        create_api_key(name="till", actor=None, at=now(), dealer=dealer, sandbox=sandbox)
    other, _ = create_api_key(name="till", actor=None, at=now(), dealer=factories.Dealer())
    assert "Awaits the general manager" in propose(dealer)
    assert "has ended" in decide("agree")
    dealer.refresh_from_db()
    assert dealer.state == DealerState.TERMINATED and not eligibility(dealer=dealer.code, at=now()).eligible
    page = channel(dealer).get(f"/dealers/{dealer.code}/").content.decode()
    assert "Contract ended" in page and "Closed its shops" in page and "Propose to end the contract" not in page
    assert list(ApiKey.objects.filter(revoked=False)) == [other]
    assert AuditRecord.objects.get(action="dealer.terminate").reason == "Closed its shops"
    assert Notice.objects.get(recipient=owner, kind="exit").params["detail"] == "Closed its shops"
    assert "Closed its shops" in signed_in(owner).get("/notices/").content.decode()


def test_the_dealer_reads_of_an_end_that_is_agreed_and_not_of_a_proposal() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    propose(owner.dealer, last_day=days_from_now(20))
    assert "Your contract ends" not in signed_in(owner).get("/").content.decode()
    assert "Ends of contracts" in visitor(Role.GENERAL_MANAGER).get("/").content.decode()
    decide("agree")
    assert "Your contract ends" in signed_in(owner).get("/").content.decode()
    assert not DealerExit.objects.exists()
    plan = ExitPlan.objects.get()
    page = channel(owner.dealer).post(f"/dealer-exits/{plan.pk}/withdraw/", {"note": "They stay"}, follow=True)
    assert "goes on" in page.content.decode() and "They stay" in page.content.decode()
    assert "Your contract ends" not in signed_in(owner).get("/").content.decode()


def test_a_day_before_the_first_no_reason_and_a_second_plan_are_refused() -> None:
    dealer = factories.Dealer()
    assert "lies before" in propose(dealer, last_day=(dealer.activated_on - timedelta(days=1)).isoformat())
    propose(dealer, reason="  ")
    propose(dealer, last_day="soon")
    assert not ExitPlan.objects.exists()
    propose(dealer)
    assert "is planned already" in propose(dealer)
    assert "Not yet" in decide("decline", note="Not yet")
    assert ExitPlan.objects.get().state == ExitState.DECLINED


@pytest.mark.parametrize("role", [Role.POLICY_MANAGER, Role.FINANCE_APPROVER, Role.GENERAL_MANAGER, Role.ADMINISTRATOR])
def test_nobody_but_a_channel_manager_proposes(role: Role) -> None:
    dealer = factories.Dealer()
    propose(dealer, visitor(role))
    assert not ExitPlan.objects.exists()
    assert "Propose to end the contract" not in visitor(role).get(f"/dealers/{dealer.code}/").content.decode()


@pytest.mark.parametrize("role", [Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.FINANCE_APPROVER, Role.AUDITOR])
def test_nobody_but_a_general_manager_decides(role: Role) -> None:
    propose(factories.Dealer())
    decide("agree", role)
    assert ExitPlan.objects.get().state == ExitState.PROPOSED


def test_a_suspension_is_placed_by_one_and_ended_by_another() -> None:
    dealer = factories.Dealer()
    page = channel(dealer).post(f"/dealers/{dealer.code}/suspend/", {"note": "Renovates"}, follow=True)
    assert "The contract is suspended" in page.content.decode()
    assert "End the suspension" not in page.content.decode()
    manager = visitor(Role.GENERAL_MANAGER)
    assert "End the suspension" in manager.get(f"/dealers/{dealer.code}/").content.decode()
    page = manager.post(f"/dealers/{dealer.code}/end-suspension/", {"note": "Open again"}, follow=True)
    assert "goes on" in page.content.decode()
    assert Suspension.objects.get().lift_note == "Open again"
