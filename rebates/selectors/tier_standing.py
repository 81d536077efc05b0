"""Where a dealer stands between the tiers: its score as the next quarterly review will see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, DealerTier
from dealers.rules.tier_score import Measure, NextTier, TierScore, measures, next_tier, tier_score
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import MICROS, TallyQuestion, purchases_by_half_month
from dealers.terms import TierTerms, dealers_terms
from pricing.selectors.active_cities import active_cities


@dataclass(frozen=True, slots=True)
class TierStanding:
    """The tier in force, and the score that the days from ``first`` up to ``end`` (exclusive) earn.

    ``tier`` is None for a dealer without one; ``score`` is None while no policy is in force.
    """

    tier: str | None
    since: date | None
    until: date | None
    first: date
    end: date
    score: TierScore | None
    above: NextTier | None


def tier_standing(dealer: Dealer, *, at: datetime) -> TierStanding:
    """The tier of ``dealer`` at ``at`` and its distance to the next; a fixed number of queries."""
    today = clock.business_day(at)
    first, end = four_quarters(today)
    row = DealerTier.objects.filter(dealer=dealer, valid__contains=today).first()
    tier, since, until = (None, None, None) if row is None else (row.tier, row.valid.lower, row.valid.upper)
    policy = policy_in_force(today)
    if policy is None:
        return TierStanding(tier, since, until, first, end, None, None)
    terms = dealers_terms(policy).tiers
    thresholds = terms.thresholds.points
    score = tier_score(_measures(dealer, terms, first, end, at), thresholds)
    above = next_tier(score, tier or score.tier, thresholds)
    return TierStanding(tier, since, until, first, end, score, above)


def four_quarters(today: date) -> tuple[date, date]:
    """The quarter of ``today`` and the three before it, as a half-open range of days."""
    month = (today.month - 1) // 3 * 3 + 1
    quarters = today.year * 4 + (month - 1) // 3
    first, end = quarters - 3, quarters + 1
    return date(first // 4, first % 4 * 3 + 1, 1), date(end // 4, end % 4 * 3 + 1, 1)


def _measures(dealer: Dealer, terms: TierTerms, first: date, end: date, at: datetime) -> tuple[Measure, ...]:
    last = HalfMonth.containing(end).ordinal - 1
    question = TallyQuestion(HalfMonth.containing(first).ordinal, last, at, dealers=[dealer.pk])
    bought = Decimal(sum(row.amount for row in purchases_by_half_month(question))) / MICROS
    cities = active_cities(dealer_id=dealer.pk, first=first, end=end)
    return measures(dealer.annual_revenue, bought, cities, terms)
