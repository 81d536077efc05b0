"""Which dealers a draft policy would have put into another tier at the quarterly reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dealers.foundation.periods import Quarter
from dealers.models import DealerTier, PolicyVersion
from dealers.selectors.policies import policy_in_force
from dealers.terms import TierTerms, dealers_terms
from rebates.selectors.tier_facts import four_quarters, tier_facts
from rebates.terms import ScorecardTerms, rebates_terms


@dataclass(frozen=True, slots=True)
class Moved:
    """A dealer, the review, the days from ``since`` up to ``until`` it decides here, the tier the dealer had, the one
    the draft gives, and the draft's points.
    """

    dealer_id: int
    review: date
    since: date
    until: date
    tier: str
    would_be: str
    points: Decimal


def tier_moves(draft: PolicyVersion, *, first: date, end: date, at: datetime) -> list[Moved]:
    """The moves at the reviews that decide tiers from ``first`` up to ``end``, on facts known at ``at``.

    A dealer moves where the draft's score reaches another tier than the score by the policy in force; where both
    agree the dealer keeps the tier it had, which people may have set. By review; a fixed number of queries for each.
    """
    drafted = _Terms.of(draft)
    found: list[Moved] = []
    quarter = Quarter.containing(first)
    while quarter.start < end:
        decides = (max(quarter.start, first), min(quarter.end, end))
        policy = policy_in_force(decides[0])
        if policy is not None and (standing := _Terms.of(policy)) != drafted:
            found += _moves_at(quarter, decides, (standing, drafted), at)
        quarter = quarter.next()
    return found


@dataclass(frozen=True, slots=True)
class _Terms:
    """What decides tiers in a policy: the tier score, and the scorecard that is part of it."""

    tiers: TierTerms
    cards: ScorecardTerms

    @classmethod
    def of(cls, policy: PolicyVersion) -> _Terms:
        return cls(dealers_terms(policy).tiers, rebates_terms(policy).scorecard)


def _moves_at(quarter: Quarter, decides: tuple[date, date], by: tuple[_Terms, _Terms], at: datetime) -> Iterator[Moved]:
    standing, drafted = by
    first, end = four_quarters(quarter.previous())
    facts = tier_facts(first=first, end=end, at=at)
    rescored = (
        facts if standing.cards == drafted.cards else tier_facts(first=first, end=end, at=at, scorecard=drafted.cards)
    )
    tiers = dict(DealerTier.objects.filter(valid__contains=decides[0]).values_list("dealer_id", "tier"))
    for dealer_id, measured in facts.items():
        tier = tiers.get(dealer_id)
        if tier is None:
            continue
        now, then = measured.score(standing.tiers), rescored[dealer_id].score(drafted.tiers)
        if now.tier != then.tier and then.tier != tier:
            yield Moved(dealer_id, quarter.start, *decides, tier, then.tier, then.points)
