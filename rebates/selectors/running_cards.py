"""The card of the quarter that runs, reckoned when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealers.foundation.periods import Quarter
from rebates.resources.scorecards import facts_record
from rebates.rules.scorecard.card import Card
from rebates.rules.scorecard.reckoning import reckoned
from rebates.rules.scorecard.running import Elapsed
from rebates.selectors.scorecard_facts import scorecard_facts
from rebates.terms import rebates_terms


@dataclass(frozen=True, slots=True)
class RunningCard:
    """A dealer's card as of now: nothing of it stands before its quarter is over and it is published."""

    quarter: Quarter
    tier: str
    elapsed: Elapsed
    facts: dict[str, Any]
    card: Card


def running_card(dealer_id: int, quarter: Quarter, *, at: datetime) -> RunningCard | None:
    """The card of one dealer from facts known at ``at``; None without a policy or a tier. A fixed number of queries."""
    found = scorecard_facts(quarter, at=at, dealer_ids=[dealer_id])
    if found is None or not found.cards:
        return None
    (facts,) = found.cards
    card = reckoned(facts, rebates_terms(found.policy).scorecard, found.elapsed)
    return RunningCard(quarter, facts.tier, found.elapsed, facts_record(facts, found.elapsed), card)
