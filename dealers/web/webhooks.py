"""Webhooks on pages: endpoints with their health, what was sent, sending once more. Secrets are shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.choices import Announcement, WebhookState
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.permissions import can
from dealers.selectors.webhooks import visible_endpoints, visible_webhook_deliveries
from dealers.services.webhook_endpoints import (
    LISTENABLE,
    create_endpoint,
    redeliver,
    rotate_secret,
    send_test,
    switch_endpoint,
)
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, window_of

_MANAGE = ("webhooks.manage", "webhooks.manage_own")
#: What stood in the way of an attempt, by the code it left.
ERRORS: dict[str, Any] = {
    "refused": gettext_lazy("The receiver refused it."),
    "redirected": gettext_lazy("The receiver points elsewhere; redirects are not followed."),
    "timed_out": gettext_lazy("No answer in time."),
    "not_reached": gettext_lazy("The receiver could not be reached."),
    "tls_failed": gettext_lazy("The certificate was not accepted."),
    "not_resolved": gettext_lazy("The name of the host is not known."),
    "private_address": gettext_lazy("The name leads to a private address; such are not called."),
    "not_https": gettext_lazy("The address has to begin with https://."),
}
_OFF_REASONS: dict[str, Any] = {"failing_for_days": gettext_lazy("nothing was taken for days")}


class EndpointForm(forms.Form):
    """Where events are to go. The administrator names the HQ system it belongs to."""

    system = forms.CharField(
        label=gettext_lazy("HQ system"), max_length=64, help_text=gettext_lazy("For example erp or warehouse.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://erp.example.cn/halfmoon"}),
        help_text=gettext_lazy("https, on a public address."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell of"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(event.value, event.label) for event in LISTENABLE],
        initial=[Announcement.SUPPLY_CHANGED],
    )

    def __init__(self, *args: Any, own: Dealer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own is not None:
            del self.fields["system"]


@require_GET
@capability_required("webhooks.view", "webhooks.manage_own")
def webhooks(request: HttpRequest) -> HttpResponse:
    """Endpoints, then the newest deliveries."""
    user = person(request)
    state = choice_of(request, "state", _("All states"), WebhookState.choices)
    deliveries = visible_webhook_deliveries(user).prefetch_related("log")
    if state.value:
        deliveries = deliveries.filter(state=state.value)
    window = window_of(request, deliveries)
    context = {
        "endpoints": [
            {
                "endpoint": endpoint,
                "events": [Announcement(event).label for event in endpoint.events],
                "off": _OFF_REASONS.get(endpoint.disabled_reason, endpoint.disabled_reason),
            }
            for endpoint in visible_endpoints(user)[:200]
        ],
        "window": window,
        "rows": [_row(delivery) for delivery in window.rows],
        "filters": [state],
        "own": user.dealer_id is not None,
        "may_manage": any(can(user, capability) for capability in _MANAGE),
    }
    return render(request, "dealers/webhooks.html", context)


def _row(delivery: Any) -> dict[str, Any]:
    log = sorted(delivery.log.all(), key=lambda attempt: attempt.number)
    return {
        "delivery": delivery,
        "log": [{"attempt": attempt, "words": ERRORS.get(attempt.error, attempt.error)} for attempt in log[-8:]],
        "waiting": delivery.state == WebhookState.WAITING,
    }


@never_cache
@require_http_methods(["GET", "POST"])
@capability_required(*_MANAGE)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Make an endpoint; the answer shows its secret, once."""
    user = person(request)
    form = EndpointForm(request.POST if request.method == "POST" else None, own=user.dealer)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_shown(request):
            endpoint, secret = create_endpoint(
                url=given["url"].strip(),
                events=given["events"],
                actor=user,
                at=clock.now(),
                dealer=user.dealer,
                system=given.get("system", "").strip(),
            )
            return render(request, "dealers/webhook_made.html", {"endpoint": endpoint, "secret": secret})
    return render(request, "dealers/webhook_new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@capability_required(*_MANAGE)
def webhook_rotate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new secret, shown once; the earlier one signs beside it for a day."""
    endpoint = get_object_or_404(visible_endpoints(person(request)), pk=pk)
    with refusals_shown(request):
        endpoint, secret = rotate_secret(endpoint=endpoint, actor=person(request), at=clock.now())
        return render(request, "dealers/webhook_made.html", {"endpoint": endpoint, "secret": secret, "rotated": True})
    return redirect("webhooks")


@require_POST
@capability_required(*_MANAGE)
def webhook_switch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Switch an endpoint off or on."""
    endpoint = get_object_or_404(visible_endpoints(person(request)), pk=pk)
    enabled = request.POST.get("enabled") == "1"
    with refusals_shown(request):
        switch_endpoint(endpoint=endpoint, enabled=enabled, actor=person(request), at=clock.now())
        messages.success(request, _("The endpoint is on.") if enabled else _("The endpoint is off."))
    return redirect("webhooks")


@require_POST
@capability_required(*_MANAGE)
def webhook_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a ping."""
    endpoint = get_object_or_404(visible_endpoints(person(request)), pk=pk)
    with refusals_shown(request):
        send_test(endpoint=endpoint, actor=person(request), at=clock.now())
        messages.success(request, _("A test is on its way; look at the list below in a moment."))
    return redirect("webhooks")


@require_POST
@capability_required(*_MANAGE)
def webhook_redeliver(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an event once more."""
    delivery = get_object_or_404(visible_webhook_deliveries(person(request)), pk=pk)
    with refusals_shown(request):
        redeliver(delivery=delivery, actor=person(request), at=clock.now())
        messages.success(request, _("It is sent once more."))
    return back_to(request, "webhooks")
