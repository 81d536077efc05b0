"""Signals of fraud: the list, one with its evidence, and opening a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.foundation.clock import business_day
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, window_of, words_of
from settlement.choices import SightingKind, SignalRule, SignalState
from settlement.errors import SignalNotFound
from settlement.models import SignalSighting
from settlement.permissions import can
from settlement.selectors.signals.findings import changed_lines, narrowed_signals, signal_of
from settlement.selectors.signals.scope import terms_at
from settlement.selectors.signals.suppressions import in_force, visible_suppressions
from settlement.services.signals.handing_over import open_case_with_signals
from settlement.signal_words import RULE_HELP, sentence_of, window_words
from settlement.web.signal_evidence import evidence_rows

_TONES = {
    SightingKind.FIRST: "bad",
    SightingKind.CHANGED: "warn",
    SightingKind.AGAIN: "bad",
    SightingKind.GONE: "ok",
}


@require_GET
@capability_required("signals.view", can=can)
def signals(request: HttpRequest) -> HttpResponse:
    """The findings in sight, the newest first; by default those that wait to be looked at."""
    user, at = person(request), clock.now()
    state = choice_of(request, "state", _("All states"), SignalState.choices, default=SignalState.OPEN)
    rule = choice_of(request, "rule", _("All rules"), SignalRule.choices)
    words = words_of(request)
    found = narrowed_signals(user, at=at, rule=rule.value, state=state.value, dealer=words)
    window = window_of(request, found)
    context = {
        "rows": [
            {"finding": one, "said": sentence_of(one.latest.said), "window": window_words(one.window)}
            for one in window.rows
        ],
        "window": window,
        "filters": [state, rule],
        "q": words,
        "narrowed": bool(words or rule.value or state.value != SignalState.OPEN),
        "tabs": tabs_of("signals"),
        "may_open": can(user, "cases.open"),
        "state": state.value,
    }
    return render(request, "settlement/signals.html", context)


@require_GET
@capability_required("signals.view", can=can)
def signal(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: its sentence, the evidence as it was and what became of it, and what runs had to say."""
    user, at = person(request), clock.now()
    try:
        found = signal_of(user, pk, at=at)
    except SignalNotFound as refusal:
        raise Http404(str(refusal)) from refusal
    seen = found.latest
    revised = changed_lines(seen.evidence)
    _policy, terms = terms_at(at)
    suppressed = visible_suppressions(user).filter(in_force(at), dealer=found.dealer_id, rule=found.rule).first()
    context = {
        "finding": found,
        "seen": seen,
        "said": sentence_of(seen.said),
        "help": RULE_HELP[SignalRule(found.rule)],
        "window": window_words(found.window),
        "rows": evidence_rows(seen.evidence, revised),
        "kind": seen.evidence[0]["kind"] if seen.evidence else "",
        "revised": len(revised),
        "left_out": seen.evidence_total - len(seen.evidence),
        "entries": [_entry(one) for one in found.sightings.order_by("-id")[:50]],
        "suppressed": suppressed,
        "longest": terms.longest_suppression_days,
        "today": business_day(at),
        "may_open": can(user, "cases.open"),
        "may_suppress": can(user, "signals.suppress"),
    }
    return render(request, "settlement/signal.html", context)


@require_POST
@capability_required("cases.open", can=can)
def open_case(request: HttpRequest) -> HttpResponse:
    """Open a case with the signals that were chosen."""
    chosen = [int(value) for value in request.POST.getlist("signal") if value.isdecimal() and len(value) < 19]
    with refusals_shown(request):
        case = open_case_with_signals(
            findings=chosen, reason=request.POST.get("reason", ""), actor=person(request), at=clock.now()
        )
        messages.success(request, _("In case %(case)s now. Nothing follows before it is decided.") % {"case": case})
        return redirect("case", case.number)
    return back_to(request, "signals")


def tabs_of(current: str) -> list[dict[str, Any]]:
    """The pages of the signals as tabs."""
    pages = (
        ("signals", _("Findings")),
        ("signal-suppressions", _("Suppressions")),
        ("signal-runs", _("Runs and trials")),
    )
    return [{"label": label, "url": reverse(name), "current": name == current, "count": None} for name, label in pages]


def _entry(one: SignalSighting) -> dict[str, Any]:
    is_gone = one.kind == SightingKind.GONE
    return {
        "title": _("First found") if one.kind == SightingKind.FIRST else one.get_kind_display(),
        "at": one.at,
        "note": "" if is_gone else sentence_of(one.said),
        "tone": _TONES[SightingKind(one.kind)],
    }
