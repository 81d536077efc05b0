"""What people do with a lead: refer, call, report the deal, assign, confirm, call back, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealers.errors import NotFound, NotPermitted, Refused
from dealers.foundation import clock
from dealers.web.access import capability_required, person, refusals_shown
from rebates.choices import CallBack, LeadState, Referrer
from rebates.errors import LeadInvalid
from rebates.models import Lead
from rebates.permissions import can
from rebates.services.referrals.assigning import assign_lead
from rebates.services.referrals.deciding import confirm_deal, record_call_back, reject_deal
from rebates.services.referrals.following import follow_up, give_up, report_deal
from rebates.services.referrals.intake import NewLead, receive_lead, source_of
from rebates.services.referrals.rewarding import take_reward_back
from rebates.web.lead_forms import AssignForm, CallBackForm, DealForm, HotlineForm, LeadForm, NoteForm
from rebates.web.lead_words import refusal_words
from rebates.web.leads import found_lead, lead_page

_FORMS: dict[str, tuple[str, type[forms.Form]]] = {
    "follow-up": ("note_form", NoteForm),
    "give-up": ("note_form", NoteForm),
    "deal": ("deal_form", DealForm),
    "assign": ("assign_form", AssignForm),
    "confirm": ("note_form", forms.Form),
    "reject": ("note_form", NoteForm),
    "call-back": ("call_back_form", CallBackForm),
    "take-back": ("note_form", NoteForm),
}


@require_http_methods(["GET", "POST"])
@capability_required("referrals.refer", "referrals.refer_as_partner", can=can)
def new(request: HttpRequest) -> HttpResponse:
    """Refer a customer: a colleague for themselves or for a caller, a dealer as partner."""
    user = person(request)
    form_class = LeadForm if user.dealer_id is not None else HotlineForm
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        by_caller = given.get("referrer") == Referrer.CUSTOMER
        about: dict[str, Any] = {
            "referrer": Referrer.PARTNER if user.dealer_id is not None else Referrer(given["referrer"]),
            "referrer_name": given["referrer_name"] if by_caller else str(user),
            "referrer_phone": given["referrer_phone"] if by_caller else "",
            "employee": None if by_caller or user.dealer_id is not None else user,
            "partner": user.dealer,
        }
        customer = {name: given[name] for name in ("contact", "phone", "company", "region", "wish", "consent")}
        try:
            made = receive_lead(new=NewLead(**about, **customer, source=source_of(user)), actor=user, at=clock.now())
        except LeadInvalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _received(request, made)
    return render(request, "rebates/lead_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@capability_required("referrals.view", "referrals.follow", can=can)
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Do one act; a refusal is said in its form and nothing typed is lost."""
    if name not in _FORMS:
        raise Http404
    found = found_lead(request, number)
    slot, form_class = _FORMS[name]
    form = form_class(request.POST)
    if form.is_valid():
        who = {"number": number, "actor": person(request), "at": clock.now()}
        try:
            _DO[name](form.cleaned_data, who)
        except (NotFound, NotPermitted):
            with refusals_shown(request):
                raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            fresh = Lead.objects.filter(number=number).values_list("state", flat=True).first()
            return redirect("leads") if fresh is None or fresh == LeadState.LOST else redirect("lead", number)
    return lead_page(request, found, forms={slot: form}, status=422)


_DO: dict[str, Callable[[dict[str, Any], dict[str, Any]], Lead]] = {
    "follow-up": lambda given, who: follow_up(note=given["note"], **who),
    "give-up": lambda given, who: give_up(note=given["note"], **who),
    "deal": lambda given, who: report_deal(doc_no=given["doc_no"], line_no=given["line_no"], **who),
    "assign": lambda given, who: assign_lead(dealer_code=given["dealer"], reason=given["reason"], **who),
    "confirm": lambda given, who: confirm_deal(**who),
    "reject": lambda given, who: reject_deal(reason=given["note"], **who),
    "call-back": lambda given, who: record_call_back(outcome=CallBack(given["outcome"]), note=given["note"], **who),
    "take-back": lambda given, who: take_reward_back(reason=given["note"], **who),
}


def _received(request: HttpRequest, made: Lead) -> HttpResponse:
    if made.refusal:
        messages.warning(request, _("Received, but it does not count: %(why)s") % {"why": refusal_words(made.refusal)})
    else:
        messages.success(request, _("Thank you. The customer will be called within a day."))
    if person(request).dealer_id is not None:
        return redirect("own-referrals")
    return redirect("lead-track", made.token)
