"""What after-sales service says about dealers in a quarter: answered tickets and ratings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from aftersales.selectors.service_figures import service_figures
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
    """By dealer, for tickets it was given from ``first`` up to, not including, ``end``, as they stand at ``at``.

    A first response that is missing by then counts when it was due; ratings are those of the same tickets.
    """
    return {
        dealer_id: ServiceFacts(
            ResponseFacts(due=one.judged, in_time=one.in_time), RatingFacts(ratings=one.rated, total=one.stars)
        )
        for dealer_id, one in service_figures(first=first, end=end, as_of=at, dealer_ids=dealer_ids).items()
    }
