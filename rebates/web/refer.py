"""The door for strangers: refer a customer without signing in, and follow what became of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.web.strangers import address_of, device_of, may_try, remember_device
from rebates.choices import LeadState, Referrer
from rebates.errors import LeadInvalid, LeadNotFound
from rebates.selectors.leads import lead_by_token
from rebates.services.referrals.intake import NewLead, receive_lead
from rebates.web.lead_forms import PublicLeadForm

#: What the referrer is shown: how far it is, and never who the dealer is or what was bought.
_STAGES = (LeadState.RECEIVED, LeadState.ASSIGNED, LeadState.FOLLOWED_UP, LeadState.DEAL_REPORTED, LeadState.REWARDED)


@csrf_protect
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """Refer somebody. A machine that fills every field is thanked and forgotten."""
    form = PublicLeadForm(request.POST if request.method == "POST" else None)
    device = device_of(request)
    if request.method == "POST":
        address = address_of(request)
        if not may_try("refer", address):
            form.full_clean()
            form.add_error(None, _("Too many tries from here; wait an hour."))
            return _page(request, form, device, 429)
        if request.POST.get("website"):
            return redirect("refer-thanks")
        if form.is_valid():
            given = form.cleaned_data
            try:
                with row_scope(WHOLE_COMPANY):
                    made = receive_lead(
                        new=NewLead(
                            referrer=Referrer.CUSTOMER,
                            device=device,
                            address=address,
                            source="form",
                            **{name: value for name, value in given.items() if name != "website"},
                        ),
                        actor=None,
                        at=clock.now(),
                    )
            except LeadInvalid as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                return _page(request, form, device, refusal.status)
            else:
                return redirect("lead-track", made.token)
    return _page(request, form, device, 422 if form.errors else 200)


@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Thank whoever it was."""
    return render(request, "rebates/refer_thanks.html", {"lead": None})


@require_GET
def track(request: HttpRequest, token: str) -> HttpResponse:
    """How far a referred customer is, for whoever holds the link."""
    try:
        with row_scope(WHOLE_COMPANY):
            lead = lead_by_token(token)
            reward = getattr(lead, "reward", None)
    except LeadNotFound as error:
        raise Http404 from error
    reached = _STAGES.index(LeadState(lead.state)) if lead.state in _STAGES else -1
    if lead.state == LeadState.DEAL_CONFIRMED:
        reached = 3
    if lead.state == LeadState.REWARDED:
        reached = len(_STAGES)
    names = (_("Received"), _("With a dealer"), _("Called"), _("Deal"), _("Reward"))
    steps = [
        {"label": name, "state": "done" if place < reached else "current" if place == reached else "ahead"}
        for place, name in enumerate(names)
    ]
    context = {"lead": lead, "steps": steps if reached >= 0 else [], "reward": reward}
    response = render(request, "rebates/refer_thanks.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, form: PublicLeadForm, device: str, status: int) -> HttpResponse:
    response = render(request, "rebates/refer.html", {"form": form}, status=status)
    return remember_device(request, response, device)
