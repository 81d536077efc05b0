"""Where a dealer stands between the tiers: its score as the next quarterly review will see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, DealerTier
from dealers.rules.tier_score import NextTier, TierScore, next_tier
from dealers.selectors.policies import policy_in_force
from dealers.terms import dealers_terms
from rebates.selectors.tier_facts import four_quarters, tier_facts


@dataclass(frozen=True, slots=True)
class TierStanding:
    """The tier in force, and the score that the days from ``first`` up to ``end`` (exclusive) earn.

    ``tier`` is None for a dealer without one; ``score`` is None while no policy is in force. ``following`` is a tier
    decided already that takes its place, with its first day.
    """

    tier: str | None
    since: date | None
    until: date | None
    first: date
    end: date
    score: TierScore | None
    above: NextTier | None
    following: tuple[str, date] | None = None


def tier_standing(dealer: Dealer, *, at: datetime) -> TierStanding:
    """The tier of ``dealer`` at ``at`` and its distance to the next; a fixed number of queries.

    The present quarter and the three before it count, and of their scorecards those that are published.
    """
    today = clock.business_day(at)
    first, end = four_quarters(Quarter.containing(today))
    rows = list(DealerTier.objects.filter(dealer=dealer, valid__overlap=(today, None)).order_by("valid"))
    row = next((row for row in rows if today in row.valid), None)
    later = [(row.tier, row.valid.lower) for row in rows if row.valid.lower is not None and row.valid.lower > today]
    tier, since, until = (None, None, None) if row is None else (row.tier, row.valid.lower, row.valid.upper)
    following = next(iter(later), None)
    policy = policy_in_force(today)
    if policy is None:
        return TierStanding(tier, since, until, first, end, None, None, following)
    terms = dealers_terms(policy).tiers
    facts = tier_facts(first=first, end=end, at=at, dealer_ids=[dealer.pk]).get(dealer.pk)
    if facts is None:
        return TierStanding(tier, since, until, first, end, None, None, following)
    score = facts.score(terms)
    above = next_tier(score, tier or score.tier, terms.thresholds.points)
    return TierStanding(tier, since, until, first, end, score, above, following)
