"""Two connections at once: one decision, one application, and a reply that is in time or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from dealers.errors import Refused
from rebates.models import Credit
from settlement.choices import CaseOutcome, CaseState
from settlement.models import Case, CaseConsequence, CaseDecision, CaseEntry
from settlement.services.case_path.applying import apply_case
from settlement.services.case_path.deciding import Verdict, decide_case
from settlement.services.case_path.hearing import reply
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.casework import APPLIED, DECIDED, Stage, applied, decided, heard, people, priced, replied
from tests.settlement.services.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def of() -> Any:
    with time_machine.travel(AFTER):
        market()
        yield people(factories.Dealer(code="D1"))


def verdict(of: Stage, case: Case, judge: Any, outcome: CaseOutcome, at: Any = DECIDED) -> Any:
    return lambda: decide_case(number=case.number, verdict=Verdict(outcome, "It shows."), actor=judge, at=at)


def test_of_two_judges_at_once_one_decides(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    replied(of, case)
    found = at_once(
        verdict(of, case, of.judge, CaseOutcome.CONFIRMED), verdict(of, case, of.third, CaseOutcome.DISMISSED)
    )
    assert sorted(isinstance(each, Refused) for each in found) == [False, True], found
    assert CaseDecision.objects.count() == 1
    case.refresh_from_db()
    assert (case.state == CaseState.DISMISSED) == (CaseDecision.objects.get().outcome == CaseOutcome.DISMISSED)


def test_at_the_end_of_the_time_a_reply_comes_first_or_is_refused(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    end = Case.objects.get(pk=case.pk).due_at
    assert end is not None
    answer = {"number": case.number, "text": "We did not.", "actor": of.owner, "at": end - timedelta(microseconds=1)}
    said, judged = at_once(lambda: reply(**answer), verdict(of, case, of.judge, CaseOutcome.CONFIRMED, at=end))
    assert isinstance(judged, Case), judged
    acts = list(CaseEntry.objects.filter(act__in=("reply", "decide")).order_by("pk").values_list("act", flat=True))
    assert acts == (["decide"] if isinstance(said, Refused) else ["reply", "decide"])


def test_applied_at_once_it_follows_once(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    case = decided(of, priced(of, "800", period="2026-10-H2"))
    found = at_once(*[lambda: apply_case(number=case.number, at=APPLIED)] * 3)
    assert sorted(found) == [False, False, True]
    assert CaseConsequence.objects.filter(case=case).count() == 1
    assert Credit.objects.count() == 1
