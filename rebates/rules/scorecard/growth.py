"""Growth: net sales of the quarter as a share of those of the same quarter a year before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rebates.rules.scorecard.measured import Lacking, Measured, ratio
from rebates.rules.scorecard.running import Elapsed


@dataclass(frozen=True, slots=True)
class GrowthFacts:
    """Net sales now and a year before; ``whole_year_before`` is False when the dealer began in the middle of it."""

    sold: Decimal
    sold_before: Decimal
    whole_year_before: bool


def growth(facts: GrowthFacts, elapsed: Elapsed) -> Measured:
    """Sold ÷ sold a year before: 1 is as much as then. A running quarter is held against its share of that one."""
    if not facts.whole_year_before:
        return Measured("growth", None, Lacking.NO_YEAR_BEFORE)
    return ratio("growth", facts.sold, elapsed.share_of(facts.sold_before), Lacking.NO_YEAR_BEFORE)
