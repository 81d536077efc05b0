"""Which dealers a draft policy would have put into another tier at the quarterly reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import window_of
from dealers.models import Dealer, DealerTier, PolicyVersion
from dealers.rules.tier_score import TierScore, measures, tier_score
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import MICROS, TallyQuestion, purchases_by_half_month
from dealers.terms import TierTerms, dealers_terms
from pricing.selectors.active_cities import active_cities_by_dealer

_QUARTERS_LOOKED_BACK_ON = 4
_HALF_MONTHS_PER_QUARTER = 6


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
    drafted = dealers_terms(draft).tiers
    found: list[Moved] = []
    quarter = window_of("quarter", HalfMonth.containing(first))
    while quarter.first.start < end:
        decides = (max(quarter.first.start, first), min(quarter.last.end, end))
        policy = policy_in_force(decides[0])
        if policy is not None and (standing := dealers_terms(policy).tiers) != drafted:
            found += _moves_at(quarter.first.start, decides, standing, drafted, at)
        quarter = window_of("quarter", HalfMonth.from_ordinal(quarter.last.ordinal + 1))
    return found


def _moves_at(
    review: date, decides: tuple[date, date], standing: TierTerms, drafted: TierTerms, at: datetime
) -> Iterator[Moved]:
    last = HalfMonth.containing(review).ordinal - 1
    earliest = HalfMonth.from_ordinal(last - _QUARTERS_LOOKED_BACK_ON * _HALF_MONTHS_PER_QUARTER + 1)
    bought: dict[int, int] = {}
    for row in purchases_by_half_month(TallyQuestion(earliest.ordinal, last, at)):
        bought[row.dealer_id] = bought.get(row.dealer_id, 0) + row.amount
    cities = active_cities_by_dealer(first=earliest.start, end=review)
    tiers = dict(DealerTier.objects.filter(valid__contains=decides[0]).values_list("dealer_id", "tier"))
    for dealer_id, revenue in Dealer.objects.order_by("id").values_list("id", "annual_revenue").iterator():
        tier = tiers.get(dealer_id)
        if tier is None:
            continue
        facts = (revenue, Decimal(bought.get(dealer_id, 0)) / MICROS, cities.get(dealer_id, 0))
        now, then = _score(facts, standing), _score(facts, drafted)
        if now.tier != then.tier and then.tier != tier:
            yield Moved(dealer_id, review, *decides, tier, then.tier, then.points)


def _score(facts: tuple[Decimal, Decimal, int], terms: TierTerms) -> TierScore:
    return tier_score(measures(*facts, terms), terms.thresholds.points)
