"""The tier reviews of HQ: proposals with their evidence, and what channel managers decide about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import Tier
from dealers.foundation import clock
from dealers.foundation.half_months import next_half_month_boundary
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of, words_of
from rebates.choices import ProposalState, TierMove
from rebates.models import TierProposal, TierReview
from rebates.permissions import can
from rebates.resources.tiers import MEASURES, measure_text, ways_text
from rebates.selectors.tier_reviews import visible_proposals
from rebates.services.tiers.deciding import decide_proposals

_MOST_AT_ONCE = 500


@require_GET
@capability_required("tiers.view", can=can)
def tier_reviews(request: HttpRequest) -> HttpResponse:
    """The latest review, or word that there is none yet."""
    latest = TierReview.objects.order_by("-quarter").first()
    if latest is None:
        return render(request, "rebates/tier_review.html", {"review": None})
    return redirect("tier-review", latest.quarter)


@require_GET
@capability_required("tiers.view", can=can)
def tier_review(request: HttpRequest, quarter: str) -> HttpResponse:
    """The proposals of one review; those to be decided first, unless told otherwise."""
    user, now = person(request), clock.now()
    review = get_object_or_404(TierReview.objects.select_related("policy"), quarter=quarter)
    found = visible_proposals(user).filter(review=review)
    waiting = found.filter(state=ProposalState.PROPOSED)
    filters = [
        choice_of(request, "state", _("All states"), ProposalState.choices),
        choice_of(request, "move", _("All moves"), TierMove.choices),
        choice_of(request, "tier", _("All tiers"), Tier.choices),
    ]
    shown = found
    for name, chosen in zip(("state", "move", "tier"), filters, strict=True):
        if chosen.value:
            shown = shown.filter(**{name: chosen.value})
    words = words_of(request)
    if words:
        shown = shown.filter(Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words))
    if not words and not any(chosen.value for chosen in filters) and "all" not in request.GET:
        shown = shown.exclude(state=ProposalState.STANDS)
    page = page_of(request, shown.order_by("-state", "-points", "dealer__code"))
    counted = found.aggregate(
        rises=Count("pk", filter=Q(move=TierMove.PROMOTION)),
        falls=Count("pk", filter=Q(move=TierMove.DEMOTION)),
        stands=Count("pk", filter=Q(move=TierMove.NONE)),
        waits=Count("pk", filter=Q(state=ProposalState.PROPOSED)),
    )
    latest = not TierReview.objects.filter(quarter__gt=review.quarter).exists()
    context = {
        "review": review,
        "reviews": TierReview.objects.order_by("-quarter")[:8],
        "page": page,
        "rows": [proposal_row(proposal) for proposal in page.object_list],
        "filters": filters,
        "q": words,
        "counted": counted,
        "waiting": waiting.exists(),
        "may_decide": can(user, "tiers.decide") and latest,
        "may_try": can(user, "tiers.try"),
        "tiers": Tier.values,
        "boundary": next_half_month_boundary(clock.business_day(now)),
    }
    return render(request, "rebates/tier_review.html", context)


@require_POST
@capability_required("tiers.decide", can=can)
def tier_decide(request: HttpRequest, quarter: str) -> HttpResponse:
    """Confirm the chosen proposals, or decide one tier for all of them with a reason."""
    chosen = [int(pk) for pk in request.POST.getlist("proposal") if pk.isdecimal()][:_MOST_AT_ONCE]
    decision = request.POST.get("decision", "")
    if not chosen or decision not in ("confirm", *Tier.values):
        messages.error(request, _("Choose dealers first, then confirm or decide."))
        return redirect("tier-review", quarter)
    with refusals_shown(request):
        found = decide_proposals(
            pks=chosen,
            tier=None if decision == "confirm" else decision,
            reason=request.POST.get("reason", "").replace("\x00", ""),
            actor=person(request),
            at=clock.now(),
        )
        if found.decided:
            count = len(found.decided)
            messages.success(
                request,
                ngettext(
                    "The tier of %(count)d dealer is decided.", "The tiers of %(count)d dealers are decided.", count
                )
                % {"count": count},
            )
        for one in found.passed_over:
            messages.warning(request, str(one.why))
    return redirect("tier-review", quarter)


def proposal_row(proposal: TierProposal) -> dict[str, Any]:
    """A proposal with its measures in words."""
    evidence = proposal.evidence
    return {
        "proposal": proposal,
        "parts": evidence_rows(evidence),
        "threshold": evidence["thresholds"][proposal.proposed],
        "ways": ways_text(evidence["needed"]),
        "open": proposal.state in (ProposalState.PROPOSED, ProposalState.STANDS),
    }


def evidence_rows(evidence: dict[str, Any]) -> list[dict[str, Any]]:
    """Every measure: what was reached, what earns all, and the points."""
    return [
        {
            "name": MEASURES[part["name"]],
            "value": measure_text(part["name"], part["value"]),
            "full": measure_text(part["name"], part["full_marks"]),
            "points": part["points"],
            "possible": part["possible"],
        }
        for part in evidence["parts"]
    ]
