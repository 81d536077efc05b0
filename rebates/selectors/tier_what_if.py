"""Who would move if the tier score were weighed otherwise; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from dealers.choices import DealerState
from dealers.foundation.clock import business_day
from dealers.foundation.periods import Quarter
from dealers.models import DealerTier
from dealers.rules.tier_score import TierScore
from dealers.terms import TierTerms
from rebates.rules.tier_review import move_of
from rebates.selectors.tier_facts import four_quarters, tier_facts


@dataclass(frozen=True, slots=True)
class Weighed:
    """A dealer in its tier, scored by the policy in force and by the terms tried."""

    dealer_id: int
    tier: str
    now: TierScore
    then: TierScore

    @property
    def differs(self) -> bool:
        """Whether the terms tried give another tier than the policy's."""
        return self.now.tier != self.then.tier


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The days measured, every dealer in sight, and how many each way of weighing puts into each tier."""

    first: date
    end: date
    rows: list[Weighed]
    tiers: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)
    moves_now: Counter[str] = field(default_factory=Counter)
    moves_then: Counter[str] = field(default_factory=Counter)


def what_if(
    standing: TierTerms, tried: TierTerms, *, at: datetime, dealer_ids: Collection[int] | None = None
) -> WhatIf:
    """Score the last four complete quarters twice. Five queries, however many dealers there are."""
    first, end = four_quarters(Quarter.containing(at).previous())
    in_force = DealerTier.objects.filter(valid__contains=business_day(at), dealer__state=DealerState.ACTIVE)
    if dealer_ids is not None:
        in_force = in_force.filter(dealer_id__in=dealer_ids)
    tiers = dict(in_force.values_list("dealer_id", "tier"))
    found = WhatIf(first, end, [])
    for dealer_id, facts in tier_facts(first=first, end=end, at=at, dealer_ids=dealer_ids).items():
        if dealer_id not in tiers:
            continue
        row = Weighed(dealer_id, tiers[dealer_id], facts.score(standing), facts.score(tried))
        found.rows.append(row)
        found.tiers[row.tier] += 1
        found.now[row.now.tier] += 1
        found.then[row.then.tier] += 1
        found.moves_now[move_of(row.tier, row.now.tier)] += 1
        found.moves_then[move_of(row.tier, row.then.tier)] += 1
    found.rows.sort(key=_by_change)
    return found


def _by_change(row: Weighed) -> tuple[bool, Decimal, int]:
    return (not row.differs, -abs(row.then.points - row.now.points), row.dealer_id)
