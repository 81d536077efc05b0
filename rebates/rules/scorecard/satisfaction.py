"""Satisfaction: the mean of the ratings customers gave, from 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.rules.scorecard.measured import Lacking, Measured, ratio


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """How many ratings were given, and their sum."""

    ratings: int
    total: int


def satisfaction(facts: RatingFacts) -> Measured:
    """Sum ÷ number."""
    return ratio("satisfaction", facts.total, facts.ratings, Lacking.NO_RATINGS)
