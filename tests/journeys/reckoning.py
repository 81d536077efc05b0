"""A second reckoning, in plain Python from raw lines: it knows the rulebook and nothing of the product's code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EARNING = {"in_band", "promo", "no_band", "return"}
BREACHES = {"below_floor", "above_ceiling"}
EXCLUDING = {"out_of_territory", "b2b_without_addendum"}

Brackets = Sequence[tuple[str, str]]
T1: Brackets = (("0", "0.02"), ("1000000", "0.03"), ("3000000", "0.04"))
T2: Brackets = (("0", "0.015"), ("800000", "0.025"))
T3: Brackets = (("0", "0.01"), ("500000", "0.02"))


@dataclass(frozen=True)
class Told:
    """A line as its dealer told it, and what the rulebook says about it."""

    quantity: int
    unit_price: Decimal
    verdict: str
    flags: frozenset[str] = frozenset()

    @property
    def earns(self) -> bool:
        forgiven = self.verdict in BREACHES and "not_enforced" in self.flags
        return (self.verdict in EARNING or forgiven) and not self.flags & EXCLUDING

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


def base_of(lines: Iterable[Told]) -> Decimal:
    return sum((line.amount for line in lines if line.earns), Decimal(0))


def incremental(base: Decimal, brackets: Brackets, cap: str | None = None) -> Decimal:
    """Each slice at its own rate, the cap, then one rounding."""
    earned = Decimal(0)
    edges = [Decimal(start) for start, _rate in brackets]
    for number, (start, rate) in enumerate(brackets):
        end = edges[number + 1] if number + 1 < len(edges) else max(base, Decimal(start))
        earned += max(Decimal(0), min(base, end) - Decimal(start)) * Decimal(rate)
    return rounded(earned if cap is None else min(earned, Decimal(cap)))


def retroactive(base: Decimal, brackets: Brackets) -> Decimal:
    """All of it at the rate it has reached."""
    rate = Decimal(next((rate for start, rate in reversed(brackets) if base >= Decimal(start)), "0"))
    return rounded(max(base, Decimal(0)) * rate)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
