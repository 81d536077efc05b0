"""A statement as a dealer gets it, without settling anything."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from settlement.choices import LineKind, StatementState
from settlement.models import SettlementRun, Statement, StatementLine

PERIOD = "2026-10-H2"
#: Two per cent of 5,000, nothing settled before.
PROOF = {
    "rule": "rebate",
    "program": {"code": "T2-ALL", "base": "compliant_sales", "cap": None},
    "window": "quarter",
    "up_to": PERIOD,
    "base": "5000.000000",
    "formula": [{"from": "0", "to": None, "rate": "0.02", "amount": "5000", "earned": "100"}],
    "earned": "100.00",
    "capped": False,
    "rounding": "half_up_cent",
    "entitlement": "100.00",
    "settled_total": "0.00",
    "due": "100.00",
}


def issued_statement(
    dealer: Dealer, period: str = PERIOD, *, state: StatementState = StatementState.ISSUED, lines: int = 1
) -> Statement:
    """One statement with ``lines`` rebate lines of 100.00 each."""
    run, _new = SettlementRun.objects.get_or_create(
        period=period,
        defaults={"ordinal": HalfMonth.parse(period).ordinal, "draft": 1, "opened_at": clock.now()},
    )
    total = Decimal(100) * lines
    statement = Statement.objects.create(
        run=run,
        draft=run.draft,
        dealer=dealer,
        tier="T2",
        purchases=Decimal("5000"),
        sales=Decimal("7000"),
        opening=Decimal(0),
        total=total,
        closing=total,
        payable=total,
        digest="0" * 64,
        state=state,
        delivered_at=clock.now(),
        confirm_due_at=clock.now() + timedelta(days=7),
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            dealer=dealer,
            line_no=number,
            kind=LineKind.REBATE,
            program="T2-ALL",
            for_period=period,
            base=Decimal("5000"),
            rate=Decimal("0.02"),
            amount=Decimal("100"),
            proof=PROOF,
        )
        for number in range(1, lines + 1)
    )
    return statement
