"""Ending the contract of a dealer from its page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dealers.foundation import clock
from dealers.selectors.visibility import visible_dealers
from dealers.services.exits import terminate_dealer
from dealers.web.access import back_to, capability_required, person, refusals_shown


class ExitForm(forms.Form):
    """When the contract ended, and why."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Today or earlier. The statement of its half-month clears the account."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The dealer reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_POST
@capability_required("dealers.terminate")
def dealer_terminate(request: HttpRequest, code: str) -> HttpResponse:
    """End the contract of a dealer for good."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    form = ExitForm(request.POST)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
        return back_to(request, "dealer-detail", dealer.code)
    given = form.cleaned_data
    with refusals_shown(request):
        terminate_dealer(dealer=dealer, last_day=given["last_day"], reason=given["reason"], actor=user, at=clock.now())
        messages.success(request, _("The contract of %(dealer)s has ended.") % {"dealer": dealer.name})
    return back_to(request, "dealer-detail", dealer.code)
