"""The proofs of penalties decided in cases, in the shape of every other proof."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pricing.terms import LadderStep
from rebates.rules.proof_shape import prove
from settlement.rules.case_fairness import Standing

#: With more lines than this the proof shows their sum and how many they are; the case shows each.
_LINES_SHOWN = 200


def ladder_penalty(
    *,
    case: str,
    lines: Sequence[Standing],
    step: LadderStep,
    standing: int,
    charged: Decimal,
    full: Decimal,
    policy: tuple[str, int],
    reason: str = "",
) -> dict[str, Any]:
    """max(shortfall, minimum) x multiple; with the judge's choice where that was less."""
    inputs: list[dict[str, Any]] = [{"of": "shortfall", "doc": each.key[1], "amount": each.amount} for each in lines]
    if len(lines) > _LINES_SHOWN:
        total = sum((each.amount for each in lines), Decimal(0))
        inputs = [{"of": "shortfall", "lines": len(lines), "amount": total}]
    elif not inputs:
        inputs = [{"of": "shortfall", "amount": Decimal("0.00")}]
    return _penalty(
        "penalty",
        inputs,
        {"minimum": step.minimum or Decimal("0.00"), "multiple": step.multiple or Decimal(1)},
        [("basis", "max(shortfall, minimum)"), ("penalty", "basis * multiple")],
        charged=charged,
        full=full,
        policy=policy,
        row="pricing.violations.ladder",
        subject={"case": case, "step": str(standing), **({"reason": reason} if reason else {})},
    )


def contract_penalty(
    *,
    case: str,
    contract: str,
    amount: Decimal,
    rate: Decimal,
    charged: Decimal,
    full: Decimal,
    policy: tuple[str, int],
    reason: str = "",
) -> dict[str, Any]:
    """Contract amount x rate; with the judge's choice where that was less."""
    return _penalty(
        "contract_penalty",
        [{"of": "contract_amount", "doc": contract, "amount": amount}],
        {"penalty_rate": rate},
        [("penalty", "contract_amount * penalty_rate")],
        charged=charged,
        full=full,
        policy=policy,
        row="settlement.fraud.penalty_rate_of_contract",
        subject={"case": case, **({"reason": reason} if reason else {})},
    )


def _penalty(
    rule: str,
    inputs: list[dict[str, Any]],
    terms: dict[str, Decimal],
    steps: list[tuple[str, str]],
    *,
    charged: Decimal,
    full: Decimal,
    policy: tuple[str, int],
    row: str,
    subject: dict[str, str],
) -> dict[str, Any]:
    last = "penalty"
    if charged < full:
        inputs = [*inputs, {"of": "decided", "doc": subject["case"], "amount": charged}]
        steps = [*steps, ("lessened", "min(penalty, decided)")]
        last = "lessened"
    return prove(
        rule=rule,
        inputs=inputs,
        terms=terms,
        steps=[*steps, ("charged", f"0 - {last}")],
        policy=policy,
        row=row,
        subject=subject,
    )
