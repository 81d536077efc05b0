"""Suppressing a rule for a dealer: with a reason and an end, kept and never hidden."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import InternalError, transaction
from django.db.models import ProtectedError

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import Dealer
from dealers.services.audit import verify_audit
from pricing.errors import UnexplainedDecision
from settlement.choices import SignalRule
from settlement.errors import SuppressionEndsWrong, SuppressionInForce, SuppressionOver
from settlement.models import SignalSuppression
from settlement.services.signals.suppressing import lift_suppression, suppress_rule
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.signal_stage import investigator, look, the_finding, trader

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
UNTIL = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER - DAY):
        market()
        yield


def suppress(dealer: Dealer, **changes: Any) -> SignalSuppression:
    asked = {"rule": SignalRule.DEALER_TRADES, "last_day": UNTIL, "reason": "supplies its own branch", "at": AFTER}
    return suppress_rule(dealer=dealer, actor=changes.pop("actor", None) or investigator(), **(asked | changes))


def test_what_is_found_meanwhile_is_recorded_as_suppressed() -> None:
    dealer = trader()
    made = suppress(dealer)
    run = look()
    assert the_finding(dealer).suppression == made
    assert run.counts["dealer_trades"] == {"found": 1, "new": 1, "changed": 0, "suppressed": 1, "gone": 0}
    assert verify_audit() is None


def test_another_rule_or_dealer_is_not_suppressed() -> None:
    dealer = trader("D1")
    suppress(dealer, rule=SignalRule.CIRCLES)
    suppress(trader("D2"), last_day=date(2026, 11, 19))
    look(AFTER + 5 * DAY)
    assert the_finding(dealer).suppression is None
    assert the_finding(Dealer.objects.get(code="D2")).suppression is None


@pytest.mark.parametrize("last_day", [date(2026, 11, 18), date(2027, 5, 18)])
def test_it_ends_after_today_and_not_too_late(last_day: date) -> None:
    with pytest.raises(SuppressionEndsWrong):
        suppress(factories.Dealer(), last_day=last_day)


def test_it_needs_a_reason_and_an_investigator() -> None:
    dealer = factories.Dealer()
    with pytest.raises(UnexplainedDecision):
        suppress(dealer, reason=" ")
    with pytest.raises(NotPermitted):
        suppress(dealer, actor=factories.User(role=Role.RISK_JUDGE))


def test_the_same_again_changes_nothing_and_another_one_is_refused() -> None:
    dealer = factories.Dealer()
    person = investigator()
    assert suppress(dealer, actor=person) == suppress(dealer, actor=person)
    with pytest.raises(SuppressionInForce, match="2026-12-31"):
        suppress(dealer, last_day=date(2027, 1, 31))


def test_it_is_lifted_once_and_stays_on_record() -> None:
    dealer = trader()
    made = suppress(dealer)
    lift_suppression(suppression_id=made.pk, reason="the branch was sold", actor=investigator(), at=AFTER + DAY)
    look(AFTER + 2 * DAY)
    assert the_finding(dealer).suppression is None
    with pytest.raises(SuppressionOver):
        lift_suppression(suppression_id=made.pk, reason="again", actor=investigator(), at=AFTER + 2 * DAY)
    suppress(dealer, at=AFTER + 2 * DAY)
    for act in (
        lambda: SignalSuppression.objects.filter(pk=made.pk).update(reason="other"),
        lambda: SignalSuppression.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises((InternalError, ProtectedError)), transaction.atomic():
            act()
