"""Ends of contracts and suspensions: proposed or placed from the dealer's page, decided from the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import DealerState, ExitState
from dealers.foundation import clock
from dealers.models import PENDING_EXITS, Dealer, ExitPlan, Suspension, User
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers
from dealers.services.exit_plans import decide_exit, propose_exit, withdraw_exit
from dealers.services.suspensions import end_suspension, suspend_dealer
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import page_of, words_of


class ExitForm(forms.Form):
    """When the contract is to end, and why."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The contract ends when this day is over; one that is over ends with the decision."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The dealer reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SuspensionForm(forms.Form):
    """Why a contract is interrupted, or goes on."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The dealer reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def leaving(dealer: Dealer, user: User) -> dict[str, Any]:
    """What a dealer's page says of the end or interruption of its contract, and what ``user`` may do about it."""
    plan = _plans(user).filter(dealer=dealer, state__in=PENDING_EXITS).first()
    suspended = dealer.state == DealerState.SUSPENDED
    found = Suspension.objects.filter(dealer=dealer, lifted_at__isnull=True).select_related("suspended_by")
    suspension = found.first() if suspended else None
    return {
        "exit_plan": plan,
        "suspension": suspension,
        "exit_form": ExitForm(auto_id="exit_%s"),
        "suspension_form": SuspensionForm(auto_id="suspension_%s"),
        "may_propose_exit": can(user, "exits.propose") and plan is None and dealer.state != DealerState.TERMINATED,
        "may_suspend": can(user, "dealers.suspend") and dealer.state == DealerState.ACTIVE,
        "may_end_suspension": can(user, "dealers.end_suspension")
        and suspension is not None
        and suspension.suspended_by_id != user.pk,
        **_may(user),
    }


def _may(user: User) -> dict[str, bool]:
    return {
        "may_decide_exit": can(user, "exits.decide"),
        "may_withdraw_exit": can(user, "exits.withdraw"),
        "may_see_returns": can(user, "returns.view"),
    }


def _plans(user: User) -> QuerySet[ExitPlan]:
    plans = ExitPlan.objects.filter(dealer__in=visible_dealers(user))
    return plans.select_related("dealer", "proposed_by", "decided_by", "withdrawn_by")


@require_GET
@capability_required("exits.view")
def exits(request: HttpRequest) -> HttpResponse:
    """Plans that are still to come true, the nearest last day first; then what became of the others."""
    user = person(request)
    found = _plans(user)
    words = words_of(request)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    states = [ExitState.PROPOSED] if request.GET.get("tab") == "proposed" else PENDING_EXITS
    context = {
        "pending": list(found.filter(state__in=states).order_by("last_day", "pk")),
        "narrowed": len(states) == 1,
        "page": page_of(request, found.exclude(state__in=PENDING_EXITS).order_by("-pk")),
        "proposed": ExitState.PROPOSED,
        "q": words,
        "user": user,
        **_may(user),
    }
    return render(request, "dealers/exits.html", context)


@require_POST
@capability_required("exits.propose")
def exit_propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose the end of a contract."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    form = ExitForm(request.POST)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
        return back_to(request, "dealer-detail", dealer.code)
    given = form.cleaned_data
    with refusals_shown(request):
        propose_exit(dealer=dealer, last_day=given["last_day"], reason=given["reason"], actor=user, at=clock.now())
        messages.success(request, _("The proposal is with the general manager."))
    return back_to(request, "dealer-detail", dealer.code)


@require_POST
@capability_required("exits.decide")
def exit_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the end of a contract or decline it."""
    user = person(request)
    plan = get_object_or_404(_plans(user), pk=pk)
    agree = request.POST.get("decision") == "agree"
    with refusals_shown(request):
        plan = decide_exit(plan=plan, agree=agree, note=request.POST.get("note", ""), actor=user, at=clock.now())
        if plan.state == ExitState.CARRIED_OUT:
            messages.success(request, _("The contract of %(dealer)s has ended.") % {"dealer": plan.dealer.name})
        elif agree:
            words = {"dealer": plan.dealer.name, "last_day": plan.last_day.isoformat()}
            messages.success(request, _("The contract of %(dealer)s ends with %(last_day)s.") % words)
        else:
            messages.success(request, _("The proposal is declined."))
    return back_to(request, "dealer-exits")


@require_POST
@capability_required("exits.withdraw")
def exit_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan back before it comes true."""
    user = person(request)
    plan = get_object_or_404(_plans(user), pk=pk)
    with refusals_shown(request):
        withdraw_exit(plan=plan, reason=request.POST.get("note", ""), actor=user, at=clock.now())
        messages.success(request, _("The contract of %(dealer)s goes on.") % {"dealer": plan.dealer.name})
    return back_to(request, "dealer-exits")


@require_POST
@capability_required("dealers.suspend")
def dealer_suspend(request: HttpRequest, code: str) -> HttpResponse:
    """Interrupt a contract."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    with refusals_shown(request):
        suspend_dealer(dealer=dealer, reason=request.POST.get("note", ""), actor=user, at=clock.now())
        messages.success(request, _("%(dealer)s is suspended.") % {"dealer": dealer.name})
    return back_to(request, "dealer-detail", dealer.code)


@require_POST
@capability_required("dealers.end_suspension")
def suspension_end(request: HttpRequest, code: str) -> HttpResponse:
    """Let an interrupted contract go on."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    with refusals_shown(request):
        end_suspension(dealer=dealer, note=request.POST.get("note", ""), actor=user, at=clock.now())
        messages.success(request, _("The contract of %(dealer)s goes on.") % {"dealer": dealer.name})
    return back_to(request, "dealer-detail", dealer.code)
