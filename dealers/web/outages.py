"""Outages of ours: what the system noticed itself, what people added, and what was revoked."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dealers.foundation import clock
from dealers.models import Heartbeat, SystemOutage
from dealers.permissions import can
from dealers.selectors.outages import INTAKE, OUTAGE_AFTER, recorded_outages
from dealers.services.outages import SILENCE, record_outage, revoke_outage
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import page_of


class OutageForm(forms.Form):
    """A time in which dealers could not deliver, in Beijing time."""

    start = forms.DateTimeField(
        label=gettext_lazy("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    end = forms.DateTimeField(label=gettext_lazy("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    reason = forms.CharField(label=gettext_lazy("What happened"), max_length=500)


@require_http_methods(["GET", "POST"])
@capability_required("outages.view")
def outages(request: HttpRequest) -> HttpResponse:
    """Every outage on record; those who may add one here."""
    user = person(request)
    may_manage = can(user, "outages.manage")
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    form = OutageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with refusals_shown(request):
            record_outage(start=given["start"], end=given["end"], reason=given["reason"], actor=user, at=clock.now())
            messages.success(request, _("The outage is recorded; no report counts as late for it."))
            return redirect("outages")
    at = clock.now()
    beat = Heartbeat.objects.filter(name=INTAKE).first()
    context = {
        "page": page_of(request, recorded_outages()),
        "form": form,
        "may_manage": may_manage,
        "silence": SILENCE,
        "beat": beat,
        "down": beat is not None and at - beat.beat_at > OUTAGE_AFTER,
    }
    return render(request, "dealers/outages.html", context, status=422 if form.is_bound else 200)


@require_POST
@capability_required("outages.manage")
def outage_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an outage was none."""
    outage = get_object_or_404(SystemOutage, pk=pk)
    with refusals_shown(request):
        reason = request.POST.get("reason", "")
        revoke_outage(outage=outage, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("The outage is revoked; it excuses nothing any more."))
    return redirect("outages")
