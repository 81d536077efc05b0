"""Which dealers stand out by their sales: a pure rule over a half-month and the same dealer's halves before.

Sales are compared per day, because a second half has 13 to 16 days. Both departures are measured in standard
deviations, so that they can be put in one order: sales by the spread of the dealer's own halves, lines in breach by
what chance would make of the dealer's own share of the past.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")
#: Halves that are all alike would make any change infinitely odd; a fifth of the mean always counts as usual.
_LEAST_SPREAD = Decimal("0.2")
#: A dealer never in breach before is measured as if one line in a hundred had been.
_LEAST_SHARE = Decimal("0.01")


class DepartureKind(StrEnum):
    """What is other than usual."""

    SALES = "sales"
    BREACHES = "breaches"


@dataclass(frozen=True, slots=True)
class DepartureLimits:
    """From where on a dealer stands out: standard deviations, yuan a half-month, halves and lines to go by."""

    deviations: Decimal = Decimal(3)
    least_change: Decimal = Decimal(1000)
    least_history: int = 3
    least_lines: int = 20


@dataclass(frozen=True, slots=True)
class SalesFacts:
    """One dealer's half-month of ``days`` days, and its halves before: their number, mean and spread per day.

    ``mean`` and ``deviation`` are yuan a day; lines in breach are those held against the dealer.
    """

    days: int
    amount: Decimal
    lines: int
    breach_lines: int
    halves: int
    mean: Decimal
    deviation: Decimal | None
    past_lines: int
    past_breach_lines: int


@dataclass(frozen=True, slots=True)
class Departure:
    """One reason to look: how far, in standard deviations (below zero: less than usual), and the numbers behind it.

    ``now`` and ``usual`` are yuan a day for sales and shares of lines for breaches.
    """

    kind: DepartureKind
    score: Decimal
    now: Decimal
    usual: Decimal


def departures(facts: SalesFacts, limits: DepartureLimits) -> list[Departure]:
    """What is other than usual with a dealer; empty for one with too short a past to tell."""
    if facts.halves < limits.least_history:
        return []
    return [found for found in (_sales(facts, limits), _breaches(facts, limits)) if found is not None]


def _sales(facts: SalesFacts, limits: DepartureLimits) -> Departure | None:
    now = facts.amount / facts.days
    change = now - facts.mean
    spread = max(facts.deviation or Decimal(0), abs(facts.mean) * _LEAST_SPREAD)
    if abs(change) * facts.days < limits.least_change or not spread:
        return None
    score = change / spread
    return _departure(DepartureKind.SALES, score, now, facts.mean, limits, _CENT) if score else None


def _breaches(facts: SalesFacts, limits: DepartureLimits) -> Departure | None:
    if facts.lines < limits.least_lines or facts.past_lines < limits.least_lines:
        return None
    share, usual = Decimal(facts.breach_lines) / facts.lines, Decimal(facts.past_breach_lines) / facts.past_lines
    if share <= usual:
        return None
    expected = max(usual, _LEAST_SHARE)
    chance = (expected * (1 - expected) / facts.lines).sqrt()
    if not chance:
        return None
    return _departure(DepartureKind.BREACHES, (share - expected) / chance, share, usual, limits, Decimal("0.0001"))


def _departure(
    kind: DepartureKind, score: Decimal, now: Decimal, usual: Decimal, limits: DepartureLimits, step: Decimal
) -> Departure | None:
    if abs(score) < limits.deviations:
        return None
    numbers = (now.quantize(step, ROUND_HALF_UP), usual.quantize(step, ROUND_HALF_UP))
    return Departure(kind, score.quantize(_TENTH, ROUND_HALF_UP), *numbers)
