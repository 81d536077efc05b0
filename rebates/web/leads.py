"""Referrals on pages: headquarters' inbox, a dealer's leads with the clock in plain sight, one lead, payout lists."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, window_of, words_of
from rebates.choices import LeadState, PayoutState, Referrer
from rebates.errors import LeadNotFound
from rebates.models import Lead, ReferralPayout, ReferralReward
from rebates.permissions import can
from rebates.resources import explain
from rebates.selectors.leads import (
    LeadWish,
    candidates,
    lead_by_number,
    narrowed_leads,
    referred_by,
    waiting_leads,
)
from rebates.selectors.returned_deals import returned_deals
from rebates.services.referrals.payouts import decide_payout, prepare_payout, unpaid_rewards
from rebates.web.lead_forms import AssignForm, CallBackForm, DealForm, NoteForm
from rebates.web.lead_words import lead_history, refusal_words

PAYOUT_COLUMNS = ("list", "lead", "referrer", "name", "login", "phone", "deal", "reward", "granted_at", "explanation")
#: While these last, the assigned dealer needs the customer's number.
CALLING = (LeadState.ASSIGNED, LeadState.FOLLOWED_UP, LeadState.DEAL_REPORTED)


@require_GET
@capability_required("referrals.view", "referrals.follow", can=can)
def leads(request: HttpRequest) -> HttpResponse:
    """The leads in sight; a dealer's with the hours left in front."""
    user = person(request)
    own = user.dealer_id is not None
    state = choice_of(request, "state", _("All states"), LeadState.choices)
    referrer = choice_of(request, "referrer", _("Whoever referred"), Referrer.choices)
    words, mine = words_of(request), request.GET.get("tab", "") == "mine"
    found = narrowed_leads(user, LeadWish(state=state.value, referrer="" if own else referrer.value, words=words))
    waiting = waiting_leads(user)
    if mine:
        found = found.filter(pk__in=waiting.order_by().values("pk"))
    base = reverse("leads")
    context = {
        "window": window_of(request, found),
        "own": own,
        "filters": [state] if own else [state, referrer],
        "q": words,
        "tab": "mine" if mine else "",
        "narrowed": bool(state.value or referrer.value or words),
        "tabs": [
            {"label": _("All"), "url": base, "current": not mine, "count": None},
            {
                "label": _("To be called") if own else _("Waiting for me"),
                "url": f"{base}?tab=mine",
                "current": mine,
                "count": waiting.count(),
            },
        ],
        "may_refer": can(user, "referrals.refer") or can(user, "referrals.refer_as_partner"),
        "may_pay": can(user, "referrals.payouts"),
    }
    return render(request, "rebates/leads.html", context)


@require_GET
@capability_required("referrals.refer_as_partner", can=can)
def own_referrals(request: HttpRequest) -> HttpResponse:
    """What this dealer has referred to others, and what it earned."""
    page = page_of(request, referred_by(own_dealer(request).pk))
    return render(request, "rebates/own_referrals.html", {"page": page})


@require_GET
@capability_required("referrals.view", "referrals.follow", can=can)
def lead(request: HttpRequest, number: str) -> HttpResponse:
    """One lead: its way, its clock, and what this person can do now."""
    return lead_page(request, found_lead(request, number))


def found_lead(request: HttpRequest, number: str) -> Lead:
    """The lead, or 404."""
    try:
        return lead_by_number(person(request), number)
    except LeadNotFound as error:
        raise Http404(str(error)) from error


def lead_page(
    request: HttpRequest, found: Lead, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a lead, with forms that were refused in the place of fresh ones."""
    user = person(request)
    own = user.dealer_id is not None
    reward = getattr(found, "reward", None)
    may_assign = can(user, "referrals.assign")
    call_back_open = found.sampled and not found.call_back and found.state == LeadState.DEAL_CONFIRMED
    may_call = call_back_open and can(user, "referrals.call_back") and found.confirmed_by_id != user.pk
    reassignable = may_assign and found.state in (LeadState.RECEIVED, LeadState.ASSIGNED, LeadState.FOLLOWED_UP)
    tried = {one.dealer_id for one in found.assignments.all()} | {found.partner_id or 0}
    context: dict[str, Any] = {
        "found": found,
        "own": own,
        "running": next((one for one in found.assignments.all() if one.ended_at is None), None),
        # The number is for whoever has to call: the dealer while it follows up, the person who calls back.
        "phone": found.phone if (own and found.state in CALLING) or may_call else "",
        "refusal": refusal_words(found.refusal) if found.refusal else "",
        "reward": reward,
        "explanation": explain(reward.proof) if reward is not None and not own else "",
        "history": lead_history(found, own=own),
        "may_follow": own and found.state == LeadState.ASSIGNED,
        "may_deal": own and found.state == LeadState.FOLLOWED_UP,
        "may_assign": reassignable,
        "suggested": candidates(found.region, on=clock.business_day(clock.now()), without=tried)[:3]
        if reassignable
        else [],
        "may_confirm": may_assign and found.state == LeadState.DEAL_REPORTED and found.employee_id != user.pk,
        "may_call_back": may_call,
        "call_back_open": call_back_open,
        "may_take_back": found.state == LeadState.REWARDED and can(user, "referrals.take_back"),
        "note_form": NoteForm(),
        "deal_form": DealForm(),
        "assign_form": AssignForm(),
        "call_back_form": CallBackForm(),
        **(forms or {}),
    }
    return render(request, "rebates/lead.html", context, status=status)


@require_GET
@capability_required("referrals.payouts", can=can)
def payouts(request: HttpRequest) -> HttpResponse:
    """What waits to be paid to employees and customers, and the lists so far."""
    user = person(request)
    waiting = ReferralReward.objects.filter(unpaid_rewards()).select_related("lead__employee").order_by("pk")
    context = {
        "waiting": list(waiting[:200]),
        "returned": returned_deals(at=clock.now()),
        "page": page_of(request, ReferralPayout.objects.select_related("made_by", "decided_by")),
        "may_prepare": can(user, "referrals.pay_prepare"),
        "may_approve": can(user, "referrals.pay_approve"),
        "prepared": PayoutState.PREPARED,
    }
    return render(request, "rebates/payouts.html", context)


@require_POST
@capability_required("referrals.pay_prepare", can=can)
def payout_prepare(request: HttpRequest) -> HttpResponse:
    """Put everything that waits on a list."""
    with refusals_shown(request):
        made = prepare_payout(actor=person(request), at=clock.now())
        messages.success(request, _("The list %(number)s waits for its approver.") % {"number": made.number})
    return redirect("referral-payouts")


@require_POST
@capability_required("referrals.pay_approve", can=can)
def payout_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve a list, or give it back."""
    approve = request.POST.get("decision") == "approve"
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:500]
        decide_payout(number=number, approve=approve, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("The list is approved.") if approve else _("The list is given back."))
    return redirect("referral-payouts")


@require_GET
@capability_required("referrals.payouts", can=can)
def payout_export(request: HttpRequest, number: str, ending: str) -> HttpResponseBase:
    """A list as a table for whoever pays it: rewards of people with how each came about."""
    payout = get_object_or_404(ReferralPayout, number=number)
    rows = (
        (
            payout.number,
            reward.lead.number,
            reward.referrer,
            reward.lead.referrer_name,
            reward.lead.employee.get_username() if reward.lead.employee else "",
            reward.lead.referrer_phone_hint,
            reward.base,
            reward.amount,
            reward.granted_at,
            explain(reward.proof),
        )
        for reward in payout.rewards.select_related("lead__employee").order_by("pk")
    )
    return table_response(request, ending, payout.number, PAYOUT_COLUMNS, rows)
