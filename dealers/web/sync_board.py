"""The board of reports due: both feeds of every active dealer at an instant."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import DealerState
from dealers.foundation import clock
from dealers.rules.sync_clock import ClockState
from dealers.selectors.sync import sweep_terms
from dealers.selectors.sync_board import ONBOARDING, sync_counts
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.clocks import NOT_YET_DUE, STATES, clock_lines
from dealers.web.listing import moment_of, page_of, words_of

_ORDER = (ClockState.OVERDUE, ClockState.LATE, ClockState.ON_TIME, ONBOARDING)


@require_GET
@capability_required("sync.view")
def sync_board(request: HttpRequest) -> HttpResponse:
    """Who is on time, late and overdue; for now or for any instant (``?at=``)."""
    user = person(request)
    asked = moment_of(request, "at")
    at = asked or clock.now()
    terms = sweep_terms(at=at)
    if terms is None:
        return render(request, "dealers/sync_board.html", {"at": at, "no_policy": True})
    wanted = request.GET.get("state", "")
    counts = sync_counts(user, terms=terms, at=at, wanted=wanted)
    dealers = visible_dealers(user).filter(state=DealerState.ACTIVE).order_by("code")
    if wanted in counts.by_state:
        dealers = dealers.filter(pk__in=counts.wanted)
    words = words_of(request)
    if words:
        dealers = dealers.filter(name__icontains=words) | dealers.filter(code__icontains=words)
    page = page_of(request, dealers)
    shown = list(page.object_list)
    clocks = clock_lines((dealer.pk for dealer in shown), terms=terms, at=at)
    context = {
        "at": at,
        "asked": request.GET.get("at", "") if asked else "",
        "page": page,
        "rows": [{"dealer": dealer, "clock": clocks.get(dealer.pk, NOT_YET_DUE)} for dealer in shown],
        "tabs": _tabs(request, counts.by_state, wanted),
        "state": wanted,
        "q": words,
        "terms": terms,
    }
    return render(request, "dealers/sync_board.html", context)


def _tabs(request: HttpRequest, counts: dict[str, int], wanted: str) -> list[dict[str, Any]]:
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("state", None)
    tabs = [
        {
            "label": _("All"),
            "url": f"?{query.urlencode()}",
            "current": wanted not in counts,
            "count": sum(counts.values()),
        }
    ]
    for state in _ORDER:
        query["state"] = str(state)
        tabs.append(
            {
                "label": STATES[state][0],
                "url": f"?{query.urlencode()}",
                "current": wanted == state,
                "count": counts[str(state)],
            }
        )
    return tabs
