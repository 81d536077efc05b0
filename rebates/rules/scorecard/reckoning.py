"""From the facts of a quarter to its card, by the policy's weights and targets of the dealer's tier."""

from __future__ import annotations

from collections.abc import Sequence

from rebates.rules.scorecard.attainment import attainment
from rebates.rules.scorecard.card import Card, MarkScale, score_card
from rebates.rules.scorecard.facts import CardFacts
from rebates.rules.scorecard.growth import growth
from rebates.rules.scorecard.measured import COMPONENTS, Measured
from rebates.rules.scorecard.price import price
from rebates.rules.scorecard.response import response
from rebates.rules.scorecard.running import Elapsed
from rebates.rules.scorecard.satisfaction import satisfaction
from rebates.rules.scorecard.sync import sync
from rebates.terms import ScorecardTerms


def measured(facts: CardFacts, elapsed: Elapsed) -> tuple[Measured, ...]:
    """Every part, in the order of the card."""
    return (
        attainment(facts.sales, elapsed),
        price(facts.price),
        sync(facts.sync),
        response(facts.response),
        satisfaction(facts.ratings),
        growth(facts.growth, elapsed),
    )


def reckoned(facts: CardFacts, terms: ScorecardTerms, elapsed: Elapsed) -> Card:
    """The card of one dealer."""
    return scored(measured(facts, elapsed), terms, facts.tier)


def scored(parts: Sequence[Measured], terms: ScorecardTerms, tier: str) -> Card:
    """The card of parts measured before, by these terms."""
    weights, targets = terms.weights[tier], terms.targets[tier]
    scales = {name: getattr(targets, name) for name in COMPONENTS}
    return score_card(
        parts,
        {name: MarkScale(scale.zero, scale.full) for name, scale in scales.items()},
        {name: getattr(weights, name) for name in COMPONENTS},
    )
