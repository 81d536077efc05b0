"""Background jobs: what waits, runs, is done or failed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.models import JobRun
from dealers.selectors.housekeeping import OPEN_JOBS, failed_lately
from dealers.web.access import capability_required
from dealers.web.listing import choice_of, window_of


@require_GET
@capability_required("jobs.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest jobs first."""
    together = [("open", _("Waiting or running")), ("failed_lately", _("Failed in 7 days"))]
    state = choice_of(request, "state", _("All states"), [*JobState.choices, *together])
    found = JobRun.objects.select_related("requested_by").order_by("-pk")
    if state.value == "open":
        found = found.filter(OPEN_JOBS)
    elif state.value == "failed_lately":
        found = found.filter(failed_lately(clock.now()))
    elif state.value:
        found = found.filter(state=state.value)
    context = {"window": window_of(request, found), "filters": [state], "narrowed": bool(state.value)}
    return render(request, "dealers/jobs.html", context)
