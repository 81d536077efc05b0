"""The settlements of a year: by half-month and kind, beside the year before, and what they cost by province."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.money import ZERO
from dealers.web.access import capability_required
from dealers.web.downloads import table_response
from settlement.choices import LineKind
from settlement.permissions import can
from settlement.selectors.breakdown import NONE
from settlement.selectors.trend import Point, YearPoint, earned_by_province, kinds_of, provinces, year_against_year
from settlement.web.reports import statements_url

#: Columns of the exports; they stay the same in both languages.
COLUMNS = (
    *("period", "days", "state", "statements", "purchases", "sales", "total", "total_per_day", "payable"),
    *(f"total_{kind}" for kind in LineKind.values),
    *("total_year_before", "difference"),
)
_FIRST_YEAR = 2000


@require_GET
@capability_required("reports.view", can=can)
def settlement_trend(request: HttpRequest) -> HttpResponse:
    """A year of half-months; every figure leads to its statements."""
    year = _year(request)
    rows = year_against_year(year)
    now = [row.now for row in rows if row.now is not None]
    kinds = kinds_of(now)
    context: dict[str, Any] = {
        "year": year,
        "years": range(clock.business_day(clock.now()).year, max(_FIRST_YEAR, year - 10) - 1, -1),
        "rows": [(row, [_kind_cell(row, kind) for kind in kinds]) for row in rows],
        "kind_labels": [LineKind(kind).label for kind in kinds],
        "sums": _sums(now, kinds),
        "total_before": sum((row.before.total for row in rows if row.before is not None), ZERO),
        "labels": [str(row.period)[5:] for row in rows],
        "series": _series(year, rows),
        "map_columns": [str(point.period)[5:] for point in now],
        **_heat_map(now),
    }
    return render(request, "settlement/trend.html", context)


@require_GET
@capability_required("reports.view", can=can)
def export(request: HttpRequest, written: str) -> HttpResponseBase:
    """The year as a file, decimals in full."""
    year = _year(request)
    return table_response(request, written, f"settlements-{year}", COLUMNS, _exported(year))


def _exported(year: int) -> Iterator[tuple[Any, ...]]:
    for row in year_against_year(year):
        now = row.now
        figures: tuple[Any, ...] = (None,) * 7
        kinds: tuple[Any, ...] = (None,) * len(LineKind.values)
        if now is not None:
            figures = (now.state, now.statements, now.purchases, now.sales, now.total, now.total_per_day, now.payable)
            kinds = tuple(now.by_kind.get(kind, ZERO) for kind in LineKind.values)
        before = row.before.total if row.before is not None else None
        yield (str(row.period), row.period.days, *figures, *kinds, before, row.difference)


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    present = clock.business_day(clock.now()).year
    return int(given) if given.isascii() and given.isdigit() and _FIRST_YEAR <= int(given[:4]) <= present else present


def _kind_cell(row: YearPoint, kind: str) -> dict[str, Any]:
    amount = None if row.now is None else row.now.by_kind.get(kind, ZERO)
    return {"amount": amount, "url": statements_url(str(row.period), kind=kind), "label": LineKind(kind).label}


def _sums(now: list[Point], kinds: list[str]) -> dict[str, Any]:
    sales = sum((point.sales for point in now), ZERO)
    total = sum((point.total for point in now), ZERO)
    return {
        "purchases": sum((point.purchases for point in now), ZERO),
        "sales": sales,
        "total": total,
        "kinds": [sum((point.by_kind.get(kind, ZERO) for point in now), ZERO) for kind in kinds],
        "rate": total / sales if sales > 0 else None,
    }


def _series(year: int, rows: list[YearPoint]) -> dict[str, list[Decimal]]:
    """What was earned, this year and the year before where there is one."""
    found = {str(year): [row.now.total if row.now else ZERO for row in rows]}
    if any(row.before is not None for row in rows):
        found[str(year - 1)] = [row.before.total if row.before else ZERO for row in rows]
    return found


def _heat_map(now: list[Point]) -> dict[str, Any]:
    """What each yuan of sales cost, by province and half-month; each cell leads to its statements."""
    if not now:
        return {"map_rows": [], "worst": ZERO}
    found = earned_by_province(now[0].period.ordinal, now[-1].period.ordinal)
    names = provinces()
    rows = []
    worst = ZERO
    for code in [*(code for code in names if code in found), *([NONE] if NONE in found else [])]:
        cells = []
        for point in now:
            earned, sold = found[code].get(point.period.ordinal, (ZERO, ZERO))
            rate = earned / sold if sold > 0 else None
            worst = max(worst, rate or ZERO)
            shown = "—" if rate is None else f"{rate * 100:.1f}%"
            cells.append({"value": rate, "shown": shown, "url": statements_url(str(point.period), region=code)})
        label = str(names[code].name) if code in names else _("Without a region")
        rows.append({"label": label, "cells": cells})
    return {"map_rows": rows, "worst": worst}
