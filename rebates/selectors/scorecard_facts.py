"""The facts of a quarter's scorecards, of one dealer or of all: a fixed number of statements for every thousand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dealers.choices import DealerState
from dealers.foundation.clock import business_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, DealerTier, PolicyVersion
from dealers.selectors.policies import policies_between
from dealers.selectors.punctuality import Punctual, punctuality
from dealers.selectors.purchases import MICROS, TallyQuestion
from pricing.selectors.price_compliance import PriceCompliance, price_compliance
from pricing.selectors.tally import sales_by_half_month
from rebates.rules.scorecard.attainment import SalesFacts
from rebates.rules.scorecard.facts import CardFacts
from rebates.rules.scorecard.growth import GrowthFacts
from rebates.rules.scorecard.price import PriceFacts
from rebates.rules.scorecard.running import Elapsed
from rebates.rules.scorecard.sync import SyncFacts
from rebates.selectors.sales_targets import sales_targets
from rebates.selectors.service_facts import NO_SERVICE, service_facts

_NO_LINES = PriceCompliance(0, 0)
_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class QuarterFacts:
    """The cards' facts of a quarter with the policy that judges them, and how much of the quarter is over."""

    quarter: Quarter
    policy: PolicyVersion
    elapsed: Elapsed
    cards: list[CardFacts]


def elapsed_of(quarter: Quarter, at: datetime) -> Elapsed:
    """How much of the quarter is over at ``at``, the present day included."""
    today, of = business_day(at), (quarter.end - quarter.start).days
    return Elapsed(min(max((today - quarter.start).days + 1, 0), of), of)


def quarter_policy(quarter: Quarter) -> PolicyVersion | None:
    """The first policy in force in the quarter; it judges the cards. None when there is none."""
    return next(iter(policies_between(quarter.start, quarter.end)), None)


def scorecard_facts(
    quarter: Quarter, *, at: datetime, dealer_ids: Collection[int] | None = None
) -> QuarterFacts | None:
    """The facts known at ``at`` of every dealer that had a tier in the quarter and has not left; None without policy.

    The tier is the first one in force in the quarter: it says by which weights and targets the dealer is measured.
    """
    policy = quarter_policy(quarter)
    if policy is None:
        return None
    first, end = quarter.start, quarter.end
    tiers: dict[int, str] = {}
    rows = DealerTier.objects.filter(valid__overlap=(first, end))
    dealers = Dealer.objects.exclude(state=DealerState.TERMINATED).filter(activated_on__lt=end)
    if dealer_ids is not None:
        rows, dealers = rows.filter(dealer_id__in=dealer_ids), dealers.filter(pk__in=dealer_ids)
    for dealer_id, tier in rows.order_by("dealer_id", "valid").values_list("dealer_id", "tier"):
        tiers.setdefault(dealer_id, tier)
    year_before = Quarter(quarter.year - 1, quarter.number)
    sold = _sold(quarter, at, dealer_ids)
    sold_before = _sold(year_before, at, dealer_ids)
    targets = sales_targets(quarter, dealer_ids=dealer_ids)
    prices = price_compliance(first=first, end=end, dealer_ids=dealer_ids)
    punctual = punctuality(first=first, end=end, at=at, dealer_ids=dealer_ids)
    service = service_facts(first=first, end=end, at=at, dealer_ids=dealer_ids)
    cards = []
    for dealer_id, activated_on in dealers.order_by("pk").values_list("pk", "activated_on"):
        if dealer_id not in tiers:
            continue
        lines = prices.get(dealer_id, _NO_LINES)
        served = service.get(dealer_id, NO_SERVICE)
        amount = sold.get(dealer_id, Decimal(0))
        cards.append(
            CardFacts(
                dealer_id,
                tiers[dealer_id],
                SalesFacts(amount, targets.get(dealer_id)),
                PriceFacts(lines.judged, lines.breaches),
                _sync(punctual.get(dealer_id)),
                served.response,
                served.ratings,
                GrowthFacts(amount, sold_before.get(dealer_id, Decimal(0)), activated_on <= year_before.start),
            )
        )
    return QuarterFacts(quarter, policy, elapsed_of(quarter, at), cards)


def _sync(found: Punctual | None) -> SyncFacts:
    if found is None:
        return SyncFacts(0, 0, 0, 0)
    return SyncFacts(found.sales.due, found.sales.in_time, found.stock.due, found.stock.in_time)


def _sold(quarter: Quarter, at: datetime, dealer_ids: Collection[int] | None) -> dict[int, Decimal]:
    question = TallyQuestion(quarter.first_period.ordinal, quarter.last_period.ordinal, at, dealers=dealer_ids)
    found: dict[int, int] = {}
    for row in sales_by_half_month(question):
        found[row.dealer_id] = found.get(row.dealer_id, 0) + row.amount
    return {dealer_id: (Decimal(amount) / MICROS).quantize(_FEN) for dealer_id, amount in found.items()}
