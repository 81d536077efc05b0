"""The half-month report of finance: the same money by tier, region, industry and kind of line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dealers.choices import Industry, Tier
from dealers.foundation.money import ZERO
from dealers.models import Region
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from settlement.choices import LineKind, RunState
from settlement.models import SettlementRun
from settlement.permissions import can
from settlement.selectors.breakdown import (
    NONE,
    Row,
    breakdown,
    flat,
    like_half_before,
    like_half_of_year_before,
    totals,
)
from settlement.selectors.visible import visible_runs

DIMENSION_WORDS: Mapping[str, str | Promise] = {
    "tier": gettext_lazy("By tier"),
    "region": gettext_lazy("By province"),
    "industry": gettext_lazy("By industry"),
    "kind": gettext_lazy("By kind of line"),
}
#: Columns of the exports; they stay the same in both languages.
COLUMNS = (
    *("period", "compared_with", "dimension", "key", "name", "statements", "lines"),
    *("purchases", "sales", "opening", "total", "closing", "payable"),
    *("total_before", "difference"),
)


@require_GET
@capability_required("reports.view", can=can)
def finance_report(request: HttpRequest) -> HttpResponse:
    """One half-month by every dimension, beside the like half before; each figure leads to its statements."""
    known = _reported(request)
    run = _asked(request, known)
    if run is None:
        return render(request, "settlement/report.html", {"runs": known, "run": None})
    against = _against(request)
    before = against.compared(run)
    names = _names()
    tables = [
        {
            "key": dimension,
            "title": DIMENSION_WORDS[dimension],
            "of_lines": dimension == "kind",
            "rows": [_shown(run, before, dimension, row, names) for row in rows],
        }
        for dimension, rows in breakdown(run, before).items()
    ]
    context = {
        "runs": known,
        "run": run,
        "before": before,
        "against": against.key,
        "comparisons": _COMPARISONS,
        "whole": totals(run, before),
        "tables": tables,
        "shares": _shares(tables),
        "may_export": can(person(request), "statements.export"),
    }
    return render(request, "settlement/report.html", context)


@require_GET
@capability_required("reports.view", can=can)
def export(request: HttpRequest, written: str) -> HttpResponseBase:
    """The figures of the page as a file, decimals in full."""
    run = _asked(request, _reported(request))
    if run is None:
        raise Http404
    before = _against(request).compared(run)
    names = _names()
    rows = [
        _row(run, before, dimension, row, str(names.get((dimension, row.key), row.key)))
        for dimension, row in flat(breakdown(run, before))
    ]
    total = _row(run, before, "total", totals(run, before), str(_("Total")))
    return table_response(request, written, f"report-{run.period}", COLUMNS, [*rows, total])


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a half-month is held beside."""

    key: str
    label: str | Promise
    compared: Callable[[SettlementRun], SettlementRun | None]


_COMPARISONS = (
    Comparison("half", gettext_lazy("The like half of the month before"), like_half_before),
    Comparison("year", gettext_lazy("The same half a year before"), like_half_of_year_before),
)


def _against(request: HttpRequest) -> Comparison:
    """What the address asks to compare with, else the like half before."""
    asked = request.GET.get("against", "")
    return next((one for one in _COMPARISONS if one.key == asked), _COMPARISONS[0])


def _shares(tables: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the regions earned as bars, the longest first."""
    rows = next(table["rows"] for table in tables if table["key"] == "region")
    bars = [
        {
            "label": shown["name"],
            "value": max(shown["row"].now.total, ZERO),
            "shown": f"¥{shown['row'].now.total:,}",
            "url": shown["url"],
        }
        for shown in rows
    ]
    return sorted(bars, key=lambda bar: -bar["value"])


def statements_url(period: str, **query: str) -> str:
    """The list of the statements behind a figure."""
    return f"{reverse('statements')}?{urlencode({'period': period, **query})}"


def _row(run: SettlementRun, before: SettlementRun | None, dimension: str, row: Row, name: str) -> Sequence[object]:
    now = row.now
    amounts = (now.purchases, now.sales, now.opening, now.total, now.closing, now.payable)
    if dimension == "kind":
        amounts = (None, None, None, now.total, None, None)  # type: ignore[assignment]
    lines = now.lines if dimension in ("kind", "total") else None
    earlier = row.before.total if row.before else None
    compared = before.period if before else ""
    place = (run.period, compared, dimension, row.key, name, now.statements, lines)
    return (*place, *amounts, earlier, row.difference)


def _reported(request: HttpRequest) -> list[SettlementRun]:
    return list(visible_runs(person(request)).exclude(state=RunState.OPEN)[:120])


def _asked(request: HttpRequest, known: Iterable[SettlementRun]) -> SettlementRun | None:
    """The half-month of the address, else the latest."""
    runs = list(known)
    asked = request.GET.get("period", "")
    return next((run for run in runs if run.period == asked), runs[0] if runs and not asked else None)


def _names() -> dict[tuple[str, str], str | Promise]:
    """What every value of every dimension is called."""
    found: dict[tuple[str, str], str | Promise] = {("tier", value): label for value, label in Tier.choices}
    found |= {("industry", value): label for value, label in Industry.choices}
    found |= {("kind", value): label for value, label in LineKind.choices}
    found |= {("region", region.code): region.name for region in Region.objects.filter(parent=None)}
    found |= {("tier", NONE): _("Without a tier"), ("region", NONE): _("Without a region")}
    return found


def _shown(
    run: SettlementRun, before: SettlementRun | None, dimension: str, row: Row, names: Mapping[tuple[str, str], Any]
) -> dict[str, Any]:
    return {
        "row": row,
        "name": names.get((dimension, row.key), row.key),
        "url": statements_url(run.period, **{dimension: row.key}),
        "before_url": statements_url(before.period, **{dimension: row.key}) if before else "",
    }
