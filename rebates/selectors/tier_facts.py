"""What the tier score is made of: one place for the live distance, the quarterly review, what-if and backtests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Quarter
from dealers.models import Dealer
from dealers.rules.tier_score import TierScore, measures, tier_score
from dealers.selectors.purchases import MICROS, TallyQuestion, purchases_by_half_month
from dealers.terms import TierTerms
from pricing.selectors.active_cities import active_cities_by_dealer
from rebates.selectors.kpi_scores import kpi_scores
from rebates.terms import ScorecardTerms

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class TierFacts:
    """The measures of one dealer over four quarters; ``kpi`` is None while none of its scorecards stands."""

    annual_revenue: Decimal
    purchases: Decimal
    cities: int
    kpi: Decimal | None

    def score(self, terms: TierTerms) -> TierScore:
        """The points by these terms."""
        found = measures(self.annual_revenue, self.purchases, self.cities, terms, kpi=self.kpi)
        return tier_score(found, terms.thresholds.points)


def four_quarters(last: Quarter) -> tuple[date, date]:
    """``last`` and the three quarters before it, as a half-open range of days."""
    first = last
    for _ in range(QUARTERS - 1):
        first = first.previous()
    return first.start, last.end


def tier_facts(
    *,
    first: date,
    end: date,
    at: datetime,
    dealer_ids: Collection[int] | None = None,
    scorecard: ScorecardTerms | None = None,
) -> dict[int, TierFacts]:
    """The measures from ``first`` up to ``end`` as known at ``at`` of every dealer; four queries.

    ``scorecard`` scores the cards by other weights and targets, as a draft would have.
    """
    dealers = Dealer.objects.all()
    if dealer_ids is not None:
        dealers = dealers.filter(pk__in=dealer_ids)
    last = HalfMonth.containing(end).ordinal - 1
    question = TallyQuestion(HalfMonth.containing(first).ordinal, last, at, dealers=dealer_ids)
    bought: dict[int, int] = {}
    for row in purchases_by_half_month(question):
        bought[row.dealer_id] = bought.get(row.dealer_id, 0) + row.amount
    cities = active_cities_by_dealer(first=first, end=end, dealer_ids=dealer_ids)
    kpi = kpi_scores(first=first, end=end, dealer_ids=dealer_ids, terms=scorecard)
    return {
        dealer_id: TierFacts(
            revenue, Decimal(bought.get(dealer_id, 0)) / MICROS, cities.get(dealer_id, 0), kpi.get(dealer_id)
        )
        for dealer_id, revenue in dealers.order_by("pk").values_list("pk", "annual_revenue")
    }
