"""What people decide about a violation: with a reason, about the lines they saw, and reversibly."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, User
from pricing.choices import ViolationState
from pricing.errors import (
    HalfMonthNotOver,
    NothingInBreach,
    UnexplainedDecision,
    ViolationMoved,
    ViolationNotFound,
    ViolationStateRefused,
)
from pricing.models import Violation
from pricing.services.violations.decisions import set_aside, take_up_again
from tests import factories
from tests.breaches import AFTER, PERIOD, breach, market

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def investigator() -> User:
    return factories.User(role=Role.RISK_INVESTIGATOR)


@pytest.fixture
def violation() -> Violation:
    market()
    return breach(factories.Dealer(), "800")


def act(act: Any, violation: Violation, actor: User, **changes: Any) -> Violation:
    facts = {"violation_id": violation.pk, "version": violation.version, "reason": "a display piece", "at": AFTER}
    return act(actor=actor, **(facts | changes))


def test_setting_aside_is_kept_with_its_reason_and_can_be_undone(violation: Violation, investigator: User) -> None:
    found = act(set_aside, violation, investigator)
    assert (found.state, found.reason, found.decided_by, found.decided_version) == (
        ViolationState.SET_ASIDE,
        "a display piece",
        investigator,
        1,
    )
    found = act(take_up_again, violation, investigator, reason="more of them came up")
    assert found.state == ViolationState.GATHERED
    records = AuditRecord.objects.filter(subject_type="pricing.violation").order_by("pk")
    assert list(records.values_list("action", "reason")) == [
        ("violation.set_aside", "a display piece"),
        ("violation.take_up", "more of them came up"),
    ]


@pytest.mark.parametrize("role", [Role.RISK_JUDGE, Role.POLICY_MANAGER, Role.AUDITOR, Role.DEALER_OWNER])
def test_others_do_not_decide(violation: Violation, role: Role) -> None:
    actor = factories.User(role=role, **({"dealer": violation.dealer} if role == Role.DEALER_OWNER else {}))
    with pytest.raises(NotPermitted):
        act(set_aside, violation, actor)


def test_a_channel_manager_decides_in_its_own_regions_only(violation: Violation) -> None:
    near = factories.User(role=Role.CHANNEL_MANAGER, regions=[violation.dealer.home_region])
    far = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    with pytest.raises(ViolationNotFound):
        act(set_aside, violation, far)
    assert act(set_aside, violation, near).state == ViolationState.SET_ASIDE


def test_lines_nobody_looked_at_are_not_decided_about(violation: Violation, investigator: User) -> None:
    breach(violation.dealer, "700", doc_no="S2")
    with pytest.raises(ViolationMoved):
        act(set_aside, violation, investigator)


def test_a_decision_needs_words_lines_and_a_half_month_that_is_over(violation: Violation, investigator: User) -> None:
    with pytest.raises(UnexplainedDecision):
        act(set_aside, violation, investigator, reason="  ")
    with pytest.raises(HalfMonthNotOver):
        act(set_aside, violation, investigator, at=PERIOD.starts_at)
    with pytest.raises(ViolationStateRefused):
        act(take_up_again, violation, investigator)
    breach(violation.dealer, "950", revision=2)
    with pytest.raises(NothingInBreach):
        act(set_aside, violation, investigator, version=2)
