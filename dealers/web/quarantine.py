"""The quarantine: a dealer's refused lines with what to do about them, and for HQ who is stuck on what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import OWN_FEEDS, Feed, QuarantineState
from dealers.foundation import clock
from dealers.models import QuarantinedLine
from dealers.permissions import can
from dealers.problems import render_problem
from dealers.rules.ageing import AGE_STEPS, days_waiting, step_of
from dealers.selectors.quarantine import refused_within, visible_quarantine, waiting_by_age, waiting_by_reason
from dealers.services.deliveries import detail_of
from dealers.services.quarantine import withdraw_line
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import choice_of, page_of, window_of, words_of

#: The steps of waiting, as tabs and marks.
AGE_WORDS = {
    "new": (gettext_lazy("Today"), "ok"),
    "days": (gettext_lazy("1–2 days"), "info"),
    "late": (gettext_lazy("3–6 days"), "warn"),
    "stuck": (gettext_lazy("A week or more"), "bad"),
}
_STEPS = {step.key: step for step in AGE_STEPS}
_LINES_PER_PAGE = 20
#: Cells in the order people read them, whatever order they came in.
_ORDER = (
    *("doc_no", "line_no", "sold_at", "as_of", "occurred_at", "kind", "sku", "quantity", "on_hand", "in_transit"),
    *("unit_price", "region", "warehouse", "channel", "customer", "counterparty", "reason", "revision"),
)
_MOST_REASONS = 12


@require_GET
@capability_required("deliveries.view")
def quarantine(request: HttpRequest) -> HttpResponse:
    """A dealer sees its own lines; HQ sees counts, and the lines behind a count."""
    user = person(request)
    if user.dealer_id is None and not request.GET.get("code"):
        return _stuck(request)
    at = clock.now()
    filters = [
        choice_of(request, "feed", _("All kinds"), [(feed.value, feed.label) for feed in Feed]),
        choice_of(request, "state", _("All states"), QuarantineState.choices, default=QuarantineState.OPEN),
        choice_of(request, "age", _("Any age"), [(key, words) for key, (words, _tone) in AGE_WORDS.items()]),
    ]
    feed, state, age = (chosen.value for chosen in filters)
    seen = visible_quarantine(user)
    code, dealer = words_of(request, "code"), words_of(request, "dealer")
    if dealer and user.dealer_id is None:
        seen = seen.filter(dealer__code=dealer)
    found = seen
    if feed:
        found = found.filter(feed=feed)
    if state:
        found = found.filter(state=state)
    if age:
        found = found.filter(refused_within(_STEPS[age], at))
    if code:
        found = found.filter(code=code)
    window = window_of(request, found, size=_LINES_PER_PAGE)
    for_dealer = user.dealer_id is not None
    reasons = _reasons(seen, code, feed) if for_dealer else []
    context = {
        "window": window,
        "rows": [_row(line, at) for line in window.rows],
        "filters": filters,
        "ages": _age_tabs(waiting_by_age(seen, at)) if for_dealer else [],
        "reasons": reasons,
        "reason": next((one for one in reasons if one["chosen"]), None),
        "code": code,
        "feed": feed,
        "dealer": dealer,
        "for_dealer": for_dealer,
        "may_correct": for_dealer and can(user, "quarantine.correct"),
        "narrowed": bool(code or age or feed or state != QuarantineState.OPEN),
        "open": QuarantineState.OPEN,
    }
    return render(request, "dealers/quarantine.html", context)


def _row(line: QuarantinedLine, at: datetime) -> dict[str, Any]:
    days = days_waiting(line.refused_at, at)
    return {
        "line": line,
        "detail": detail_of(line),
        "own": line.feed in OWN_FEEDS,
        "days": days,
        "tone": AGE_WORDS[step_of(days).key][1],
        "fields": fields_of(line, ()),
    }


def fields_of(line: QuarantinedLine, known: Sequence[str]) -> list[tuple[str, str]]:
    """The fields of the kind in their order, then any others the line came with, and the one that was refused."""
    content: dict[str, Any] = line.content if isinstance(line.content, dict) else {}
    places = {name: place for place, name in enumerate(_ORDER)}
    others = [name for name in content if name not in known and name != "dealer"]
    names = [*known, *sorted(others, key=lambda name: places.get(name, len(places)))]
    if line.field and line.field not in names and line.field != "dealer":
        names.append(line.field)  # it is missing from what came
    return [(name, "" if content.get(name) is None else str(content[name])) for name in names]


def _age_tabs(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "label": words, "tone": tone if counts[key] else "", "count": counts[key]}
        for key, (words, tone) in AGE_WORDS.items()
    ]


def _reasons(lines: QuerySet[QuarantinedLine], code: str, feed: str) -> list[dict[str, Any]]:
    found = waiting_by_reason(lines.filter(feed__in=OWN_FEEDS), _MOST_REASONS)
    examples = QuarantinedLine.objects.in_bulk([row["example"] for row in found])
    return [
        {
            **row,
            "feed_label": Feed(row["feed"]).label,
            "detail": detail_of(examples[row["example"]]),
            "field": examples[row["example"]].field,
            "chosen": row["code"] == code and row["feed"] == feed,
        }
        for row in found
        if row["example"] in examples
    ]


def _stuck(request: HttpRequest) -> HttpResponse:
    """Open lines counted by dealer, kind and reason, with how long they wait; the oldest or the most first."""
    at = clock.now()
    words = words_of(request)
    feed = choice_of(request, "feed", _("All kinds"), [(feed.value, feed.label) for feed in Feed])
    order = choice_of(request, "order", _("Most lines first"), [("oldest", _("Longest waiting first"))])
    seen = visible_quarantine(person(request)).select_related(None)
    found = seen.filter(state=QuarantineState.OPEN).order_by()
    if words:
        found = found.filter(Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words))
    if feed.value:
        found = found.filter(feed=feed.value)
    late = ~refused_within(_STEPS["new"], at) & ~refused_within(_STEPS["days"], at)
    counted = found.values("dealer__code", "dealer__name", "feed", "code").annotate(
        lines=Count("id"),
        late=Count("id", filter=late),
        oldest=Min("refused_at"),
        newest=Max("refused_at"),
        example=Max("id"),
    )
    ordered = counted.order_by(*(("oldest", "-lines") if order.value else ("-lines", "oldest")), "dealer__code", "code")
    page = page_of(request, cast("QuerySet[Any]", ordered))
    examples = QuarantinedLine.objects.in_bulk([row["example"] for row in page.object_list])
    ages = waiting_by_age(found, at)
    context = {
        "page": page,
        "rows": [_stuck_row(row, examples, at) for row in page.object_list],
        "ages": _age_tabs(ages),
        "stuck_dealers": found.filter(dealer__isnull=False).values("dealer").distinct().count(),
        "filters": [feed, order],
        "q": words,
        "narrowed": bool(words or feed.value),
    }
    return render(request, "dealers/quarantine_counts.html", context)


def _stuck_row(row: dict[str, Any], examples: dict[int, QuarantinedLine], at: datetime) -> dict[str, Any]:
    example = examples.get(row["example"])
    detail = detail_of(example) if example else render_problem(row["code"], {})
    days = days_waiting(row["oldest"], at)
    return {
        **row,
        "dealer": row["dealer__name"],
        "dealer_code": row["dealer__code"],
        "feed_label": Feed(row["feed"]).label,
        "detail": detail,
        "days": days,
        "tone": AGE_WORDS[step_of(days).key][1],
    }


@require_POST
@capability_required("quarantine.correct")
def quarantine_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a refused line up, with the reason: nothing comes in its place."""
    dealer = own_dealer(request)
    reason = request.POST.get("reason", "").strip()[:200]
    with refusals_shown(request):
        line = withdraw_line(line_id=pk, dealer=dealer, actor=person(request), at=clock.now(), reason=reason)
        messages.success(request, _("Line %(line)s is withdrawn.") % {"line": line.line})
    return redirect("quarantine")
