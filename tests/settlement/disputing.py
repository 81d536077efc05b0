"""A dealer with an issued statement, the people around it, and the steps of a dispute in short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dealers.choices import Role
from dealers.models import Dealer, User
from settlement.choices import DisputeOutcome
from settlement.models import Dispute, Statement
from settlement.services.disputes.deciding import decide_dispute, prepare_decision
from settlement.services.disputes.opening import ContestedLine, open_dispute
from tests import factories
from tests.settlement.world import after, close, dealer, sell, statement

PERIOD = "2026-11-H1"
#: Delivered on Tuesday the 17th: the dealer's five working days end with the 24th.
DELIVERED = after(PERIOD)
NEXT_DAY = DELIVERED + timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    dealer: Dealer
    owner: User
    clerk: User
    approver: User

    @property
    def statement(self) -> Statement:
        return statement(PERIOD, self.dealer)


def stage() -> Stage:
    """One dealer that sold and was settled, its owner, and two people of finance."""
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, PERIOD, "1000")
    close(PERIOD, at=DELIVERED)
    return Stage(
        dealer=shop,
        owner=factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en"),
        clerk=factories.User(role=Role.FINANCE_CLERK, language="en"),
        approver=factories.User(role=Role.FINANCE_APPROVER, language="en"),
    )


def opened(of: Stage, *numbers: int, at: datetime = NEXT_DAY, **given: Any) -> Dispute:
    given = {"reason": "货已退回", "actor": of.owner, **given}
    lines = [ContestedLine(number, Decimal("99.00"), "少算") for number in numbers or (1,)]
    return open_dispute(statement=of.statement, lines=lines, at=at, **given)


def prepared(of: Stage, dispute: Dispute, outcome: DisputeOutcome, **given: Any) -> Dispute:
    given = {"at": NEXT_DAY, "reason": "核对了退货单", "actor": of.clerk, **given}
    return prepare_decision(number=dispute.number, outcome=outcome, **given)


def decided(of: Stage, dispute: Dispute, outcome: DisputeOutcome, at: datetime = NEXT_DAY, **given: Any) -> Dispute:
    prepared(of, dispute, outcome, at=at, **given)
    return decide_dispute(number=dispute.number, actor=of.approver, at=at)
