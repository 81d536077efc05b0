"""Suspending a dealer: no supply, no reports due, everything readable, ended by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from dealers.choices import DealerState, Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Dealer, Notice, SupplyHold, Suspension, SyncExemption, User
from dealers.selectors.supply import eligibility
from dealers.services.holds import LiftedWithSuspension, ReasonMissing, lift_hold
from dealers.services.suspensions import (
    NotActive,
    NotSuspended,
    OwnSuspension,
    end_suspension,
    suspend_dealer,
)
from tests import factories
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 10, 2, tzinfo=UTC)
LATER = AT + timedelta(days=12)


def channel(dealer: Dealer) -> User:
    return factories.User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])


def suspend(dealer: Dealer, **given: object) -> Suspension:
    facts = {"dealer": dealer, "reason": "Renovates", "actor": channel(dealer), "at": AT} | given
    return suspend_dealer(**facts)  # type: ignore[arg-type]


def end(dealer: Dealer, **given: object) -> Suspension:
    facts = {"dealer": dealer, "note": "Open again", "actor": factories.User(role=Role.GENERAL_MANAGER), "at": LATER}
    return end_suspension(**(facts | given))  # type: ignore[arg-type]


def test_a_suspended_dealer_is_not_supplied_until_it_ends() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    dealer = owner.dealer
    suspend(dealer)
    dealer.refresh_from_db()
    with translation.override("en"):
        answer = eligibility(dealer=dealer.code, at=AT)
    assert (dealer.state, answer.eligible) == (DealerState.SUSPENDED, False)
    assert "The contract is suspended: Renovates" in [reason.detail for reason in answer.reasons]
    assert Notice.objects.get(recipient=owner).kind == "hold_placed"
    assert signed_in(owner).get("/statements/").status_code == 200
    end(dealer)
    dealer.refresh_from_db()
    assert (dealer.state, eligibility(dealer=dealer.code, at=LATER).eligible) == (DealerState.ACTIVE, True)
    actions = AuditRecord.objects.filter(subject_id=str(dealer.pk), action__startswith="dealer.").order_by("pk")
    assert [row.action for row in actions] == ["dealer.suspend", "dealer.end_suspension"]


def test_the_days_between_are_excused_from_reporting() -> None:
    dealer = factories.Dealer()
    suspend(dealer)
    end(dealer)
    excused = SyncExemption.objects.get(dealer=dealer)
    assert (str(excused.valid.lower), str(excused.valid.upper), excused.feed) == ("2026-11-10", "2026-11-23", "")


def test_its_hold_is_lifted_with_it_and_not_alone() -> None:
    dealer = factories.Dealer()
    manager = channel(dealer)
    hold = suspend(dealer, actor=manager).hold
    with pytest.raises(LiftedWithSuspension):
        lift_hold(hold=hold, actor=manager, at=AT, note="x")
    end(dealer)
    assert SupplyHold.objects.get(pk=hold.pk).lift_note == "Open again"


def test_whoever_suspended_never_ends_it() -> None:
    dealer = factories.Dealer()
    manager = channel(dealer)
    suspend(dealer, actor=manager)
    with pytest.raises(NotPermitted):
        end(dealer, actor=manager)
    manager.role = Role.GENERAL_MANAGER
    manager.save()
    with pytest.raises(OwnSuspension):
        end(dealer, actor=manager)


def test_what_cannot_be_is_refused() -> None:
    dealer = factories.Dealer()
    with pytest.raises(ReasonMissing):
        suspend(dealer, reason=" ")
    with pytest.raises(NotSuspended):
        end(dealer)
    suspend(dealer)
    with pytest.raises(NotActive):
        suspend(dealer)
    with pytest.raises(ReasonMissing):
        end(dealer, note="")
