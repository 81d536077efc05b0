"""Exemptions from reporting: asked for by dealers, decided by their channel managers, agreed directly, ended."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import Feed, RequestState
from dealers.foundation import clock
from dealers.models import ExemptionRequest, SyncExemption, User
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers
from dealers.services.exemptions import (
    agree_exemption,
    decide_exemption,
    request_exemption,
    revoke_exemption,
    withdraw_exemption_request,
)
from dealers.web.access import back_to, capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import page_of, words_of


class ExemptionForm(forms.Form):
    """An agreed pause of the duty to report; the last day is included."""

    feed = forms.ChoiceField(
        label=gettext_lazy("Reports"),
        required=False,
        choices=[
            ("", gettext_lazy("Sales and inventory")),
            (Feed.SALES, Feed.SALES.label),
            (Feed.INVENTORY, Feed.INVENTORY.label),
        ],
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class RequestForm(ExemptionForm):
    """The same, asked for by a dealer: it has a last day."""

    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


@require_GET
@capability_required("sync.exempt", "sync.request_exemption", "sync.view")
def exemptions(request: HttpRequest) -> HttpResponse:
    """Requests that wait, then the exemptions there are; a dealer sees its own."""
    user = person(request)
    words = words_of(request)
    agreed = SyncExemption.objects.filter(dealer__in=visible_dealers(user)).select_related("dealer", "agreed_by")
    asked = _requests(user)
    if words:
        agreed = agreed.filter(dealer__name__icontains=words) | agreed.filter(dealer__code__icontains=words)
        asked = asked.filter(dealer__name__icontains=words) | asked.filter(dealer__code__icontains=words)
    context = {
        "waiting": list(asked.filter(state=RequestState.OPEN).order_by("requested_at")[:100]),
        "closed": list(asked.exclude(state__in=(RequestState.OPEN, RequestState.AGREED)).order_by("-decided_at")[:20]),
        "page": page_of(request, agreed.order_by("-agreed_at", "-pk")),
        "own": user.dealer_id is not None,
        "today": clock.business_day(clock.now()),
        "may_exempt": can(user, "sync.exempt"),
        "may_request": can(user, "sync.request_exemption"),
        "form": RequestForm(auto_id="request_%s"),
        "q": words,
    }
    return render(request, "dealers/exemptions.html", context)


def _requests(user: User) -> QuerySet[ExemptionRequest]:
    asked = ExemptionRequest.objects.filter(dealer__in=visible_dealers(user))
    return asked.select_related("dealer", "requested_by", "decided_by")


@require_POST
@capability_required("sync.request_exemption")
def exemption_request(request: HttpRequest) -> HttpResponse:
    """Ask to be excused."""
    form = RequestForm(request.POST)
    if not form.is_valid():
        _show_faults(request, form)
        return back_to(request, "exemptions")
    given = form.cleaned_data
    with refusals_shown(request):
        request_exemption(
            dealer=own_dealer(request),
            starts_on=given["starts_on"],
            ends_on=given["last_day"] + timedelta(days=1),
            reason=given["reason"],
            actor=person(request),
            at=clock.now(),
            feed=Feed(given["feed"]) if given["feed"] else None,
        )
        messages.success(request, _("Your request is with your channel manager. Until it is agreed, report as usual."))
    return back_to(request, "exemptions")


@require_POST
@capability_required("sync.exempt")
def exemption_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a request or refuse it."""
    user = person(request)
    asked = get_object_or_404(_requests(user), pk=pk)
    agree = request.POST.get("decision") == "agree"
    note = request.POST.get("note", "")[:500]
    with refusals_shown(request):
        decide_exemption(request=asked, agree=agree, note=note, actor=user, at=clock.now())
        messages.success(request, _("The exemption is agreed.") if agree else _("The request is refused."))
    return back_to(request, "exemptions")


@require_POST
@capability_required("sync.request_exemption")
def exemption_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the own request back."""
    user = person(request)
    asked = get_object_or_404(_requests(user), pk=pk)
    with refusals_shown(request):
        withdraw_exemption_request(request=asked, actor=user, at=clock.now())
        messages.success(request, _("The request is withdrawn."))
    return back_to(request, "exemptions")


def _show_faults(request: HttpRequest, form: forms.Form) -> None:
    for field, faults in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        messages.error(request, f"{label}: {' '.join(map(str, faults))}")


@require_POST
@capability_required("sync.exempt")
def exemption_agree(request: HttpRequest, code: str) -> HttpResponse:
    """Pause a dealer's duty to report."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    form = ExemptionForm(request.POST)
    if not form.is_valid():
        _show_faults(request, form)
        return back_to(request, "dealer-detail", dealer.code)
    given = form.cleaned_data
    with refusals_shown(request):
        agree_exemption(
            dealer=dealer,
            starts_on=given["starts_on"],
            ends_on=given["last_day"] + timedelta(days=1) if given["last_day"] else None,
            reason=given["reason"],
            actor=user,
            at=clock.now(),
            feed=Feed(given["feed"]) if given["feed"] else None,
        )
        messages.success(request, _("The exemption is agreed."))
    return back_to(request, "dealer-detail", dealer.code)


@require_POST
@capability_required("sync.exempt")
def exemption_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an exemption from today on."""
    user = person(request)
    exemption = get_object_or_404(SyncExemption.objects.filter(dealer__in=visible_dealers(user)), pk=pk)
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:500]
        revoke_exemption(exemption=exemption, actor=user, at=clock.now(), reason=reason)
        messages.success(request, _("The exemption ends today."))
    return back_to(request, "dealer-detail", exemption.dealer.code)
