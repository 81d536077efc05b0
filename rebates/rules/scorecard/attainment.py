"""Sales attainment: net sales of the quarter as a share of the target HQ set."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rebates.rules.scorecard.measured import Lacking, Measured, ratio
from rebates.rules.scorecard.running import Elapsed


@dataclass(frozen=True, slots=True)
class SalesFacts:
    """What was sold less what customers returned, tax included, and the target; None when HQ set none."""

    sold: Decimal
    target: Decimal | None


def attainment(facts: SalesFacts, elapsed: Elapsed) -> Measured:
    """Sold ÷ target. A running quarter is held against its share of the target, day by day."""
    if facts.target is None:
        return Measured("attainment", None, Lacking.NO_TARGET)
    return ratio("attainment", facts.sold, elapsed.share_of(facts.target), Lacking.NO_TARGET)
