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
from rebates.models import TierProposal, TierReview
from rebates.rules.tier_review import move_of
from rebates.selectors.tier_facts import TierFacts, four_quarters, tier_facts


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
    """Score the last four complete quarters twice; a fixed number of queries, however many dealers there are.

    The measures are those the review of these quarters found; before there is one they are read from the facts.
    """
    last = Quarter.containing(at).previous()
    first, end = four_quarters(last)
    in_force = DealerTier.objects.filter(valid__contains=business_day(at), dealer__state=DealerState.ACTIVE)
    if dealer_ids is not None:
        in_force = in_force.filter(dealer_id__in=dealer_ids)
    tiers = dict(in_force.values_list("dealer_id", "tier"))
    found = WhatIf(first, end, [])
    measured = _reviewed(last, dealer_ids)
    if measured is None:
        measured = tier_facts(first=first, end=end, at=at, dealer_ids=dealer_ids)
    for dealer_id, facts in measured.items():
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


def _reviewed(quarter: Quarter, dealer_ids: Collection[int] | None) -> dict[int, TierFacts] | None:
    """The measures kept as evidence, so that trying does not read a year of sale lines; None before the review."""
    if not TierReview.objects.filter(quarter=str(quarter)).exists():
        return None
    proposals = TierProposal.objects.filter(review__quarter=str(quarter))
    if dealer_ids is not None:
        proposals = proposals.filter(dealer_id__in=dealer_ids)
    found = {}
    for dealer_id, evidence in proposals.values_list("dealer_id", "evidence").iterator():
        values = {part["name"]: Decimal(part["value"]) for part in evidence["parts"]}
        kpi, cities = values.get("kpi"), int(values["coverage"])
        found[dealer_id] = TierFacts(values["scale"], values["performance"], cities, kpi)
    return found


def _by_change(row: Weighed) -> tuple[bool, Decimal, int]:
    return (not row.differs, -abs(row.then.points - row.now.points), row.dealer_id)
