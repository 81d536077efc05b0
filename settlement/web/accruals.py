"""Accruals: what was earned and not settled at an instant, by kind, program, tier and province."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.money import ZERO
from dealers.models import JobRun
from dealers.services.jobs import request_job
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import page_of
from settlement.choices import LineKind
from settlement.models import AccrualEstimate
from settlement.permissions import can
from settlement.selectors.trend import provinces
from settlement.services.estimates import request_estimate
from settlement.tasks import ESTIMATE
from settlement.web.runs import cutoff_of

COLUMNS = ("kind", "program", "window", "for_period", "tier", "province", "dealers", "amount")
#: Dimension, its title, and where its key stands in a row of sums.
_TABLES: tuple[tuple[str, Promise, tuple[int, ...]], ...] = (
    ("kind", gettext_lazy("By kind of line"), (0,)),
    ("program", gettext_lazy("By program and window"), (0, 1, 2)),
    ("tier", gettext_lazy("By tier"), (4,)),
    ("province", gettext_lazy("By province"), (5,)),
)


@require_GET
@capability_required("reports.view", can=can)
def accruals(request: HttpRequest) -> HttpResponse:
    """What was estimated so far, and the form that asks for another instant."""
    page = page_of(request, AccrualEstimate.objects.select_related("requested_by").defer("sums"))
    return render(request, "settlement/accruals.html", {"page": page})


@require_POST
@capability_required("reports.view", can=can)
def ask(request: HttpRequest) -> HttpResponse:
    """Have the accruals at an instant estimated in the background; without one, as of now."""
    user, at = person(request), clock.now()
    with refusals_shown(request), transaction.atomic():
        asked = request_estimate(instant=cutoff_of(request) or at, actor=user, at=at)
        request_job(task=ESTIMATE, key=str(asked.pk), params={"estimate": asked.pk}, actor=user, at=at)
        return redirect("accrual-estimate", asked.pk)
    return redirect("accruals")


@require_GET
@capability_required("reports.view", can=can)
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """One estimate: how far it is, or its sums."""
    asked = get_object_or_404(AccrualEstimate.objects.select_related("requested_by"), pk=pk)
    context: dict[str, Any] = {"asked": asked}
    if asked.finished_at is None:
        job = JobRun.objects.filter(task=ESTIMATE, key=str(asked.pk)).first()
        busy = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
        return render(request, "settlement/accrual_estimate.html", context | {"job": job, "busy": busy})
    names = _names()
    context["tables"] = [
        {"key": key, "title": title, "rows": _summed(asked.sums, places, names[key])} for key, title, places in _TABLES
    ]
    return render(request, "settlement/accrual_estimate.html", context)


@require_GET
@capability_required("reports.view", can=can)
def export(request: HttpRequest, pk: int, written: str) -> HttpResponseBase:
    """The sums of an estimate as a file."""
    asked = get_object_or_404(AccrualEstimate, pk=pk, finished_at__isnull=False)
    name = f"accruals-{asked.at.astimezone(BUSINESS_ZONE):%Y-%m-%d-%H%M}"
    rows = ((*row[:-1], Decimal(row[-1])) for row in asked.sums)
    return table_response(request, written, name, COLUMNS, rows)


def _names() -> Mapping[str, Callable[[tuple[str, ...]], str]]:
    """How the key of each table is said."""
    regions = provinces()
    kinds: Mapping[str, Any] = dict(LineKind.choices)
    return {
        "kind": lambda key: str(kinds.get(key[0], key[0])),
        "program": lambda key: " · ".join(part for part in (str(kinds.get(key[0], key[0])), *key[1:]) if part),
        "tier": lambda key: key[0] or _("Without a tier"),
        "province": lambda key: str(regions[key[0]].name) if key[0] in regions else _("Without a region"),
    }


def _summed(
    sums: Iterable[list[Any]], places: tuple[int, ...], name: Callable[[tuple[str, ...]], str]
) -> list[dict[str, Any]]:
    """The amounts by the parts of a row at ``places``, in the order of the keys."""
    amounts: dict[tuple[str, ...], Decimal] = {}
    for row in sums:
        key = tuple(str(row[place]) for place in places)
        amounts[key] = amounts.get(key, ZERO) + Decimal(row[-1])
    return [{"name": name(key), "amount": amount} for key, amount in sorted(amounts.items())]
