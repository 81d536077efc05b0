"""docs/cases.md: what its tables say is what cases lead to, and what statements settle."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from dealers.models import SupplyHold
from rebates.rules.proof_shape import faults_of_generic
from settlement.choices import AppealOutcome
from settlement.models import Case, SettlementRun, StatementLine
from settlement.resources import explanation
from settlement.rules.case_consequences import proportion
from settlement.selectors.ledger import payable_to
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import first_difference
from settlement.services.case_path.appealing import appeal, decide_appeal
from tests import factories
from tests.breaches import AFTER, market
from tests.guides import number, table
from tests.settlement.casework import APPLIED, Stage, accused, applied, contracted, people, priced
from tests.settlement.world import close, dealer, half, lines, sell

pytestmark = pytest.mark.django_db
GUIDE = "cases.md"


def follows(case: Case) -> tuple[str, Decimal, str]:
    """What stands of a case's consequences now."""
    rows = list(case.consequences.filter(reverses__isnull=True, reversal__isnull=True))
    penalty = -sum((row.amount for row in rows if row.amount is not None), Decimal(0))
    kinds = {str(row.kind) for row in rows}
    return "penalty" if "penalty" in kinds else "warning", penalty, "yes" if "hold" in kinds else "no"


@pytest.fixture
def shop() -> Any:
    with time_machine.travel(AFTER):
        market()
        yield people(factories.Dealer(code="D1"))


def test_the_ladder(shop: Stage) -> None:
    rows = table(GUIDE, "The ladder of price violations")
    cases = {}
    for row in rows:
        short = number(row["shortfall"])
        price, quantity = (Decimal("800"), 1) if short == 100 else (Decimal("0.10"), 2)
        assert (900 - price) * quantity == short
        case = applied(shop, priced(shop, str(price), period=row["half-month"], quantity=quantity))
        cases[row["half-month"]] = case
        assert follows(case) == (row["follows"], number(row["penalty"]), row["hold"])
    first = cases[rows[0]["half-month"]]
    appeal(number=first.number, grounds="approved", actor=shop.owner, at=APPLIED)
    decide_appeal(number=first.number, outcome=AppealOutcome.OVERTURNED, reasons="so", actor=shop.third, at=APPLIED)
    for row in table(GUIDE, "When the first of them is overturned"):
        assert follows(cases[row["half-month"]]) == (row["follows"], number(row["penalty"]), row["hold"])
    assert not SupplyHold.objects.filter(lifted_at__isnull=True).exists()


def test_the_proportion_of_fraud() -> None:
    rows = table(GUIDE, "Fraud")
    for row in rows:
        found = proportion(
            penalty=number(row["contract amount"]),
            forfeited=number(row["forfeited so far"]),
            proven_loss=number(row["proven loss"]),
            factor=Decimal("1.30"),
        )
        assert (found.limit, found.total) == (number(row["limit"]), number(row["together"]))
        assert ("yes" if found.out else "no") == row["out of proportion"]
    assert len(rows) == 2


def test_overturned_after_it_was_settled_comes_back_to_the_cent() -> None:
    """The ledger and a replay of every half-month agree, and each line proves itself."""
    factories.PolicyVersion()
    of = people(dealer("D1"))
    contracted(of.dealer, "50000")
    case: Case | None = None
    rows = table(GUIDE, "Overturned after payment")
    for row in rows:
        period = row["half-month"]
        begun: datetime = half(period).starts_at + timedelta(days=3, hours=9)
        if number(row["compliant sales"]):
            sell(of.dealer, period, number(row["compliant sales"]))
        if row["decided"] == "confirmed":
            case = applied(of, accused(of, at=begun, period=period), at=begun, proven_loss=Decimal("60000"))
        if row["decided"] == "overturned":
            assert case is not None
            appeal(number=case.number, grounds="the goods were sold", actor=of.owner, at=begun)
            decide_appeal(
                number=case.number, outcome=AppealOutcome.OVERTURNED, reasons="they were", actor=of.third, at=begun
            )
        close(period)
        settled = {line.kind: line.amount for line in lines(period, of.dealer)}
        for kind in ("rebate", "forfeiture", "clawback", "penalty"):
            assert settled.get(kind, 0) == number(row[kind]), (period, kind)
        assert payable_to(of.dealer.pk) == number(row["owed to the dealer"])
    assert len(rows) == 3
    penalties = StatementLine.objects.filter(kind="penalty")
    assert [faults_of_generic(line.proof) for line in penalties] == [[], []]
    assert case is not None and all(case.number in str(line.proof) for line in penalties)
    assert all(explanation(line) for line in penalties.select_related("dealer"))
    runs = SettlementRun.objects.select_related("policy")
    assert [*ledger_faults(), *filter(None, map(first_difference, runs))] == []
