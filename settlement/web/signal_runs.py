"""Runs of the signals and trials: the list, one of them, and the forms that ask."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import page_of, window_of
from settlement.choices import DifferenceKind, SignalRule, SignalRunKind
from settlement.models import ShadowDifference, SignalRun
from settlement.permissions import can
from settlement.selectors.backtests import versions_to_try
from settlement.selectors.signals.examinations import LIVE, ON_TRIAL
from settlement.selectors.signals.findings import job_of_run, visible_runs
from settlement.services.signals.asking import FIND_SIGNALS, request_signals, request_trial
from settlement.signal_words import RULE_HELP, sentence_of, window_words
from settlement.web.signals import tabs_of


@require_GET
@capability_required("signals.view", can=can)
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, the newest first, and the rules with their versions."""
    user = person(request)
    window = window_of(request, visible_runs(user))
    trials = {one.rule: one.version for one in ON_TRIAL}
    context = {
        "window": window,
        "rows": [{"run": one, "sums": _sums(one)} for one in window.rows],
        "tabs": tabs_of("signal-runs"),
        "rules": [
            {
                "label": one.rule.label,
                "help": RULE_HELP[one.rule],
                "version": one.version,
                "trial": trials.get(one.rule),
            }
            for one in LIVE
        ],
        "trials": [
            {"value": f"{one.rule.value}:{one.version}", "label": one.rule.label, "version": one.version}
            for one in ON_TRIAL
        ],
        "versions": versions_to_try(user),
        "may_run": can(user, "signals.run"),
    }
    return render(request, "settlement/signal_runs.html", context)


@require_GET
@capability_required("signals.view", can=can)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it looked at and what came of it; of a trial the differences."""
    found = get_object_or_404(visible_runs(person(request)), pk=pk)
    job = job_of_run(found, FIND_SIGNALS)
    page = page_of(request, found.differences.select_related("dealer").order_by("rule", "dealer__code", "id"))
    context: dict[str, Any] = {
        "run": found,
        "job": job,
        "busy": job is not None and job.state in (JobState.QUEUED, JobState.RUNNING),
        "windows": [window_words(key) for key in found.windows],
        "counts": [
            {"label": SignalRule(rule).label, "version": found.versions.get(rule), "counts": counts}
            for rule, counts in found.counts.items()
        ],
        "is_trial": found.kind == SignalRunKind.SHADOW,
        "tried": [
            {"label": SignalRule(rule).label, "version": version} for rule, version in found.trial_versions.items()
        ],
        "page": page,
        "rows": [_difference(one) for one in page.object_list],
    }
    return render(request, "settlement/signal_run.html", context)


@require_POST
@capability_required("signals.run", can=can)
def look_now(request: HttpRequest) -> HttpResponse:
    """Ask for a live run."""
    with refusals_shown(request):
        asked = request_signals(actor=person(request), at=clock.now())
        return redirect("signal-run", asked.pk)
    return back_to(request, "signal-runs")


@require_POST
@capability_required("signals.run", can=can)
def try_other(request: HttpRequest) -> HttpResponse:
    """Ask for a trial of another policy's limits, or of rule versions on trial."""
    policy = next((one for one in versions_to_try(person(request)) if str(one.pk) == request.POST.get("policy")), None)
    known = {f"{one.rule.value}:{one.version}": (one.rule.value, one.version) for one in ON_TRIAL}
    chosen = dict(known[value] for value in request.POST.getlist("trial") if value in known)
    with refusals_shown(request):
        asked = request_trial(policy=policy, versions=chosen, actor=person(request), at=clock.now())
        messages.success(request, _("The trial runs beside the live rules and leaves only differences."))
        return redirect("signal-run", asked.pk)
    return back_to(request, "signal-runs")


def _sums(one: SignalRun) -> dict[str, int]:
    """What came of all rules together."""
    sums: dict[str, int] = {}
    for counts in one.counts.values():
        for name, count in counts.items():
            sums[name] = sums.get(name, 0) + count
    return sums


def _difference(one: ShadowDifference) -> dict[str, Any]:
    return {
        "difference": one,
        "label": DifferenceKind(one.kind).label,
        "rule": SignalRule(one.rule).label,
        "window": window_words(one.facts.partition(":")[0]),
        "live": sentence_of(one.live) if one.live else "",
        "trial": sentence_of(one.trial) if one.trial else "",
    }
