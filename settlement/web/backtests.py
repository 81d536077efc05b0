"""Backtests: ask for one, watch it, and read who would have won and lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.services.jobs import request_job
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, words_of
from settlement.choices import LineKind
from settlement.models import Backtest
from settlement.permissions import can
from settlement.selectors.backtests import (
    by_dealer,
    job_of,
    moves_of,
    rows_to_export,
    sums_of,
    versions_to_try,
    visible_backtests,
)
from settlement.selectors.reckoning import latest_closed
from settlement.selectors.visible import half_month_of
from settlement.services.backtesting import request_backtest
from settlement.tasks import BACKTEST

COLUMNS = ("dealer", "period", "kind", "settled", "would_be", "difference")
ORDER_WORDS = (("gain", _("Largest gain first")), ("loss", _("Largest loss first")), ("code", _("By code")))
#: Half-months offered to begin and end with, counted back from the present one.
_CHOICES = 48
_USUAL_STRETCH = 6
_MOST_MOVES_SHOWN = 200


@require_GET
@capability_required("backtests.view", can=can)
def backtests(request: HttpRequest) -> HttpResponse:
    """What was asked so far, and the form that asks."""
    user = person(request)
    present = HalfMonth.containing(clock.now())
    last = latest_closed() or present
    choices = [HalfMonth.from_ordinal(present.ordinal - back) for back in range(_CHOICES)]
    context = {
        "page": page_of(request, visible_backtests(user)),
        "versions": list(versions_to_try(user)[:50]) if can(user, "backtests.ask") else [],
        "choices": choices,
        "first": HalfMonth.from_ordinal(last.ordinal - _USUAL_STRETCH + 1),
        "last": last,
    }
    return render(request, "settlement/backtests.html", context)


@require_POST
@capability_required("backtests.ask", can=can)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a backtest of a policy version; a job answers it."""
    user = person(request)
    number = request.POST.get("version", "")
    draft = get_object_or_404(versions_to_try(user), pk=number if number.isascii() and number.isdigit() else 0)
    at = clock.now()
    with refusals_shown(request), transaction.atomic():
        first, last = half_month_of(request.POST.get("first", "")), half_month_of(request.POST.get("last", ""))
        asked = request_backtest(draft=draft, first=first, last=last, actor=user, at=at)
        request_job(task=BACKTEST, key=str(asked.pk), params={"backtest": asked.pk}, actor=user, at=at)
        return redirect("backtest", asked.pk)
    return redirect("backtests")


@require_GET
@capability_required("backtests.view", can=can)
def backtest(request: HttpRequest, pk: int) -> HttpResponse:
    """One backtest: how far it is, or its answer."""
    asked = get_object_or_404(visible_backtests(person(request)), pk=pk)
    context: dict[str, Any] = {"asked": asked, "first": asked.first_period, "last": asked.last_period}
    if asked.finished_at is None:
        job = job_of(asked, BACKTEST)
        busy = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
        return render(request, "settlement/backtest.html", context | {"job": job, "busy": busy})
    return render(request, "settlement/backtest.html", context | _answer(request, asked))


@require_GET
@capability_required("backtests.view", can=can)
def export(request: HttpRequest, pk: int, written: str) -> HttpResponseBase:
    """Every row of an answer as a file."""
    asked = get_object_or_404(visible_backtests(person(request)), pk=pk)
    return table_response(request, written, f"backtest-{asked.pk}", COLUMNS, _exported(asked))


def _answer(request: HttpRequest, asked: Backtest) -> dict[str, Any]:
    kinds = sums_of(asked.totals, "kinds")
    kind = choice_of(request, "kind", _("Kind"), [(one.key, LineKind(one.key).label) for one in kinds])
    order = choice_of(request, "order", _("Order"), ORDER_WORDS, default="gain")
    words = words_of(request)
    periods = sums_of(asked.totals, "periods")
    names = [str(HalfMonth.from_ordinal(int(one.key))) for one in periods]
    totals = asked.totals
    return {
        "totals": totals,
        "kinds": [(LineKind(one.key).label, one) for one in kinds],
        "all": sums_of({"all": {"": [totals["settled"], totals["would_be"]]}}, "all")[0],
        "periods": list(zip(names, periods, strict=True)),
        "period_names": names,
        "series": {
            str(_("Settled")): [one.settled for one in periods],
            str(_("Would be")): [one.would_be for one in periods],
        },
        "moves": moves_of(asked)[:_MOST_MOVES_SHOWN],
        "filters": [kind, order],
        "words": words,
        "page": page_of(request, by_dealer(asked, words=words, kind=kind.value, order=order.value)),
    }


def _exported(asked: Backtest) -> Iterator[tuple[Any, ...]]:
    for code, period, kind, settled, would_be in rows_to_export(asked).iterator(chunk_size=5000):
        yield code, str(HalfMonth.from_ordinal(period)), kind, settled, would_be, would_be - settled
