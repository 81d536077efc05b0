"""The quarantine: a dealer's refused lines one by one, and for HQ who is stuck on what."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import OWN_FEEDS, Feed, QuarantineState
from dealers.foundation import clock
from dealers.models import QuarantinedLine
from dealers.problems import render_problem
from dealers.selectors.quarantine import visible_quarantine
from dealers.services.deliveries import detail_of
from dealers.services.quarantine import withdraw_line
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import choice_of, page_of, window_of, words_of


@require_GET
@capability_required("deliveries.view")
def quarantine(request: HttpRequest) -> HttpResponse:
    """A dealer sees its own lines; HQ sees counts, and the lines behind a count."""
    user = person(request)
    if user.dealer_id is None and not request.GET.get("code"):
        return _stuck(request)
    filters = [
        choice_of(request, "feed", _("All kinds"), [(feed.value, feed.label) for feed in Feed]),
        choice_of(request, "state", _("All states"), QuarantineState.choices, default=QuarantineState.OPEN),
    ]
    feed, state = (chosen.value for chosen in filters)
    found = visible_quarantine(user)
    if feed:
        found = found.filter(feed=feed)
    if state:
        found = found.filter(state=state)
    code, dealer = words_of(request, "code"), words_of(request, "dealer")
    if code:
        found = found.filter(code=code)
    if dealer and user.dealer_id is None:
        found = found.filter(dealer__code=dealer)
    window = window_of(request, found)
    context = {
        "window": window,
        "rows": [{"line": line, "detail": detail_of(line), "own": line.feed in OWN_FEEDS} for line in window.rows],
        "filters": filters,
        "code": code,
        "dealer": dealer,
        "for_dealer": user.dealer_id is not None,
        "open": QuarantineState.OPEN,
    }
    return render(request, "dealers/quarantine.html", context)


def _stuck(request: HttpRequest) -> HttpResponse:
    """Open lines counted by dealer, kind and reason, the most first."""
    words = words_of(request)
    feed = choice_of(request, "feed", _("All kinds"), [(feed.value, feed.label) for feed in Feed])
    found = visible_quarantine(person(request)).select_related(None).filter(state=QuarantineState.OPEN).order_by()
    if words:
        found = found.filter(Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words))
    if feed.value:
        found = found.filter(feed=feed.value)
    counted = found.values("dealer__code", "dealer__name", "feed", "code").annotate(
        lines=Count("id"), oldest=Min("refused_at"), newest=Max("refused_at"), example=Max("id")
    )
    page = page_of(request, cast("QuerySet[Any]", counted.order_by("-lines", "dealer__code", "code")))
    examples = QuarantinedLine.objects.in_bulk([row["example"] for row in page.object_list])
    context = {
        "page": page,
        "rows": [_stuck_row(row, examples) for row in page.object_list],
        "filters": [feed],
        "q": words,
        "narrowed": bool(words or feed.value),
    }
    return render(request, "dealers/quarantine_counts.html", context)


def _stuck_row(row: dict[str, Any], examples: dict[int, QuarantinedLine]) -> dict[str, Any]:
    example = examples.get(row["example"])
    detail = detail_of(example) if example else render_problem(row["code"], {})
    return {
        **row,
        "dealer": row["dealer__name"],
        "dealer_code": row["dealer__code"],
        "feed_label": Feed(row["feed"]).label,
        "detail": detail,
    }


@require_POST
@capability_required("quarantine.correct")
def quarantine_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a refused line up: nothing comes in its place."""
    dealer = own_dealer(request)
    with refusals_shown(request):
        line = withdraw_line(line_id=pk, dealer=dealer, actor=person(request), at=clock.now())
        messages.success(request, _("Line %(line)s is withdrawn.") % {"line": line.line})
    return redirect("quarantine")
