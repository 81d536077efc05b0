"""What a dealer may spend in a quarter: decided on the quarter's first day, and never given out twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dealers.foundation.money import ZERO
from dealers.foundation.periods import Quarter
from rebates.rules.support_life import Pot


@dataclass(frozen=True, slots=True)
class TierRange:
    """A dealer's tier from ``first`` up to ``end`` (exclusive, None: open)."""

    first: date
    end: date | None
    tier: str


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """A policy version's quotas by tier, in force from ``first`` up to ``end``."""

    policy: int
    first: date
    end: date | None
    quotas: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Entitled:
    """The quota of a dealer in a quarter, and what decided it. ``on`` is the day that was looked at."""

    on: date
    tier: str
    policy: int
    amount: Decimal


def entitled_in(quarter: Quarter, tiers: Iterable[TierRange], terms: Iterable[QuotaTerms]) -> Entitled | None:
    """The quota by the tier and the policy of the quarter's first day.

    A tier that changes inside the quarter, or a policy that takes effect inside it, counts from the next quarter on.
    A dealer that gets its first tier inside the quarter, and a company whose first policy begins inside it, have the
    whole quota from the first day on which both are there. None when that day does not come in this quarter.
    """
    held, said = list(tiers), list(terms)
    starts = {quarter.start, *(one.first for one in held), *(one.first for one in said)}
    for day in sorted(start for start in starts if quarter.start <= start < quarter.end):
        tier = next((one.tier for one in held if _covers(one, day)), None)
        policy = next((one for one in said if _covers(one, day)), None)
        if tier is not None and policy is not None:
            return Entitled(day, tier, policy.policy, policy.quotas[tier])
    return None


def granted(entitled: Decimal, used: Decimal) -> Decimal:
    """The quota that counts: what is entitled, but never less than what was already given out.

    A dealer that asks ahead for the next quarter is measured by what is known then. Should the quarter's first day
    bring a lower tier, what was promised stays promised and nothing more is given out.
    """
    return max(entitled, used)


@dataclass(frozen=True, slots=True)
class Pots:
    """How much of a quota lies where, in yuan."""

    granted: Decimal = ZERO
    planned: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        return self.planned + self.reserved + self.committed + self.spent

    @property
    def free(self) -> Decimal:
        return self.granted - self.used


def moved(pots: Pots, out_of: Pot | None, held: Decimal, into: Pot | None, amount: Decimal) -> dict[Pot, Decimal]:
    """By how much each pot changes when ``held`` leaves one pot and ``amount`` of it enters another.

    What does not enter is released. Raises ValueError when more would enter than the quota has room for.
    """
    changes = dict.fromkeys(Pot, ZERO)
    if out_of is not None:
        changes[out_of] -= held
    if into is not None:
        changes[into] += amount
    if sum(changes.values()) > pots.free:
        raise ValueError(f"{sum(changes.values())} more than the {pots.free} that is free")
    return changes


def _covers(one: TierRange | QuotaTerms, day: date) -> bool:
    return one.first <= day and (one.end is None or day < one.end)
