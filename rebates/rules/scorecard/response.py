"""24-hour response: the share of customers' tickets that got their first answer in time."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.rules.scorecard.measured import Lacking, Measured, ratio


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """Tickets of the quarter whose first response was given or overdue, and those answered in time."""

    due: int
    in_time: int


def response(facts: ResponseFacts) -> Measured:
    """In time ÷ due."""
    return ratio("response", facts.in_time, facts.due, Lacking.NO_TICKETS)
