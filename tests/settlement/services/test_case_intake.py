"""Violations on their way into cases: copied as they were seen, joined rather than doubled, and never punished."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import InternalError, transaction

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.errors import NotPermitted
from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.foundation.half_months import HalfMonth
from dealers.models import Notice, SupplyHold, User
from dealers.services.audit import verify_audit
from pricing.choices import ViolationState
from pricing.errors import UnexplainedDecision, ViolationMoved
from pricing.models import Violation
from settlement.choices import CaseKind, CasePriority, CaseState
from settlement.models import Case, CaseEvidence, JournalTransaction
from settlement.services.case_intake import hand_over_violation
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
    return breach(factories.Dealer(code="D1"), "800", "850.005")


def hand_over(violation: Violation, actor: User, **changes: Any) -> Case:
    facts = {"violation_id": violation.pk, "version": violation.version, "reason": "look into it", "at": AFTER}
    return hand_over_violation(actor=actor, **(facts | changes))


def test_a_violation_becomes_a_case_with_a_copy_of_its_lines(violation: Violation, investigator: User) -> None:
    case = hand_over(violation, investigator)
    assert (case.kind, case.state, case.facts, case.priority) == (
        CaseKind.PRICE,
        CaseState.OPENED,
        "below_floor:2026-11-H1",
        CasePriority.NORMAL,
    )
    evidence = case.evidence.get()
    assert evidence.reference == f"violation:{violation.pk}@1"
    assert evidence.digest == sha256_hex(canonical_json(evidence.snapshot))
    # 100 + 49.995 = 149.995, to the cent 150.00
    assert (evidence.snapshot["exact_shortfall"], evidence.summary["shortfall"]) == ("149.995000", "150.00")
    assert [(line["doc_no"], line["line_no"], line["revision"]) for line in evidence.snapshot["exact_lines"]] == [
        ("S1", 2, 1),
        ("S1", 1, 1),
    ]
    assert evidence.snapshot["exact_lines"][1]["legal_basis"] is not None
    violation.refresh_from_db()
    assert (violation.state, violation.case_number) == (ViolationState.HANDED_OVER, case.number)
    assert verify_audit() is None


def test_nothing_follows_from_handing_over(violation: Violation, investigator: User) -> None:
    hand_over(violation, investigator)
    assert not SupplyHold.objects.exists()
    assert not JournalTransaction.objects.exists()
    assert not Notice.objects.exists()


def test_the_same_lines_are_handed_over_once(violation: Violation, investigator: User) -> None:
    assert hand_over(violation, investigator) == hand_over(violation, investigator)
    assert CaseEvidence.objects.count() == 1


def test_changed_lines_join_the_open_case_beside_what_was_seen_before(violation: Violation, investigator: User) -> None:
    case = hand_over(violation, investigator)
    now = breach(violation.dealer, "700", doc_no="S2")
    assert hand_over(now, investigator) == case
    assert list(case.evidence.values_list("reference", flat=True)) == [
        f"violation:{violation.pk}@1",
        f"violation:{violation.pk}@2",
    ]


def test_a_decided_case_is_not_opened_again(violation: Violation, investigator: User) -> None:
    case = hand_over(violation, investigator)
    Case.objects.update(state=CaseState.DECIDED, heard_at=AFTER, charge="sold below the floor")
    assert hand_over(breach(violation.dealer, "700", doc_no="S2"), investigator) != case


def test_a_report_that_came_in_since_is_gathered_and_asks_to_look_again(
    violation: Violation, investigator: User
) -> None:
    record = {
        "doc_no": "S9",
        "line_no": 1,
        "sold_at": PERIOD.starts_at.isoformat(),
        "sku": "A1",
        "quantity": 1,
        "unit_price": "600",
        "region": violation.dealer.home_region.code,
    }
    import_records(kind="sales", records=[record], actor=None, door=Door.API, dealer=violation.dealer)
    with pytest.raises(ViolationMoved):
        hand_over(violation, investigator)
    violation.refresh_from_db()
    assert (violation.lines, violation.shortfall) == (3, Decimal("450.00"))


def test_the_third_confirmed_half_month_in_the_window_comes_first(investigator: User) -> None:
    market()
    dealer = factories.Dealer(code="D1")
    for back in (2, 1):
        earlier = breach(dealer, "800", period=HalfMonth.from_ordinal(PERIOD.ordinal - back), doc_no=f"E{back}")
        Violation.objects.filter(pk=earlier.pk).update(confirmed_in=f"CASE-{back}")
    violation = breach(dealer, "800")
    assert hand_over(violation, investigator).priority == CasePriority.HIGH


def test_a_sale_outside_the_territory_is_a_case_of_its_own_kind(investigator: User) -> None:
    market()
    dealer = factories.Dealer(code="D1")
    violation = breach(dealer, "1000", region=factories.City().code)
    case = hand_over(violation, investigator)
    assert (case.kind, case.facts) == (CaseKind.TERRITORY, "out_of_territory:2026-11-H1")


@pytest.mark.parametrize("role", [Role.RISK_JUDGE, Role.POLICY_MANAGER, Role.AUDITOR])
def test_others_do_not_hand_over(violation: Violation, role: Role) -> None:
    with pytest.raises(NotPermitted):
        hand_over(violation, factories.User(role=role))


def test_a_case_needs_a_reason(violation: Violation, investigator: User) -> None:
    with pytest.raises(UnexplainedDecision):
        hand_over(violation, investigator, reason=" ")
    assert not Case.objects.exists()


def test_evidence_is_never_changed_or_removed(violation: Violation, investigator: User) -> None:
    case = hand_over(violation, investigator)
    with pytest.raises(InternalError), transaction.atomic():
        case.evidence.update(reason="other")
    with pytest.raises(InternalError), transaction.atomic():
        case.evidence.all().delete()
    with pytest.raises(InternalError), transaction.atomic():
        Case.objects.all()._raw_delete("default")
