"""Signals that become a case: copied as they were seen, one case for a dealer and a year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.models import SupplyHold
from pricing.errors import UnexplainedDecision
from settlement.choices import CaseKind, CasePriority, EvidenceKind
from settlement.errors import NoSignalChosen, SignalNotFound, SignalsOfSeveralDealers
from settlement.models import Case, CaseEvidence, SignalFinding
from settlement.services.signals.handing_over import open_case_with_signals
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.signal_stage import investigator, look, sold, the_finding, trader

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER - DAY):
        market()
        yield


def hand_over(*findings: SignalFinding, **changes: Any) -> Case:
    asked = {"reason": "look into it", "actor": investigator(), "at": AFTER + DAY} | changes
    return open_case_with_signals(findings=[one.pk for one in findings], **asked)


def test_signals_of_a_dealer_become_one_case_with_what_was_seen() -> None:
    one, two = factories.Dealer(code="D1"), factories.Dealer(code="D2")
    sold(one, two.uscc, "12000")
    sold(two, one.uscc, "12000")
    look()
    case = hand_over(the_finding(one), the_finding(one, "circles"))
    assert (case.kind, case.facts, case.priority, case.period) == (
        CaseKind.FRAUD,
        "fake_sales:2026",
        CasePriority.HIGH,
        "2026-11-H2",
    )
    pieces = list(case.evidence.order_by("id"))
    assert [piece.kind for piece in pieces] == [EvidenceKind.SIGNAL] * 2
    assert all(piece.digest == sha256_hex(canonical_json(piece.snapshot)) for piece in pieces)
    assert pieces[0].snapshot["evidence"][0]["doc_no"] == "S1"
    assert set(pieces[0].told["text"]) == {"en", "zh-hans"} and "D2" not in str(pieces[0].told)
    assert [line["line_no"] for line in pieces[0].snapshot["exact_lines"]] == [1, 2, 3]
    assert the_finding(one).case == the_finding(one, "circles").case == case
    assert not SupplyHold.objects.exists()


def test_the_same_signals_again_change_nothing_and_new_figures_join() -> None:
    dealer = trader()
    look()
    case = hand_over(the_finding(dealer))
    assert hand_over(the_finding(dealer)) == case
    assert CaseEvidence.objects.count() == 1
    sold(dealer, factories.Dealer(code="D9").uscc, "9000", doc_no="S2")
    look(AFTER + DAY)
    assert hand_over(the_finding(dealer)) == case
    assert CaseEvidence.objects.count() == 2


def test_a_case_is_about_one_dealer() -> None:
    one, two = trader("D1"), trader("D2")
    look()
    with pytest.raises(SignalsOfSeveralDealers):
        hand_over(the_finding(one), the_finding(two))
    with pytest.raises(NoSignalChosen):
        hand_over()
    with pytest.raises(UnexplainedDecision):
        hand_over(the_finding(one), reason=" ")
    with pytest.raises(NotPermitted):
        hand_over(the_finding(one), actor=factories.User(role=Role.CHANNEL_MANAGER))
    with pytest.raises(SignalNotFound):
        open_case_with_signals(findings=[0], reason="x", actor=investigator(), at=AFTER)
    assert not Case.objects.exists()
