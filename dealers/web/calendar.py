"""The working-day calendar: which days are off, which weekends are worked, and how far it is certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from dealers.foundation import clock
from dealers.models import CalendarDay
from dealers.selectors.calendar import calendar_coverage, latest_calendar_version
from dealers.web.access import capability_required


@dataclass(frozen=True)
class Row:
    """Days in a row with the same standing: a holiday, or single make-up workdays."""

    first: date
    last: date
    days: int
    name: str
    working: bool
    provisional: bool


@capability_required("calendar.view")
def calendar(request: HttpRequest) -> HttpResponse:
    today = clock.business_day(clock.now())
    stored = latest_calendar_version()
    years = list(range(today.year - 1, today.year + 2))
    chosen = request.GET.get("year", "")
    year = int(chosen) if chosen.isascii() and chosen.isdigit() and int(chosen) in years else today.year
    rows = _rows(list(stored.days.filter(day__year=year).order_by("day"))) if stored else []
    tabs = [{"label": str(y), "url": f"?year={y}", "current": y == year} for y in years]
    return render(
        request,
        "dealers/calendar.html",
        {"rows": rows, "tabs": tabs, "coverage": calendar_coverage(today), "stored": stored, "today": today},
    )


def _rows(days: list[CalendarDay]) -> list[Row]:
    """Neighbouring days of one standing and name as one row; weekends that are off anyway only widen a holiday."""
    rows = []
    numbered = enumerate(days)
    for _key, run in groupby(numbered, key=lambda pair: _run_key(pair[0], pair[1])):
        members = [day for _number, day in run]
        first = members[0]
        rows.append(
            Row(
                first=first.day,
                last=members[-1].day,
                days=len(members),
                name=gettext(first.name) if first.name else "",
                working=first.working,
                provisional=first.provisional,
            )
        )
    return rows


def _run_key(number: int, day: CalendarDay) -> tuple[int, bool, bool, str]:
    return day.day.toordinal() - number, day.working, day.provisional, day.name
