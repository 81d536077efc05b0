"""A dealer's own tier: where it stands, what is missing to the next one, and what the reviews decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.web.access import capability_required, own_dealer, person
from rebates.permissions import can
from rebates.resources.tiers import evidence_record, needed_record, ways_text
from rebates.selectors.tier_reviews import visible_proposals
from rebates.selectors.tier_standing import tier_standing
from rebates.web.tiers import evidence_rows, proposal_row

_REVIEWS_SHOWN = 8


@require_GET
@capability_required("tiers.own", can=can)
def own_tier(request: HttpRequest) -> HttpResponse:
    """The live score with the distance to the next tier, and the reviews that were decided."""
    dealer, user, now = own_dealer(request), person(request), clock.now()
    standing = tier_standing(dealer, at=now)
    parts: list[dict[str, object]] = []
    ways = ""
    if standing.score is not None:
        record = evidence_record(standing.score, standing.above, {}, standing.first, standing.end)
        parts = evidence_rows(record)
        ways = "" if standing.above is None else ways_text(needed_record(standing.above))
    reviews = visible_proposals(user).order_by("-review__quarter")[:_REVIEWS_SHOWN]
    context = {
        "standing": standing,
        "parts": parts,
        "ways": ways,
        "reviews": [proposal_row(proposal) for proposal in reviews],
    }
    return render(request, "rebates/own_tier.html", context)
