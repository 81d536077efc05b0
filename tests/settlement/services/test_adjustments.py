"""Putting right what was settled: by a second person, once, and on the next statement."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from dealers.choices import Role
from dealers.errors import NotPermitted, OwnWork
from dealers.models import Notice, User
from rebates.models import Credit
from rebates.rules.proof_shape import faults_of_generic
from settlement.choices import AdjustmentState, LineKind
from settlement.errors import AdjustmentDecided, AdjustmentMovesNothing, LineNotSettled, ReasonMissing
from settlement.models import Adjustment, StatementLine
from settlement.selectors.adjustments import visible_adjustments
from settlement.services.adjustments import decide_adjustment, propose_adjustment
from settlement.services.disputes.acting import GivenFile
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.settlement.disputing import NEXT_DAY, PERIOD, Stage, stage
from tests.settlement.world import calculate, close, dealer, half, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Stage:
    return stage()


def proposed(of: Stage, **given: Any) -> Adjustment:
    whole: dict[str, Any] = {
        "dealer": of.dealer,
        "amount": Decimal("-20.00"),
        "reason": "返利重复计提",
        "for_period": half(PERIOD),
        "actor": of.clerk,
        "at": NEXT_DAY,
        **given,
    }
    return propose_adjustment(**whole)


def approved(of: Stage, adjustment: Adjustment, by: User | None = None) -> Adjustment:
    return decide_adjustment(number=adjustment.number, approve=True, remark="", actor=by or of.approver, at=NEXT_DAY)


def test_approved_it_stands_on_the_next_statement_and_the_settled_line_stays(of: Stage) -> None:
    line = StatementLine.objects.select_related("statement__run").get(statement=of.statement)
    adjustment = proposed(of, line=line, amount=-line.amount, files=[GivenFile("说明.pdf", PDF_BYTES)])
    assert Notice.objects.filter(recipient=of.approver, params__reason="adjustment_proposed").exists()
    assert not Credit.objects.exists()
    credit = approved(of, adjustment).credit
    assert credit is not None
    assert faults_of_generic(credit.proof) == []
    close("2026-11-H2")
    (settled,) = [one for one in lines("2026-11-H2", of.dealer) if one.kind == LineKind.ADJUSTMENT]
    assert (settled.amount, settled.for_period, settled.program) == (-line.amount, PERIOD, line.program)
    assert StatementLine.objects.get(pk=line.pk).amount == line.amount


def test_without_a_line_it_says_its_half_month(of: Stage) -> None:
    credit = approved(of, proposed(of, for_period=half("2026-10-H1"), amount=Decimal(35))).credit
    assert credit is not None
    assert (credit.for_period, faults_of_generic(credit.proof)) == (half("2026-10-H1").ordinal, [])


def test_sent_twice_it_is_proposed_once_and_decided_once(of: Stage) -> None:
    key = uuid.uuid4()
    assert proposed(of, key=key) == proposed(of, key=key)
    adjustment = Adjustment.objects.get()
    for _ in range(2):
        approved(of, adjustment)
    assert Credit.objects.count() == 1
    with pytest.raises(AdjustmentDecided):
        decide_adjustment(number=adjustment.number, approve=False, remark="不", actor=of.approver, at=NEXT_DAY)


def test_whoever_proposes_does_not_approve(of: Stage) -> None:
    adjustment = proposed(of, actor=of.approver)
    with pytest.raises(OwnWork):
        approved(of, adjustment)
    with pytest.raises(NotPermitted):
        approved(of, adjustment, of.clerk)
    with pytest.raises(NotPermitted):
        proposed(of, actor=factories.User(role=Role.AUDITOR))
    assert approved(of, adjustment, factories.User(role=Role.FINANCE_APPROVER)).state == AdjustmentState.APPROVED


def test_declining_says_why_and_moves_nothing(of: Stage) -> None:
    adjustment = proposed(of)
    with pytest.raises(ReasonMissing):
        decide_adjustment(number=adjustment.number, approve=False, remark=" ", actor=of.approver, at=NEXT_DAY)
    declined = decide_adjustment(
        number=adjustment.number, approve=False, remark="不属实", actor=of.approver, at=NEXT_DAY
    )
    assert (declined.state, declined.credit) == (AdjustmentState.DECLINED, None)


@pytest.mark.parametrize(
    ("given", "refusal"), [({"amount": Decimal(0)}, AdjustmentMovesNothing), ({"reason": " "}, ReasonMissing)]
)
def test_it_says_how_much_and_why(of: Stage, given: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        proposed(of, **given)


def test_a_draft_is_not_adjusted_nor_another_dealers_line(of: Stage) -> None:
    calculate("2026-11-H2")
    draft = lines("2026-11-H2", of.dealer)[0]
    with pytest.raises(LineNotSettled):
        proposed(of, line=draft)
    with pytest.raises(LineNotSettled):
        proposed(of, line=lines(PERIOD, of.dealer)[0], dealer=dealer("D7"))


def test_a_dealer_sees_an_adjustment_only_on_its_statement(of: Stage) -> None:
    proposed(of)
    assert not visible_adjustments(of.owner).exists()
    assert visible_adjustments(factories.User(role=Role.AUDITOR)).count() == 1
