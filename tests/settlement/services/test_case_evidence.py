"""Evidence on its way to a decision: joined, merged, and held against the facts of now before anything follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from config.imports import import_records
from dealers.choices import Door
from dealers.errors import OwnWork
from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, Notice, SystemOutage
from pricing.choices import Enforcement
from pricing.models import PriceBand, Violation
from rebates.models import Credit
from settlement.case_errors import CannotMerge, CaseStateRefused, EvidenceMoved, NothingStands
from settlement.choices import CaseKind, CaseOutcome, CaseState, EvidenceKind
from settlement.models import Case, CaseDecision
from settlement.rules.case_consequences import Choice
from settlement.rules.case_fairness import LeftOutFor
from settlement.selectors.case_board import overrides, similar_cases
from settlement.selectors.case_examination import examination_of
from settlement.services.case_path.applying import apply_decided_cases, see_changes
from settlement.services.case_path.merging import merge_cases
from settlement.services.case_path.working import add_reference
from settlement.services.cases import Evidence
from tests import factories
from tests.breaches import AFTER, PERIOD, market
from tests.settlement.casework import (
    APPLIED,
    DECIDED,
    OPENED,
    REPLIED,
    Stage,
    accused,
    applied,
    decided,
    heard,
    judged,
    people,
    priced,
    replied,
    signal,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def of() -> Stage:
    market()
    return people(factories.Dealer(code="D1"))


def revise(of: Stage, price: str, *, line_no: int = 1, revision: int = 2, period: HalfMonth = PERIOD) -> None:
    """The dealer reports a line of the case anew."""
    assert of.dealer.home_region is not None
    record = {
        "doc_no": f"S-{period}",
        "line_no": line_no,
        "revision": revision,
        "sold_at": (period.starts_at + timedelta(hours=10)).isoformat(),
        "sku": "A1",
        "quantity": 1,
        "unit_price": price,
        "region": of.dealer.home_region.code,
    }
    import_records(kind="sales", records=[record], actor=None, door=Door.API, dealer=of.dealer)


def to_be_judged(of: Stage, *prices: str) -> Case:
    case = heard(of, priced(of, *prices))
    return replied(of, case)


def test_a_revised_line_has_to_be_seen_and_does_not_count(of: Stage) -> None:
    decided(of, priced(of, "800", period="2026-10-H1"))
    case = to_be_judged(of, "100", "200")
    revise(of, "950", line_no=2)
    found = examination_of(case, at=DECIDED)
    assert [(each.key[1], each.why) for each in found.left_out] == [("S-2026-11-H1/2", LeftOutFor.NOT_IN_BREACH)]
    with pytest.raises(EvidenceMoved):
        judged(of, case)
    judged(of, case, seen=found.digest(), outcome=CaseOutcome.PARTLY)
    decision = CaseDecision.objects.get(case=case)
    # Of 800 and 700 only the first stands; it is less than the least penalty of the ladder.
    assert (decision.proven_loss, decision.penalty) == (Decimal("800.00"), Decimal("1000.00"))
    assert decision.findings["left_out"][0]["why"] == "not_in_breach"


def test_what_rests_on_a_recommended_band_cannot_be_confirmed(of: Stage) -> None:
    case = to_be_judged(of, "800")
    PriceBand.objects.update(enforcement=Enforcement.RECOMMENDED)
    found = examination_of(case, at=DECIDED)
    assert [each.why for each in found.left_out] == [LeftOutFor.RECOMMENDED_BAND]
    with pytest.raises(NothingStands):
        judged(of, case, seen=found.digest())
    assert judged(of, case, outcome=CaseOutcome.DISMISSED).state == CaseState.DISMISSED


def test_what_rests_on_a_floor_without_a_basis_cannot_be_confirmed(of: Stage) -> None:
    case = to_be_judged(of, "800")
    ended = factories.LegalBasis(reference="BASIS-2", valid_until=PERIOD.start)
    PriceBand.objects.update(legal_basis=ended)
    found = examination_of(case, at=DECIDED)
    assert [each.why for each in found.left_out] == [LeftOutFor.NO_LEGAL_BASIS]


def test_what_was_missed_in_an_outage_of_ours_is_left_out(of: Stage) -> None:
    span = {"from": OPENED.isoformat(), "to": (OPENED + timedelta(hours=24)).isoformat()}
    case = heard(of, accused(of, kind=CaseKind.AFTERSALES, evidence=signal(9, spans=[span])))
    assert not examination_of(case, at=DECIDED).changed
    SystemOutage.objects.create(span=(OPENED, OPENED + timedelta(hours=1)), reason="power", recorded_at=OPENED)
    assert [each.why for each in examination_of(case, at=DECIDED).left_out] == [LeftOutFor.OUR_OUTAGE]


def test_nothing_is_punished_twice(of: Stage) -> None:
    first = decided(of, priced(of, "800"))
    again = accused(of, kind=CaseKind.PRICE, facts="below_floor:again", evidence=_copy_of(first))
    heard(of, again)
    found = examination_of(again, at=DECIDED)
    assert [each.why for each in found.left_out] == [LeftOutFor.ALREADY_DECIDED]


def test_facts_that_change_before_it_is_applied_wait_for_a_judge(of: Stage) -> None:
    decided(of, priced(of, "800", period="2026-10-H1"))
    case = decided(of, priced(of, "100", "200", "300"))
    revise(of, "950", line_no=1)
    assert [apply_decided_cases(at=APPLIED) for _ in range(2)] == [1, 0]  # the warning of October
    case.refresh_from_db()
    assert case.held_back_at == APPLIED and not Credit.objects.exists()
    found = examination_of(case, at=APPLIED)
    with pytest.raises(EvidenceMoved):
        see_changes(number=case.number, seen="something else", actor=of.judge, at=APPLIED)
    see_changes(number=case.number, seen=found.digest(), actor=of.judge, at=APPLIED)
    apply_decided_cases(at=APPLIED)
    # Decided on 800 + 700 + 600; the first no longer stands.
    assert Credit.objects.get().amount == Decimal("-1300.00")


def test_evidence_that_joins_while_the_dealer_is_heard_gives_it_its_time_again(of: Stage) -> None:
    case = to_be_judged(of, "800")
    later = OPENED + timedelta(days=2)
    add_reference(number=case.number, reference="LETTER-1", reason="a customer wrote", actor=of.investigator, at=later)
    case.refresh_from_db()
    assert (case.ready_at, case.due_at and case.due_at.isoformat()) == (None, "2026-11-25T16:00:00+00:00")
    assert Notice.objects.filter(recipient=of.owner, params__reason="case_evidence_joined").exists()
    judged(of, case, at=case.due_at or later)
    with pytest.raises(CaseStateRefused):
        add_reference(number=case.number, reference="LETTER-2", reason="late", actor=of.investigator, at=later)


def test_two_cases_about_the_same_are_joined(of: Stage) -> None:
    one, other = accused(of), accused(of, facts="circle:2026-11-H1", evidence=signal(2))
    given: dict[str, Any] = {"reason": "one ring", "actor": of.investigator, "at": OPENED}
    for _ in range(2):
        merge_cases(number=one.number, into=other.number, **given)
    one.refresh_from_db()
    assert (one.state, one.merged_into) == (CaseState.MERGED, other)
    assert set(other.evidence.values_list("reference", flat=True)) == {"signal:1", "signal:2"}
    assert AuditRecord.objects.filter(action="case.merge").count() == 1
    heard(of, other)
    third = accused(of, facts="more:2026-11-H1", evidence=signal(3))
    with pytest.raises(CannotMerge):
        merge_cases(number=third.number, into=other.number, **given)
    stranger = people(factories.Dealer(code="D2"))
    with pytest.raises(CannotMerge):
        merge_cases(number=third.number, into=accused(stranger).number, **given)


def test_whoever_opened_a_joined_case_does_not_decide_the_other(of: Stage) -> None:
    one = accused(of)
    Case.objects.filter(pk=one.pk).update(opened_by=of.judge)
    other = accused(of, facts="circle:2026-11-H1", evidence=signal(2))
    merge_cases(number=one.number, into=other.number, reason="one ring", actor=of.investigator, at=OPENED)
    heard(of, other)
    replied(of, other)
    with pytest.raises(OwnWork):
        judged(of, other, proven_loss=Decimal(1))


def test_similar_cases_lie_side_by_side_and_lenience_is_listed(of: Stage) -> None:
    decided(of, priced(of, "800", period="2026-10-H1"))
    mild = {"choice": Choice(penalty=Decimal(0)), "override_reason": "a trainee"}
    lenient = decided(of, priced(of, "790", period="2026-10-H2"), **mild)
    case = priced(of, "795")
    assert similar_cases(case, near=Decimal("109"))[0].case == lenient
    assert [each.override_reason for each in overrides(of.judge)] == ["a trainee"]
    assert not overrides(of.owner).exclude(case__dealer=of.dealer).exists()


def test_the_examination_asks_as_much_for_many_lines_as_for_one(of: Stage, django_assert_max_num_queries: Any) -> None:
    few = heard(of, priced(of, "800"))
    many = heard(of, priced(of, *[str(800 - number) for number in range(40)], period="2026-10-H2"))
    examination_of(few, at=REPLIED)
    with django_assert_max_num_queries(8):
        examination_of(many, at=REPLIED)


def test_the_warning_of_a_later_half_month_counts_what_was_applied(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    assert Violation.objects.exclude(confirmed_in="").count() == 1


def _copy_of(case: Case) -> Any:
    piece = case.evidence.get()
    return Evidence(EvidenceKind.VIOLATION, "violation:999@1", piece.summary, piece.snapshot)
