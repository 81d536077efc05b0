"""Ending the contract of a dealer from its page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dealers.choices import DealerState, Role
from dealers.foundation.clock import business_day, now
from dealers.models import ApiKey, AuditRecord, Dealer, DealerExit, Notice
from dealers.selectors.supply import eligibility
from dealers.services.keys import create_api_key
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


def end(dealer: Dealer, role: Role = Role.GENERAL_MANAGER, **given: str) -> str:
    form = {"last_day": business_day(now()).isoformat(), "reason": "Closed its shops", **given}
    answer = visitor(role).post(f"/dealers/{dealer.code}/terminate/", form, follow=True)
    return str(answer.content.decode())


def test_the_end_is_on_record_and_everything_that_hangs_on_it_ends_too() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    dealer = owner.dealer
    for sandbox in (False, True):
        create_api_key(name="till", actor=None, at=now(), dealer=dealer, sandbox=sandbox)
    other, _ = create_api_key(name="till", actor=None, at=now(), dealer=factories.Dealer())
    page = end(dealer)
    dealer.refresh_from_db()
    assert dealer.state == DealerState.TERMINATED and not eligibility(dealer=dealer.code, at=now()).eligible
    assert "Contract ended" in page and "Closed its shops" in page and "End the contract for good" not in page
    assert list(ApiKey.objects.filter(revoked=False)) == [other]
    assert AuditRecord.objects.get(action="dealer.terminate").reason == "Closed its shops"
    assert Notice.objects.get(recipient=owner, kind="exit").params["detail"] == "Closed its shops"
    assert "Closed its shops" in signed_in(owner).get("/notices/").content.decode()


def test_it_ends_once() -> None:
    dealer = factories.Dealer()
    end(dealer)
    assert "has ended already" in end(dealer, reason="again")
    assert DealerExit.objects.get().reason == "Closed its shops"


def test_a_day_to_come_a_day_before_the_first_and_no_reason_are_refused() -> None:
    dealer = factories.Dealer()
    tomorrow = business_day(now()) + timedelta(days=1)
    assert "lies in the future" in end(dealer, last_day=tomorrow.isoformat())
    assert "lies before" in end(dealer, last_day=(dealer.activated_on - timedelta(days=1)).isoformat())
    end(dealer, reason="  ")
    end(dealer, last_day="soon")
    assert not DealerExit.objects.exists()


@pytest.mark.parametrize("role", [Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.FINANCE_APPROVER, Role.ADMINISTRATOR])
def test_nobody_else_may(role: Role) -> None:
    dealer = factories.Dealer()
    end(dealer, role)
    assert not DealerExit.objects.exists()
    assert "End the contract" not in visitor(role).get(f"/dealers/{dealer.code}/").content.decode()
