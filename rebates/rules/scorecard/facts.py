"""Everything a dealer's card is reckoned from."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.rules.scorecard.attainment import SalesFacts
from rebates.rules.scorecard.growth import GrowthFacts
from rebates.rules.scorecard.price import PriceFacts
from rebates.rules.scorecard.response import ResponseFacts
from rebates.rules.scorecard.satisfaction import RatingFacts
from rebates.rules.scorecard.sync import SyncFacts


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The facts of one dealer in one quarter; the tier says by which weights and targets it is measured."""

    dealer_id: int
    tier: str
    sales: SalesFacts
    price: PriceFacts
    sync: SyncFacts
    response: ResponseFacts
    ratings: RatingFacts
    growth: GrowthFacts
