"""The KPI score of dealers over some quarters: the mean of the cards that stand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dealers.foundation.periods import Quarter
from rebates.models import PublishedScorecard
from rebates.resources.scorecards import parts_of
from rebates.rules.scorecard.reckoning import scored
from rebates.terms import ScorecardTerms

_HUNDREDTH = Decimal("0.01")


def kpi_scores(
    *, first: date, end: date, dealer_ids: Collection[int] | None = None, terms: ScorecardTerms | None = None
) -> dict[int, Decimal]:
    """By dealer the mean of its published scores of the quarters from ``first`` up to ``end``; one query.

    Dealers without a score are left out. ``terms`` scores what was measured by other weights and targets.
    """
    cards = PublishedScorecard.objects.filter(quarter__in=_quarters(first, end), score__isnull=False)
    if dealer_ids is not None:
        cards = cards.filter(dealer_id__in=dealer_ids)
    scores: dict[int, list[Decimal]] = {}
    if terms is None:
        for dealer_id, score in cards.values_list("dealer_id", "score"):
            assert score is not None  # asked for
            scores.setdefault(dealer_id, []).append(score)
    else:
        for dealer_id, tier, marks in cards.values_list("dealer_id", "tier", "card__marks").iterator():
            found = scored(parts_of(marks), terms, tier).score
            if found is not None:
                scores.setdefault(dealer_id, []).append(found)
    return {
        dealer_id: (sum(found, Decimal(0)) / len(found)).quantize(_HUNDREDTH, ROUND_HALF_UP)
        for dealer_id, found in scores.items()
    }


def _quarters(first: date, end: date) -> list[str]:
    found, quarter = [], Quarter.containing(first)
    while quarter.start < end:
        found.append(str(quarter))
        quarter = quarter.next()
    return found
