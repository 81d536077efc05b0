"""Suppressions of signals: all there ever were, making one, and lifting it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.foundation.clock import parse_date
from dealers.foundation.refusals import Refused as Unreadable
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, window_of, words_of
from settlement.choices import SignalRule
from settlement.permissions import can
from settlement.selectors.signals.suppressions import in_force, visible_suppressions
from settlement.services.signals.suppressing import lift_suppression, suppress_rule
from settlement.web.signals import tabs_of


@require_GET
@capability_required("signals.view", can=can)
def suppressions(request: HttpRequest) -> HttpResponse:
    """Every suppression; by default those in force."""
    user, at = person(request), clock.now()
    states = [("in_force", _("In force")), ("over", _("Over"))]
    state = choice_of(request, "state", _("All suppressions"), states, default="in_force")
    words = words_of(request)
    found = visible_suppressions(user)
    if state.value:
        found = found.filter(in_force(at)) if state.value == "in_force" else found.exclude(in_force(at))
    if words:
        found = found.filter(dealer__code__iexact=words) | found.filter(dealer__name__icontains=words)
    window = window_of(request, found)
    context = {
        "rows": [{"row": one, "in_force": one.lifted_at is None and one.until > at} for one in window.rows],
        "window": window,
        "filters": [state],
        "q": words,
        "tabs": tabs_of("signal-suppressions"),
        "may_suppress": can(user, "signals.suppress"),
        "narrowed": bool(words or state.value != "in_force"),
    }
    return render(request, "settlement/signal_suppressions.html", context)


@require_POST
@capability_required("signals.suppress", can=can)
def suppress(request: HttpRequest) -> HttpResponse:
    """Suppress a rule for a dealer up to a day."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=request.POST.get("dealer", ""))
    rule = request.POST.get("rule", "")
    try:
        last_day = parse_date(request.POST.get("last_day", ""))
        chosen = SignalRule(rule)
    except (Unreadable, ValueError):
        messages.error(request, _("Choose the last day of the suppression."))
        return back_to(request, "signal-suppressions")
    with refusals_shown(request):
        suppress_rule(
            dealer=dealer,
            rule=chosen,
            last_day=last_day,
            reason=request.POST.get("reason", ""),
            actor=user,
            at=clock.now(),
        )
        messages.success(request, _("Suppressed. What the rule finds is recorded and stays visible."))
    return back_to(request, "signal-suppressions")


@require_POST
@capability_required("signals.suppress", can=can)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a suppression now."""
    with refusals_shown(request):
        lift_suppression(
            suppression_id=pk, reason=request.POST.get("reason", ""), actor=person(request), at=clock.now()
        )
        messages.success(request, _("Lifted. What the rule found meanwhile waits to be looked at."))
    return back_to(request, "signal-suppressions")
