"""Which statements stand out, and why: a pure rule over what each dealer earned now and in its like halves before.

Amounts are compared per day, because a second half has 13 to 16 days and would else stand out by its length alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something stands out. Amounts in yuan; ``deviations`` in standard deviations."""

    deviations: Decimal = Decimal(3)
    ratio: Decimal = Decimal(2)
    least_change: Decimal = Decimal(1000)
    least_adjustment: Decimal = Decimal(10_000)
    least_history: int = 3


@dataclass(frozen=True, slots=True)
class EarningFacts:
    """What one dealer's statement says, and its like halves before: how many, their mean and spread per day.

    ``owes_since`` names the half-month whose statement began what the dealer owes, empty when it owed nothing before.
    """

    total: Decimal
    closing: Decimal
    payable: Decimal
    adjustments: Decimal
    capped: bool
    paid_before: bool
    days: int
    halves: int = 0
    mean: Decimal | None = None
    deviation: Decimal | None = None
    owes_since: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look, with the numbers of its sentence as text."""

    code: str
    numbers: dict[str, str]


def outlier_findings(facts: EarningFacts, limits: Limits) -> list[Finding]:
    """Every reason to look at the statement, the most telling first; empty when it is like the others."""
    found = [*_against_itself(facts, limits)]
    if facts.payable > 0 and not facts.paid_before:
        found.append(Finding("first_payment", {"payable": _text(facts.payable)}))
    if facts.closing < 0:
        closing = {"closing": _text(facts.closing)}
        since = {"since": facts.owes_since}
        found.append(Finding("owes", {**closing, **since}) if facts.owes_since else Finding("negative", closing))
    if facts.capped:
        found.append(Finding("capped", {}))
    if abs(facts.adjustments) >= limits.least_adjustment:
        found.append(Finding("adjusted", {"adjustments": _text(facts.adjustments)}))
    return found


def _against_itself(facts: EarningFacts, limits: Limits) -> list[Finding]:
    if facts.mean is None or not facts.halves:
        return []
    change = facts.total - facts.mean * facts.days
    if abs(change) < limits.least_change:
        return []
    now = facts.total / facts.days
    shown = {"now": _text(now), "mean": _text(facts.mean), "change": _text(change), "halves": str(facts.halves)}
    if facts.halves >= limits.least_history and facts.deviation:
        score = (now - facts.mean) / facts.deviation
        if abs(score) >= limits.deviations:
            return [Finding("deviates", {**shown, "score": str(score.quantize(_TENTH, ROUND_HALF_UP))})]
        return []
    if facts.mean == 0:
        return [Finding("from_nothing", shown)]
    ratio = now / facts.mean
    if ratio >= limits.ratio or ratio <= 1 / limits.ratio:
        return [Finding("ratio", {**shown, "ratio": str(ratio.quantize(_TENTH, ROUND_HALF_UP))})]
    return []


def _text(amount: Decimal) -> str:
    return str(amount.quantize(_CENT, ROUND_HALF_UP))
