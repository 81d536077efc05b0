"""What HQ's systems decide about referral leads: assigned, confirmed, rejected, called back; each once."""

from __future__ import annotations

from typing import Any

import pytest

from dealers.foundation.clock import as_if_at
from rebates.choices import LeadState
from rebates.models import Lead, LeadStep
from rebates.services.referrals import deciding
from tests.callers import dealer_caller, hq_system, person
from tests.rebates.referral_stage import LATER, by_employee, new_lead, received, stage, with_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Any:
    return stage()


def decide(number: str, act: str, body: dict[str, Any] | None = None, *scopes: str, caller: Any = None) -> Any:
    with as_if_at(LATER):
        made = caller or hq_system(*(scopes or ("referrals:decide",)))
        return made.post(f"referral-leads/{number}/{act}", body or {})


def test_a_system_gives_a_lead_to_a_dealer(cast: Any) -> None:
    lead = received(cast, new_lead(cast, region=None))
    answer = decide(lead.number, "assign", {"dealer": "D0002", "reason": "nearest"})
    assert (answer.status_code, answer.json()["state"]) == (200, "assigned")
    assert Lead.objects.get().dealer == cast.second
    assert LeadStep.objects.filter(lead=lead, act="assign").get().by.startswith("key:")


def test_asked_again_with_the_same_idempotency_key_it_is_done_once(cast: Any) -> None:
    lead = with_deal(cast, new_lead(cast))
    caller = hq_system("referrals:decide")
    with as_if_at(LATER):
        first, again = (
            caller.post(f"referral-leads/{lead.number}/confirm-deal", {}, Idempotency_Key="k-1") for _ in range(2)
        )
    assert (first.status_code, again.json()) == (200, first.json())
    assert LeadStep.objects.filter(lead=lead, act="confirm_deal").count() == 1
    assert decide(lead.number, "confirm-deal").status_code == 409


def test_a_deal_that_is_not_the_customers_is_rejected_with_a_reason(cast: Any) -> None:
    lead = with_deal(cast, new_lead(cast))
    assert decide(lead.number, "reject-deal", {}).status_code == 400
    assert decide(lead.number, "reject-deal", {"reason": "another customer"}).json()["document"] == ""


def test_the_key_that_confirmed_a_deal_does_not_make_the_call(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "is_sampled", lambda *_: True)
    lead = with_deal(cast, by_employee(cast))
    both = hq_system("referrals:decide", "referrals:call_back")
    said = {"outcome": "confirmed", "note": "bought it"}
    assert decide(lead.number, "confirm-deal", caller=both).json()["state"] == LeadState.DEAL_CONFIRMED
    assert decide(lead.number, "call-back", said, caller=both).status_code == 403
    answer = decide(lead.number, "call-back", said, "referrals:call_back")
    assert (answer.status_code, answer.json()["state"]) == (200, LeadState.REWARDED)
    assert decide(lead.number, "call-back", said, "referrals:call_back").status_code == 409


@pytest.mark.parametrize("act", ["assign", "confirm-deal", "reject-deal", "call-back"])
def test_nobody_decides_without_the_scope_or_the_role(cast: Any, act: str) -> None:
    lead = with_deal(cast, new_lead(cast))
    body = {"dealer": "D0002", "reason": "x", "outcome": "confirmed", "note": "x"}
    for caller in (
        hq_system("referrals:write"),
        dealer_caller(cast.first, "referrals:write"),
        person(cast.owner),
    ):
        assert decide(lead.number, act, body, caller=caller).status_code == 403
