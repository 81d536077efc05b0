"""What after-sales service says about dealers in a quarter: answered tickets and ratings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from rebates.rules.scorecard.response import ResponseFacts
from rebates.rules.scorecard.satisfaction import RatingFacts


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Tickets and ratings of one dealer."""

    response: ResponseFacts
    ratings: RatingFacts


#: Of a dealer whom nobody asked for service.
NO_SERVICE = ServiceFacts(ResponseFacts(0, 0), RatingFacts(0, 0))


def service_facts(
    *, first: date, end: date, at: datetime, dealer_ids: Collection[int] | None = None
) -> dict[int, ServiceFacts]:
    """By dealer, for tickets opened and ratings given from ``first`` up to, not including, ``end``, known at ``at``.

    Empty while no tickets are kept: both parts then count as having no facts.
    """
    return {}
