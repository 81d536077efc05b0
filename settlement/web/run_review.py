"""What a reviewer of a draft is shown: what stands out and why, what changed since the last draft, what came late."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.models import User
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import page_of
from settlement.choices import LineKind, RunState
from settlement.models import ReviewItem, SettlementRun
from settlement.permissions import can
from settlement.selectors.draft_changes import OPENING, changes_by_dealer, changes_by_kind
from settlement.selectors.late_facts import late_dealers, late_facts
from settlement.selectors.outliers import review_items, review_progress
from settlement.selectors.visible import run_of
from settlement.services.review import tick_off
from settlement.web.outlier_words import finding_words

_SHOWN = 10
LATE_WORDS = {
    "sales": gettext_lazy("Sale lines, corrected or reported late"),
    "shipments": gettext_lazy("Shipments and returns to headquarters"),
    "credits": gettext_lazy("One-off amounts decided since"),
}


def review_context(user: User, run: SettlementRun | None) -> dict[str, Any]:
    """The reviewer's part of the page of a run; empty for whoever sees no drafts. A fixed number of queries."""
    if run is None or not can(user, "statements.view_drafts"):
        return {}
    items = list(review_items(run)[:_SHOWN])
    changed = changes_by_kind(run)
    late = late_facts(run)
    return {
        "outliers": [_outlier(item) for item in items],
        "review": review_progress(run),
        "may_review": can(user, "runs.review") and run.state in (RunState.CALCULATED, RunState.UNDER_REVIEW),
        "changed": [(kind_label(one.kind), one) for one in changed],
        "most_changed": [(kind_label(one.kind), one) for one in changes_by_dealer(run)[:_SHOWN]] if changed else [],
        "late": [(LATE_WORDS[one.kind], one) for one in late],
        "late_dealers": late_dealers(run) if late else [],
    }


@require_GET
@capability_required("statements.view_drafts", can=can)
def changes(request: HttpRequest, period: str) -> HttpResponse:
    """Every amount that differs from the draft before, the largest difference first."""
    run = _run(request, period)
    kind = request.GET.get("kind", "")
    summary = changes_by_kind(run)
    kind = kind if any(one.kind == kind for one in summary) else ""
    page = page_of(request, changes_by_dealer(run, kind=kind))
    context = {
        "run": run,
        "page": page,
        "rows": [(kind_label(one.kind), one) for one in page],
        "tabs": [
            {"label": _("All"), "url": "?", "current": not kind, "count": None},
            *(
                {
                    "label": kind_label(one.kind),
                    "url": f"?kind={one.kind}",
                    "current": one.kind == kind,
                    "count": one.dealers,
                }
                for one in summary
            ),
        ],
    }
    return render(request, "settlement/run_changes.html", context)


@require_GET
@capability_required("statements.view_drafts", can=can)
def outliers(request: HttpRequest, period: str) -> HttpResponse:
    """Every statement that stands out, those nobody has looked at first."""
    run = _run(request, period)
    page = page_of(request, review_items(run))
    context = {
        "run": run,
        "page": page,
        "outliers": [_outlier(item) for item in page],
        "review": review_progress(run),
        "may_review": can(person(request), "runs.review") and run.state in (RunState.CALCULATED, RunState.UNDER_REVIEW),
    }
    return render(request, "settlement/run_outliers.html", context)


@require_POST
@capability_required("runs.review", can=can)
def tick(request: HttpRequest, period: str, dealer: str) -> HttpResponse:
    """Tick a statement off that stands out, with a note."""
    run = _run(request, period)
    with refusals_shown(request):
        note = request.POST.get("note", "")[:1000]
        tick_off(period=run.period, dealer_code=dealer, note=note, actor=person(request), at=clock.now())
        messages.success(request, _("Noted."))
    return back_to(request, "run-outliers", period)


def kind_label(kind: str) -> Any:
    """The words of a kind of line, or of the opening balance."""
    return _("Opening balance") if kind == OPENING else LineKind(kind).label


def _outlier(item: ReviewItem) -> dict[str, Any]:
    return {"item": item, "why": [finding_words(finding) for finding in item.findings]}


def _run(request: HttpRequest, period: str) -> SettlementRun:
    try:
        return run_of(person(request), period)
    except NotFound as error:
        raise Http404(str(error)) from error
