"""Two people hand the same violation over at the same moment: one case, one piece of evidence."""

from __future__ import annotations

import pytest
import time_machine

from dealers.choices import Role
from settlement.models import Case, CaseEvidence
from settlement.services.case_intake import hand_over_violation
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.settlement.services.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_hand_overs_at_once_are_one() -> None:
    with time_machine.travel(AFTER):
        market()
        violation = breach(factories.Dealer(code="D1"), "800")
        people = [factories.User(role=Role.RISK_INVESTIGATOR) for _ in range(2)]
        found = at_once(
            *(
                lambda person=person: hand_over_violation(
                    violation_id=violation.pk, version=1, reason="look into it", actor=person, at=AFTER
                )
                for person in people
            )
        )
    assert found[0] == found[1] == Case.objects.get()
    assert CaseEvidence.objects.count() == 1
