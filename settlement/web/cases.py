"""Cases: the queue of what waits, one with its evidence, and the door through which violations come in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, window_of, words_of
from pricing.web.violation_decisions import given
from settlement.choices import CaseKind, CasePriority, CaseState
from settlement.errors import CaseNotFound
from settlement.models import Case
from settlement.permissions import can
from settlement.rules.case_life import CASE_LIFE
from settlement.selectors.cases import case_of, evidence_in, narrowed_cases, pieces_of
from settlement.services import case_intake
from settlement.web.case_words import evidence_row, facts_words, lines_as_seen, seen_facts

_LINES_SHOWN = 500


@require_GET
@capability_required("cases.view", can=can)
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in sight, the newest first; by default those that wait to be begun."""
    state = choice_of(request, "state", _("All states"), CaseState.choices, default=CaseState.OPENED)
    filters = [
        choice_of(request, "kind", _("All kinds"), CaseKind.choices),
        choice_of(request, "priority", _("Any priority"), CasePriority.choices),
    ]
    words = words_of(request)
    kind, priority = (chosen.value for chosen in filters)
    found = narrowed_cases(person(request), kind=kind, state=state.value, priority=priority, words=words)
    window = window_of(request, found)
    pieces = pieces_of(window.rows)
    context = {
        "rows": [{"case": each, "facts": facts_words(each), "pieces": pieces.get(each.pk)} for each in window.rows],
        "window": window,
        "filters": [state, *filters],
        "q": words,
        "narrowed": bool(words or kind or priority or state.value != CaseState.OPENED),
    }
    return render(request, "settlement/cases.html", context)


@require_GET
@capability_required("cases.view", can=can)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what it is about, the evidence as it was seen, and the way ahead of it."""
    found = _found(request, number)
    shown = CASE_LIFE.states
    place = shown.index(found.state)
    context = {
        "case": found,
        "facts": facts_words(found),
        "evidence": [evidence_row(each) for each in evidence_in(found)],
        "steps": [
            {"label": CaseState(state).label, "state": "done" if n < place else "current" if n == place else "ahead"}
            for n, state in enumerate(shown[:5])
        ],
    }
    return render(request, "settlement/case.html", context)


@require_GET
@capability_required("cases.view", can=can)
def evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One piece of evidence as it was kept, and whether it is still what its fingerprint was taken of."""
    found = get_object_or_404(_found(request, number).evidence.select_related("added_by", "case__dealer"), pk=pk)
    lines = lines_as_seen(found)
    context = {
        "case": found.case,
        "row": evidence_row(found),
        "evidence": found,
        "intact": sha256_hex(canonical_json(found.snapshot)) == found.digest,
        "lines": lines[:_LINES_SHOWN],
        "seen": seen_facts(found),
        "left_out": len(lines[_LINES_SHOWN:]),
    }
    return render(request, "settlement/evidence.html", context)


@require_POST
@capability_required("cases.open", can=can)
def hand_over_violation(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a violation over to the case path."""
    with refusals_shown(request):
        opened = case_intake.hand_over_violation(violation_id=pk, **given(request))
        messages.success(
            request, _("Handed over as %(case)s. Nothing follows before it is decided.") % {"case": opened}
        )
    return back_to(request, "violation", pk)


@require_POST
@capability_required("cases.open", can=can)
def hand_over_observation(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a seen price over to the case path."""
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        opened = case_intake.hand_over_observation(
            observation_id=pk, reason=reason, actor=person(request), at=clock.now()
        )
        said = _("Handed over as %(case)s. Nothing follows before it is decided.")
        messages.success(request, said % {"case": opened})
    return back_to(request, "observation", pk)


def _found(request: HttpRequest, number: str) -> Case:
    try:
        return case_of(person(request), number)
    except CaseNotFound as error:
        raise Http404(str(error)) from error
