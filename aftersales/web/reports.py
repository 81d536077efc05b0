"""Satisfaction reports on pages: a dealer writes its own beside its figures, headquarters sees who is missing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, Q, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aftersales.choices import ReportState
from aftersales.errors import ReportNotFound
from aftersales.models import SatisfactionReport, ServiceBreach
from aftersales.permissions import can
from aftersales.selectors.breaches import visible_breaches
from aftersales.selectors.reports import quarters_reported, report_by_key, visible_reports
from aftersales.selectors.service_figures import figures_of
from aftersales.services.breaches import waive_breach
from aftersales.services.reports import acknowledge_report, save_report, submit_report
from aftersales.web.forms import RemarkForm, ReportForm
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, window_of, words_of

COLUMNS = (
    "quarter",
    "dealer",
    "name",
    "state",
    "due_at",
    "submitted_at",
    "tickets",
    "judged",
    "in_time",
    "in_time_share",
    "resolved",
    "median_hours",
    "reopened",
    "reopened_share",
    "complaints",
    "rated",
    "rating",
)

_MISSING_FIRST = Case(When(state=ReportState.DUE, then=0), When(state=ReportState.SUBMITTED, then=1), default=2)


@require_GET
@capability_required("reports.view", can=can)
def reports(request: HttpRequest) -> HttpResponse:
    """The reports in sight by quarter, the missing ones first; a dealer's own with what is to be written."""
    user = person(request)
    own = user.dealer_id is not None
    quarters = quarters_reported(user)
    quarter = choice_of(
        request, "quarter", _("Quarter"), [(one, one) for one in quarters], "" if own or not quarters else quarters[0]
    )
    state = choice_of(request, "state", _("All states"), ReportState.choices)
    found = visible_reports(user).select_related("dealer")
    if quarter.value:
        found = found.filter(quarter=quarter.value)
    now = clock.now()
    late = Q(state=ReportState.DUE, due_at__lte=now)
    counts = found.order_by().aggregate(
        missing=Count("pk", filter=Q(state=ReportState.DUE)),
        overdue=Count("pk", filter=late),
        to_read=Count("pk", filter=Q(state=ReportState.SUBMITTED)),
        asked=Count("pk"),
    )
    if state.value:
        found = found.filter(state=state.value)
    page = page_of(request, found.order_by("-quarter", _MISSING_FIRST, "submitted_at", "dealer__code"))
    context = {
        "page": page,
        "own": own,
        "filters": [state] if own else [quarter, state],
        "quarter": quarter.value,
        "counts": counts,
        "now": now,
        "narrowed": bool(state.value),
    }
    return render(request, "aftersales/reports.html", context)


@require_GET
@capability_required("reports.view", can=can)
def reports_export(request: HttpRequest, quarter: str, ending: str) -> HttpResponseBase:
    """Every report in sight of a quarter as a table."""
    found = visible_reports(person(request)).filter(quarter=quarter).select_related("dealer").order_by("dealer__code")
    rows = (
        (
            one.quarter,
            one.dealer.code,
            one.dealer.name,
            one.state,
            one.due_at,
            one.submitted_at,
            *((one.figures or {}).get(name) for name in COLUMNS[6:]),
        )
        for one in found.iterator(chunk_size=500)
    )
    return table_response(request, ending, f"satisfaction-{quarter}", COLUMNS, rows)


@require_http_methods(["GET", "POST"])
@capability_required("reports.view", can=can)
def report(request: HttpRequest, key: int) -> HttpResponse:
    """One report: the figures, and the dealer's words; who may, writes or reads it."""
    user = person(request)
    found = _found(request, key)
    form = ReportForm(request.POST or None, initial={"statement": found.statement, "plan": found.plan})
    if request.method == "POST" and form.is_valid():
        given = {"quarter": found.quarter, **form.cleaned_data, "actor": user, "at": clock.now()}
        hand_in = "hand_in" in request.POST
        try:
            (submit_report if hand_in else save_report)(**given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Handed in. Thank you.") if hand_in else _("Kept; it is not handed in yet."))
            return redirect("satisfaction-report", key)
    return _page(request, found, form, 422 if form.errors else 200)


@require_POST
@capability_required("reports.acknowledge", can=can)
def report_acknowledge(request: HttpRequest, key: int) -> HttpResponse:
    """Note that the report was read."""
    _found(request, key)
    with refusals_shown(request):
        remark = request.POST.get("remark", "")[:4000]
        acknowledge_report(key=key, remark=remark, actor=person(request), at=clock.now())
        messages.success(request, _("Read; the dealer sees your remark."))
    return redirect("satisfaction-report", key)


@require_GET
@capability_required("tickets.view", can=can)
def breaches(request: HttpRequest) -> HttpResponse:
    """What was missed, the latest first."""
    user = person(request)
    own, found = user.dealer_id is not None, visible_breaches(user)
    dealer = "" if own else words_of(request, "dealer")
    if dealer:
        found = found.filter(dealer__code=dealer)
    context = {
        "window": window_of(request, found),
        "own": own,
        "dealer": dealer,
        "may_waive": can(user, "breaches.waive"),
        "may_take_up": can(user, "breaches.take_up"),
    }
    return render(request, "aftersales/breaches.html", context)


@require_POST
@capability_required("breaches.waive", can=can)
def breach_waive(request: HttpRequest, key: int) -> HttpResponse:
    """Say that a breach shall not count."""
    with refusals_shown(request):
        waive_breach(key=key, reason=request.POST.get("reason", "")[:2000], actor=person(request), at=clock.now())
        messages.success(request, _("The breach is waived."))
    return redirect("service-breaches")


def _found(request: HttpRequest, key: int) -> SatisfactionReport:
    try:
        return report_by_key(person(request), key)
    except ReportNotFound as error:
        raise Http404(str(error)) from error


def _page(request: HttpRequest, found: SatisfactionReport, form: ReportForm, status: int) -> HttpResponse:
    user, now = person(request), clock.now()
    own = user.dealer_id is not None
    kept = found.figures
    if kept is None:
        kept = figures_of(found.dealer_id, Quarter.parse(found.quarter), as_of=now).as_kept()
    context: dict[str, Any] = {
        "found": found,
        "own": own,
        "figures": kept,
        "frozen": found.figures is not None,
        "overdue": found.state == ReportState.DUE and found.due_at <= now,
        "breach": ServiceBreach.objects.filter(report=found, waived_at=None).first(),
        "may_write": own and found.state == ReportState.DUE and can(user, "reports.write"),
        "may_acknowledge": found.state == ReportState.SUBMITTED and can(user, "reports.acknowledge"),
        "form": form,
        "remark_form": RemarkForm(),
        "tickets_url": reverse("tickets"),
    }
    return render(request, "aftersales/report.html", context, status=status)
