"""The remote-area subsidy: applied for by dealers, decided and ended by channel managers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import RequestState
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.web.access import back_to, capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import page_of, words_of
from rebates.permissions import can
from rebates.selectors.subsidy_applications import standing, visible_applications
from rebates.services.remote_subsidies import apply_for_subsidy, decide_subsidy, end_subsidy, withdraw_application

_QUARTERS_OFFERED = 4


class ApplicationForm(forms.Form):
    """From which quarter on, and why."""

    quarter = forms.ChoiceField(label=gettext_lazy("From quarter"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [(name, name) for name in coming_quarters()]  # type: ignore[attr-defined]


def coming_quarters() -> list[str]:
    """The present quarter and the next ones."""
    quarters = [Quarter.containing(clock.now())]
    while len(quarters) < _QUARTERS_OFFERED:
        quarters.append(quarters[-1].next())
    return [str(quarter) for quarter in quarters]


@require_GET
@capability_required("remote_subsidy.view", can=can)
def remote_subsidy(request: HttpRequest) -> HttpResponse:
    """Applications that wait, then all; a dealer sees its own and how it stands in the present quarter."""
    user, words = person(request), words_of(request)
    found = visible_applications(user)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    now = clock.now()
    page = page_of(request, found.exclude(state=RequestState.OPEN).order_by("-requested_at", "-pk"))
    context = {
        "waiting": list(found.filter(state=RequestState.OPEN).order_by("requested_at")[:100]),
        "page": page,
        "own": user.dealer_id is not None,
        "standing": standing(user.dealer, at=now) if user.dealer is not None else None,
        "may_apply": can(user, "remote_subsidy.apply"),
        "may_decide": can(user, "remote_subsidy.decide"),
        "today": clock.business_day(now),
        "quarters": coming_quarters(),
        "form": ApplicationForm(auto_id="apply_%s"),
        "q": words,
    }
    return render(request, "rebates/remote_subsidy.html", context)


@require_POST
@capability_required("remote_subsidy.apply", can=can)
def subsidy_apply(request: HttpRequest) -> HttpResponse:
    """Apply for the subsidy."""
    form = ApplicationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a quarter and give a reason."))
        return back_to(request, "remote-subsidy")
    with refusals_shown(request):
        apply_for_subsidy(
            dealer=own_dealer(request),
            quarter=Quarter.parse(form.cleaned_data["quarter"]),
            reason=form.cleaned_data["reason"],
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("Your application is with your channel manager."))
    return back_to(request, "remote-subsidy")


@require_POST
@capability_required("remote_subsidy.decide", can=can)
def subsidy_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to an application or refuse it."""
    user = person(request)
    application = get_object_or_404(visible_applications(user), pk=pk)
    agree = request.POST.get("decision") == "agree"
    with refusals_shown(request):
        decide_subsidy(
            application=application, agree=agree, note=request.POST.get("note", "")[:500], actor=user, at=clock.now()
        )
        messages.success(request, _("The subsidy is agreed.") if agree else _("The application is refused."))
    return back_to(request, "remote-subsidy")


@require_POST
@capability_required("remote_subsidy.apply", can=can)
def subsidy_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the own application back."""
    user = person(request)
    application = get_object_or_404(visible_applications(user), pk=pk)
    with refusals_shown(request):
        withdraw_application(application=application, actor=user, at=clock.now())
        messages.success(request, _("The application is withdrawn."))
    return back_to(request, "remote-subsidy")


@require_POST
@capability_required("remote_subsidy.decide", can=can)
def subsidy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an agreed subsidy from a quarter on."""
    user = person(request)
    application = get_object_or_404(visible_applications(user), pk=pk)
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
    except Unreadable:
        messages.error(request, _("Choose a quarter and give a reason."))
        return back_to(request, "remote-subsidy")
    with refusals_shown(request):
        end_subsidy(
            application=application,
            quarter=quarter,
            reason=request.POST.get("reason", "")[:500],
            actor=user,
            at=clock.now(),
        )
        messages.success(request, _("The subsidy ends with %(quarter)s.") % {"quarter": quarter.previous()})
    return back_to(request, "remote-subsidy")
