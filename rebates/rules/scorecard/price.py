"""Price compliance: the share of judged sale lines whose price no one holds against the dealer."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.rules.scorecard.measured import Lacking, Measured, ratio


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """Lines judged against a band or a promotion, and those in violation.

    Returns and lines without a band are not judged; a band edge that is not enforced is no violation.
    """

    judged: int
    breaches: int


def price(facts: PriceFacts) -> Measured:
    """(judged − in violation) ÷ judged."""
    return ratio("price", facts.judged - facts.breaches, facts.judged, Lacking.NO_JUDGED_LINES)
