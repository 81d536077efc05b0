"""The reporting calendar: what every day of a month came to, feed by feed, with the proof behind each cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dealers.choices import Feed
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.permissions import can
from dealers.rules.sync_calendar import DayState
from dealers.selectors.sync_calendar import CalendarDay, FeedOnDay, reporting_calendar
from dealers.selectors.sync_history import sync_history
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.sync_history import timeline_of

_MOST_REPORTS_SHOWN = 3
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a state looks: its words, tone and icon, so that colour is never alone."""

    label: str | Promise
    tone: str
    icon: str


MARKS: dict[str, Mark] = {
    DayState.ON_TIME: Mark(gettext_lazy("On time"), "ok", "check"),
    DayState.LATE: Mark(gettext_lazy("Came late"), "warn", "clock"),
    DayState.MISSING: Mark(gettext_lazy("Missing"), "bad", "close"),
    DayState.DECLARED_ZERO: Mark(gettext_lazy("Declared without sales"), "ok", "minus"),
    DayState.EXEMPT: Mark(gettext_lazy("Exempt"), "info", "shield"),
    DayState.OUR_OUTAGE: Mark(gettext_lazy("Our outage"), "info", "alert"),
    DayState.NOT_YET_DUE: Mark(gettext_lazy("Not yet due"), "", "question"),
    DayState.ONBOARDING: Mark(gettext_lazy("Onboarding"), "", "flag"),
}
#: A count is never too late for its day; the newest one had grown too old.
STOCK_WORDS = {
    DayState.ON_TIME: gettext_lazy("Fresh"),
    DayState.LATE: gettext_lazy("Too old"),
    DayState.MISSING: gettext_lazy("Too old beyond the grace"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One feed of one day, ready for a page."""

    feed: Feed
    day: date
    mark: Mark | None
    found: FeedOnDay
    held: bool
    today: bool
    #: Whether the day is still ahead, so that nothing is told about it below the month.
    ahead: bool = False

    @property
    def words(self) -> str:
        if self.mark is None:
            return ""
        stock = STOCK_WORDS.get(self.found.reading.state) if self.feed == Feed.INVENTORY else None
        return str(stock or self.mark.label)

    @property
    def anchor(self) -> str:
        return f"d{self.day:%d}"

    @property
    def reports(self) -> list[Any]:
        return list(self.found.reports[-_MOST_REPORTS_SHOWN:])

    @property
    def more_reports(self) -> int:
        return max(0, len(self.found.reports) - _MOST_REPORTS_SHOWN)

    @property
    def still_open(self) -> bool:
        return self.found.reading.state in (DayState.MISSING, DayState.NOT_YET_DUE, DayState.OUR_OUTAGE)

    @property
    def came_at(self) -> datetime | None:
        return self.found.reports[-1].received_at if self.found.reports else None


@require_GET
@capability_required("sync.calendar")
def own_calendar(request: HttpRequest) -> HttpResponse:
    """The calendar of the dealer whose person asks; HQ people are sent to the board, where they choose a dealer."""
    dealer = person(request).dealer
    return _calendar(request, dealer) if dealer is not None else redirect("sync-board")


@require_GET
@capability_required("sync.calendar")
def dealer_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The calendar of a dealer in sight."""
    return _calendar(request, get_object_or_404(visible_dealers(person(request)), code=code))


def _calendar(request: HttpRequest, dealer: Dealer) -> HttpResponse:
    user = person(request)
    at = clock.now()
    today = clock.business_day(at)
    first = _month_of(request.GET.get("month", ""), today)
    end = _next_month(first)
    days = reporting_calendar(dealer, first=first, end=end, at=at, opens_all=user.dealer_id is None)
    context = {
        "dealer": dealer,
        "own": user.dealer_id is not None,
        "month": first,
        "previous": f"{first - timedelta(days=1):%Y-%m}",
        "next": f"{end:%Y-%m}" if end <= _next_month(today.replace(day=1)) else "",
        "at": at,
        "weekdays": [WEEKDAYS_ABBR[n] for n in range(7)],
        "grids": [_grid(days, feed, today) for feed in (Feed.SALES, Feed.INVENTORY)],
        "rows": [[day, *_cells(day, today)] for day in reversed(days) if day.day <= today],
        "legend": list(MARKS.values()),
        "chart": _freshness(days, today),
        "history": timeline_of(sync_history(dealer)),
        "may_submit": can(user, "reports.submit"),
        "declare_url": reverse("declare-zero-sales"),
    }
    return render(request, "dealers/sync_calendar.html", context)


def _month_of(text: str, today: date) -> date:
    """The first day of the month in the address (``2026-11``), up to the next one; else of the present one."""
    present = today.replace(day=1)
    try:
        asked = date.fromisoformat(f"{text}-01") if len(text) == 7 else present
    except ValueError:
        return present
    return asked if _EARLIEST <= asked <= _next_month(present) else present


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _cells(day: CalendarDay, today: date) -> list[Cell]:
    return [
        Cell(found.feed, day.day, MARKS.get(found.reading.state), found, day.held, day.day == today, day.day > today)
        for found in day.feeds
    ]


def _grid(days: list[CalendarDay], feed: Feed, today: date) -> dict[str, Any]:
    """The month of one feed in weeks from Monday, with how many days came to what."""
    cells = [cell for day in days for cell in _cells(day, today) if cell.feed == feed]
    padded: list[Cell | None] = [*[None] * days[0].day.weekday(), *cells]
    padded += [None] * (-len(padded) % 7)
    counts: dict[str, int] = {}
    for cell in cells:
        if cell.mark is not None:
            counts[cell.found.reading.state] = counts.get(cell.found.reading.state, 0) + 1
    shown = [(MARKS[state], count) for state, count in counts.items() if state != DayState.NOT_YET_DUE]
    return {
        "feed": feed,
        "weeks": [padded[n : n + 7] for n in range(0, len(padded), 7)],
        "counts": sorted(shown, key=lambda pair: list(MARKS.values()).index(pair[0])),
    }


def _freshness(days: list[CalendarDay], today: date) -> dict[str, Any] | None:
    """How old the newest count was at each day's end, in hours, with the two limits; nothing before the first duty."""
    seen = [
        (day.day, found, found.reading.age)
        for day in days
        for found in day.feeds
        if found.feed == Feed.INVENTORY and found.reading.age is not None and day.day <= today
    ]
    if len(seen) < 2:
        return None
    return {
        "labels": [f"{day:%m-%d}" for day, _found, _age in seen],
        "series": {
            _("Age of the newest count"): [_hours(age) for _day, _found, age in seen],
            _("Late from"): [_hours(found.interval) for _day, found, _age in seen],
            _("Supply held from"): [_hours(found.hold_after) for _day, found, _age in seen],
        },
    }


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)
