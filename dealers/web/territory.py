"""Territory: what a dealer may sell in, the changes that were asked for, and deciding on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import RequestState, TerritoryAct
from dealers.foundation import clock
from dealers.models import Dealer, Region, Territory
from dealers.permissions import can
from dealers.selectors.territory import conflicts_of_changes, visible_changes, waiting_changes
from dealers.selectors.visibility import visible_dealers
from dealers.services.territory import (
    decide_territory_change,
    request_territory_change,
    withdraw_territory_change,
)
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.form_fields import DayField
from dealers.web.join_forms import TextField
from dealers.web.listing import only_mine, window_of, words_of

_MOST_WAITING = 50


class ChangeForm(forms.Form):
    """A change of territory. Headquarters names the dealer."""

    dealer = TextField(label=gettext_lazy("Dealer code"), max_length=32)
    act = forms.ChoiceField(label=gettext_lazy("Change"), choices=TerritoryAct.choices)
    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("Region"))
    effective_on = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("Tomorrow at the earliest."))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, own: Dealer | None, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["region"]
        field.queryset = Region.objects.select_related("parent").order_by("code")
        field.label_from_instance = lambda place: f"{place.parent.name} · {place.name}" if place.parent else place.name
        if own is not None:
            del self.fields["dealer"]


@require_GET
@capability_required("territory.view")
def territory(request: HttpRequest) -> HttpResponse:
    """Changes that wait, with what stands in their way for headquarters, and those decided; a dealer its regions."""
    user = person(request)
    words = words_of(request)
    found = visible_changes(user)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    today = clock.business_day(clock.now())
    decidable = set(waiting_changes(user).values_list("pk", flat=True))
    asked = found.filter(state=RequestState.OPEN)
    mine = only_mine(request)
    changes = list((asked.filter(pk__in=decidable) if mine else asked)[:_MOST_WAITING])
    conflicts = {} if user.dealer else conflicts_of_changes(changes)
    waiting = [{"change": change, "conflicts": conflicts.get(change.pk, [])} for change in changes]
    held = Territory.objects.filter(dealer=user.dealer).select_related("region__parent") if user.dealer else None
    context = {
        "waiting": waiting,
        "window": window_of(request, found.exclude(state=RequestState.OPEN)),
        "held": held.order_by("-valid", "region__code") if held is not None else None,
        "mine": mine,
        "own": user.dealer,
        "q": words,
        "today": today,
        "decidable": decidable,
        "may_withdraw": can(user, "territory.request"),
        "form": ChangeForm(own=user.dealer, auto_id="change_%s") if can(user, "territory.request") else None,
    }
    return render(request, "dealers/territory.html", context)


@require_POST
@capability_required("territory.request")
def territory_request(request: HttpRequest) -> HttpResponse:
    """Ask for a change."""
    user = person(request)
    form = ChangeForm(request.POST, own=user.dealer)
    if not form.is_valid():
        for name, faults in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, faults))}")
        return redirect("territory")
    given = form.cleaned_data
    dealer = user.dealer or get_object_or_404(visible_dealers(user), code=given["dealer"])
    with refusals_shown(request):
        request_territory_change(
            dealer=dealer,
            region=given["region"],
            act=TerritoryAct(given["act"]),
            effective_on=given["effective_on"],
            reason=given["reason"],
            actor=user,
            at=clock.now(),
        )
        messages.success(request, _("Asked for. Another person at headquarters decides."))
    return redirect("territory")


@require_POST
@capability_required("territory.decide")
def territory_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a change or refuse it."""
    user = person(request)
    change = get_object_or_404(visible_changes(user), pk=pk)
    agree, note = request.POST.get("decision") == "agree", request.POST.get("note", "")[:1000]
    with refusals_shown(request):
        decide_territory_change(change=change, agree=agree, note=note, actor=user, at=clock.now())
        messages.success(request, _("Agreed.") if agree else _("Refused."))
    return redirect("territory")


@require_POST
@capability_required("territory.request")
def territory_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    user = person(request)
    change = get_object_or_404(visible_changes(user), pk=pk)
    with refusals_shown(request):
        withdraw_territory_change(change=change, actor=user, at=clock.now())
        messages.success(request, _("Withdrawn."))
    return redirect("territory")
