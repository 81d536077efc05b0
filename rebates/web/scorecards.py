"""Scorecards: HQ's list of a quarter, one dealer's card, and its publication."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import Tier
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import Dealer, Region
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of, words_of
from rebates.choices import PlanState, ScorecardOutcome
from rebates.models import PublishedScorecard, Scorecard, ScorecardQuarter
from rebates.permissions import can
from rebates.resources.scorecards import PARTS, marks_of, value_text
from rebates.selectors.plans import visible_plans
from rebates.selectors.running_cards import running_card
from rebates.selectors.scorecards import latest_editions, visible_cards
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.web.card_words import most_to_gain, part_rows, tone_of

_QUARTERS_SHOWN = 12
_OPEN_PLANS = (PlanState.DUE, PlanState.SUBMITTED, PlanState.RETURNED, PlanState.ACCEPTED)


@require_GET
@capability_required("scorecards.view", can=can)
def scorecards(request: HttpRequest) -> HttpResponse:
    """A dealer's own card; for HQ the cards of a quarter, the best of each tier first."""
    user = person(request)
    if user.dealer is not None:
        return _card_page(request, user.dealer, _quarter_asked(request) or Quarter.containing(clock.now()))
    quarters = list(ScorecardQuarter.objects.order_by("-quarter")[:_QUARTERS_SHOWN])
    asked = request.GET.get("quarter", "")
    shown = next((row for row in quarters if row.quarter == asked), quarters[0] if quarters else None)
    if shown is None:
        return render(request, "rebates/scorecards.html", {"quarters": []})
    published = shown.published_at is not None
    cards: Any = visible_cards(user).filter(quarter=shown.quarter) if published else _unpublished(user, shown)
    filters = [
        choice_of(request, "tier", _("All tiers"), Tier.choices),
        choice_of(request, "region", _("All provinces"), _provinces()),
    ]
    if published:
        filters.append(choice_of(request, "outcome", _("All outcomes"), ScorecardOutcome.choices))
    for name, chosen in zip(("tier", "region", "outcome"), filters, strict=False):
        if chosen.value and name == "region":
            home = Q(dealer__home_region__code=chosen.value) | Q(dealer__home_region__parent__code=chosen.value)
            cards = cards.filter(home)
        elif chosen.value:
            cards = cards.filter(**{name: chosen.value})
    words = words_of(request)
    if words:
        cards = cards.filter(Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words))
    order = ("tier", "place", "dealer__code") if published else ("tier", "-score", "dealer__code")
    page = page_of(request, cards.order_by(*order))
    context = {
        "quarters": quarters,
        "shown": shown,
        "published": published,
        "parts": PARTS.items(),
        "rows": [_row(card, published) for card in page.object_list],
        "page": page,
        "filters": filters,
        "q": words,
        "sums": _sums(user, shown) if published else None,
        "may_publish": can(user, "scorecards.publish") and not published,
        "may_target": can(user, "scorecards.target"),
    }
    return render(request, "rebates/scorecards.html", context)


@require_GET
@capability_required("scorecards.view", can=can)
def scorecard(request: HttpRequest, quarter: str, code: str) -> HttpResponse:
    """One dealer's card of a quarter: every part with its facts, formula and links."""
    dealer = get_object_or_404(visible_dealers(person(request)), code=code)
    return _card_page(request, dealer, _quarter(quarter))


@require_POST
@capability_required("scorecards.publish", can=can)
def scorecards_publish(request: HttpRequest, quarter: str) -> HttpResponse:
    """Let the cards of a quarter stand."""
    with refusals_shown(request):
        publish_scorecards(quarter=_quarter(quarter), actor=person(request), at=clock.now())
        messages.success(request, _("The scorecards of %(quarter)s are published.") % {"quarter": quarter})
    return back_to(request, "scorecards")


def _card_page(request: HttpRequest, dealer: Dealer, quarter: Quarter) -> HttpResponse:
    user, now = person(request), clock.now()
    history = list(visible_cards(user).filter(dealer=dealer).order_by("-quarter")[:_QUARTERS_SHOWN])
    present = Quarter.containing(now)
    shown = next((card for card in history if card.quarter == str(quarter)), None)
    context: dict[str, Any] = {
        "dealer": dealer,
        "own": user.dealer_id is not None,
        "quarter": str(quarter),
        "tabs": _tabs(request, dealer, [str(present), *[card.quarter for card in history]], str(quarter)),
        "trend": _trend(history),
        "published": shown,
        "is_running": quarter == present,
    }
    if shown is not None:
        context |= _card_shown(shown.card, dealer, quarter, user) | {
            "plan": visible_plans(user).filter(card=shown).first(),
            "editions": Scorecard.objects.filter(dealer=dealer, quarter=shown.quarter).order_by("-edition"),
        }
    elif found := running_card(dealer.pk, quarter, at=now):
        rows = part_rows(found.card.marks, found.facts, dealer=dealer, quarter=quarter, user=user)
        context |= {
            "tier": found.tier,
            "score": found.card.score,
            "rows": rows,
            "gains": most_to_gain(rows),
            "elapsed": found.elapsed,
        }
    return render(request, "rebates/scorecard.html", context)


def _card_shown(card: Scorecard, dealer: Dealer, quarter: Quarter, user: Any) -> dict[str, Any]:
    rows = part_rows(marks_of(card.marks), card.facts, dealer=dealer, quarter=quarter, user=user)
    return {"tier": card.tier, "score": card.score, "rows": rows, "gains": most_to_gain(rows)}


def _tabs(request: HttpRequest, dealer: Dealer, quarters: list[str], shown: str) -> list[dict[str, Any]]:
    own = person(request).dealer_id is not None
    return [
        {
            "label": quarter,
            "url": f"{reverse('scorecards')}?quarter={quarter}"
            if own
            else reverse("scorecard", args=[quarter, dealer.code]),
            "current": quarter == shown,
        }
        for quarter in dict.fromkeys([*quarters[:6], shown])
    ]


def _trend(history: list[PublishedScorecard]) -> dict[str, Any] | None:
    """The scores of the published quarters in their order, and the best part and the worst beside them."""
    scored = [card for card in reversed(history) if card.score is not None]
    if len(scored) < 2:
        return None
    return {
        "labels": [card.quarter for card in scored],
        "series": {_("Score"): [card.score for card in scored]},
    }


def _unpublished(user: Any, shown: ScorecardQuarter) -> Any:
    return (
        latest_editions(Quarter.parse(shown.quarter)).filter(dealer__in=visible_dealers(user)).select_related("dealer")
    )


def _row(found: Any, published: bool) -> dict[str, Any]:
    card = found.card if published else found
    marks = marks_of(card.marks)
    return {
        "dealer": found.dealer,
        "tier": found.tier,
        "score": found.score,
        "place": found.place if published else None,
        "ranked": found.ranked if published else None,
        "outcome": found.outcome if published else "",
        "outcome_words": found.get_outcome_display() if published else "",
        "cells": [
            {
                "name": PARTS[mark.name],
                "shown": value_text(mark),
                "points": mark.points,
                "possible": mark.possible,
                "lost": mark.lost / mark.possible if mark.possible else None,
                "tone": tone_of(mark),
            }
            for mark in marks
        ],
    }


def _sums(user: Any, shown: ScorecardQuarter) -> dict[str, Any]:
    cards = visible_cards(user).filter(quarter=shown.quarter)
    found = cards.aggregate(
        cards=Count("pk"),
        mean=Avg("score"),
        commended=Count("pk", filter=Q(outcome=ScorecardOutcome.COMMENDED)),
        unscored=Count("pk", filter=Q(score__isnull=True)),
    )
    plans = visible_plans(user).filter(card__quarter=shown.quarter, state__in=_OPEN_PLANS).count()
    mean = found["mean"]
    return {**found, "mean": None if mean is None else Decimal(mean).quantize(Decimal("0.01")), "plans": plans}


def _provinces() -> list[tuple[str, str]]:
    return [(region.code, str(region.name)) for region in Region.objects.filter(parent=None).order_by("code")]


def _quarter_asked(request: HttpRequest) -> Quarter | None:
    try:
        return Quarter.parse(request.GET.get("quarter", ""))
    except Unreadable:
        return None


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except Unreadable as refusal:
        raise Http404(str(refusal)) from refusal
