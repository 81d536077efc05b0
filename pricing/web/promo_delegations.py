"""Who stands in for whom: one's own absences, and for the general manager and the auditor everybody's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dealers.choices import Role
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.clock import business_day, now
from dealers.models import User
from dealers.web.access import capability_required, person, refusals_shown
from pricing.models import PromoDelegation
from pricing.permissions import can
from pricing.rules.promo_delegation import STAND_INS
from pricing.selectors.promo_delegations import possible_stand_ins, visible_delegations
from pricing.services.promos.delegations import end_delegation, record_delegation

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ROWS_PER_PAGE = 50


class PersonChoiceField(forms.ModelChoiceField):
    """A person with the office held."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.get_role_display()}"


class DelegationForm(forms.Form):
    """An absence and who stands in. The general manager may record one for somebody who cannot."""

    delegator = PersonChoiceField(User.objects.none(), label=gettext_lazy("Who is away"), empty_label=None)
    delegate = PersonChoiceField(User.objects.none(), label=gettext_lazy("Who stands in"))
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=_DATE, initial=lambda: business_day(now()))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=_DATE)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        away = User.objects.filter(pk=actor.pk)
        deputies = {deputy.pk for deputy in possible_stand_ins(actor)}
        if actor.role == Role.GENERAL_MANAGER:
            away = User.objects.filter(role__in=STAND_INS, is_active=True)
            deputies |= {deputy.pk for one in away for deputy in possible_stand_ins(one)} - {actor.pk}
        self.fields["delegator"].queryset = away.order_by("username")  # type: ignore[attr-defined]
        self.fields["delegator"].initial = actor
        self.fields["delegate"].queryset = User.objects.filter(pk__in=deputies).order_by("username")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@capability_required("promos.see_delegations", can=can)
def delegations(request: HttpRequest) -> HttpResponse:
    """The list, and the form to record an absence."""
    actor, at = person(request), clock.now()
    may_record = can(actor, "promos.delegate")
    form = DelegationForm(request.POST or None, actor=actor) if may_record else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            record_delegation(**form.cleaned_data, actor=actor, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The delegation is recorded; both of you are told."))
            return redirect("promo-delegations")
    page = Paginator(visible_delegations(actor), _ROWS_PER_PAGE).get_page(request.GET.get("page"))
    today = clock.business_day(at)
    rows = [
        {
            "delegation": one,
            "state": _state(one, today),
            "may_end": one.ended_at is None
            and not _is_over(one, today)
            and actor.pk in (one.delegator_id, one.recorded_by_id),
        }
        for one in page
    ]
    context = {"form": form, "rows": rows, "page": page, "sees_all": actor.role in (Role.AUDITOR, Role.GENERAL_MANAGER)}
    return render(request, "promos/delegations.html", context, status=422 if form is not None and form.errors else 200)


@require_POST
@capability_required("promos.delegate", can=can)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        end_delegation(delegation=pk, actor=person(request), at=clock.now())
        messages.success(request, _("The delegation has ended."))
    return redirect("promo-delegations")


def _is_over(delegation: PromoDelegation, today: date) -> bool:
    return delegation.days.upper is not None and delegation.days.upper <= today


def _state(delegation: PromoDelegation, today: date) -> dict[str, str]:
    if delegation.ended_at is not None:
        return {"tone": "", "label": _("ended early")}
    if _is_over(delegation, today):
        return {"tone": "", "label": _("over")}
    if delegation.days.lower is not None and delegation.days.lower > today:
        return {"tone": "info", "label": _("to come")}
    return {"tone": "ok", "label": _("in force")}
