"""Corrective plans: what waits for whom, and one plan with everything said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.selectors.people import with_people_called
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of
from rebates.choices import PlanAct, PlanState
from rebates.permissions import can
from rebates.rules.scorecard.plan_life import PLAN_LIFE
from rebates.selectors.plans import visible_plans
from rebates.services.scorecards.plans import (
    PlanGiven,
    accept_plan,
    complete_plan,
    report_progress,
    send_plan_back,
    submit_plan,
)


class PlanForm(forms.Form):
    """What a dealer will do about a score that was too low."""

    cause = forms.CharField(
        label=gettext_lazy("Why it came to this"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    measures = forms.CharField(
        label=gettext_lazy("What will be done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    finish_on = forms.DateField(label=gettext_lazy("Done by"), widget=forms.DateInput(attrs={"type": "date"}))


#: What HQ and the dealer say in one text: the service, and the word of success.
_SAID: Mapping[str, tuple[Callable[..., Any], str, Any]] = {
    "send-back": (send_plan_back, "why", gettext_lazy("The plan is sent back.")),
    "accept": (accept_plan, "remark", gettext_lazy("The plan is accepted.")),
    "progress": (report_progress, "text", gettext_lazy("The progress is noted.")),
    "complete": (complete_plan, "remark", gettext_lazy("The plan is carried out.")),
}


@require_GET
@capability_required("scorecards.view", can=can)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans in sight, the most urgent first."""
    user = person(request)
    state = choice_of(request, "state", _("All states"), PlanState.choices)
    found = visible_plans(user)
    if state.value:
        found = found.filter(state=state.value)
    context = {"page": page_of(request, found.order_by("due_at", "pk")), "filters": [state], "own": user.dealer_id}
    return render(request, "rebates/plans.html", context)


@require_GET
@capability_required("scorecards.view", can=can)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan, its course, and what this person may do about it now."""
    return _plan_page(request, pk, None)


@require_POST
@capability_required("plans.write", can=can)
def plan_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the plan in."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _plan_page(request, pk, form)
    with refusals_shown(request):
        submit_plan(pk=pk, given=PlanGiven(**form.cleaned_data), actor=person(request), at=clock.now())
        messages.success(request, _("Your plan is with your channel manager."))
    return redirect("corrective-plan", pk)


@require_POST
@capability_required("plans.write", "plans.judge", can=can)
def plan_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Send back, accept, report progress, or find carried out."""
    if name not in _SAID:
        raise Http404
    service, parameter, said = _SAID[name]
    text = request.POST.get("text", "").replace("\x00", "")[:4000]
    with refusals_shown(request):
        service(pk=pk, actor=person(request), at=clock.now(), **{parameter: text})
        messages.success(request, str(said))
    return redirect("corrective-plan", pk)


def _plan_page(request: HttpRequest, pk: int, form: PlanForm | None) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(visible_plans(user), pk=pk)
    given = {"cause": found.cause, "measures": found.measures, "finish_on": found.finish_on}
    context = {
        "plan": found,
        "own": user.dealer_id is not None,
        "steps": with_people_called(
            {"title": PlanAct(step.act).label, "at": step.at, "actor": step.by, "quote": step.text}
            for step in found.steps.all()
        ),
        "form": form or PlanForm(initial=given),
        "may_submit": can(user, "plans.write") and PLAN_LIFE.allows(found.state, "submit"),
        "may_report": can(user, "plans.write") and PLAN_LIFE.allows(found.state, "progress"),
        "may_judge": can(user, "plans.judge") and PLAN_LIFE.allows(found.state, "accept"),
        "may_complete": can(user, "plans.judge") and PLAN_LIFE.allows(found.state, "complete"),
    }
    return render(request, "rebates/plan.html", context, status=200 if form is None else 422)
