"""The watch list: who is about to reach or miss a bracket, what it brings and costs, and who crossed one in a burst."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import Role, Tier
from dealers.foundation import clock
from dealers.models import Dealer, Region
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of, page_of, words_of
from rebates.permissions import can
from rebates.resources.watching import OUTLOOKS, TONES, bracket_words, loading_words, projection_words
from rebates.rules.distance import Outlook
from rebates.rules.programs import PURCHASES
from rebates.rules.quantities import MICROS_PER_CENT, cents_text, micros_text
from rebates.selectors.standings import Standings, standings
from rebates.selectors.watch_list import WatchRow, sums_of, watched

PRESSING, LOADED, ALL = "pressing", "loaded", "all"
COLUMNS = (
    *("dealer", "tier", "program", "window", "base", "days_elapsed", "days_total", "projected_base", "next_bracket"),
    *("missing", "brings", "jump", "earned", "settled", "projected_earned", "outlook", "burst"),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of the list is wanted."""

    what: Filter
    window: Filter
    tier: Filter
    region: Filter
    sort: Filter
    words: str

    @property
    def filters(self) -> list[Filter]:
        return [self.window, self.tier, self.region, self.sort]

    @property
    def narrowed(self) -> bool:
        return bool(self.window.value or self.tier.value or self.region.value or self.words or self.what.value)


@require_GET
@capability_required("watch.view", can=can)
def watch_list(request: HttpRequest) -> HttpResponse:
    """Open windows, the most that a bracket brings first; figures of everybody in sight above."""
    known, in_sight = _in_sight(request)
    asked = _asked(request, known)
    rows = _narrowed(request, in_sight, asked)
    page = page_of(request, rows)
    dealers = Dealer.objects.in_bulk([row.standing.dealer_id for row in page.object_list])
    context = {
        "known": known,
        "asked": asked,
        "page": page,
        "rows": [_shown(row, dealers) for row in page.object_list],
        "sums": [_sum(total) for total in sums_of(rows)],
        "close": sum(row.standing.distance.outlook is Outlook.CLOSE for row in in_sight),
        "reaching": sum(row.standing.distance.outlook is Outlook.REACHES for row in in_sight),
        "loaded": sum(row.loading is not None for row in in_sight),
        "brings": cents_text(sum(total.brings for total in sums_of(in_sight))),
        "query": request.GET.urlencode(),
    }
    return render(request, "rebates/watch_list.html", context)


@require_GET
@capability_required("watch.view", can=can)
def watch_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The rows of the page as a file, decimals in full."""
    known, in_sight = _in_sight(request)
    rows = _narrowed(request, in_sight, _asked(request, known))
    codes = dict(Dealer.objects.filter(pk__in={row.standing.dealer_id for row in rows}).values_list("pk", "code"))
    return table_response(request, ending, f"brackets-{known.today}", COLUMNS, _file_rows(rows, codes))


def _in_sight(request: HttpRequest) -> tuple[Standings, list[WatchRow]]:
    """Everybody's standing, cut down to the dealers the person may see."""
    user = person(request)
    known = standings(at=clock.now())
    if user.role == Role.CHANNEL_MANAGER:
        own = set(visible_dealers(user).values_list("pk", flat=True))
        known = replace(known, rows=[row for row in known.rows if row.dealer_id in own])
    return known, watched(known)


def _asked(request: HttpRequest, known: Standings) -> _Asked:
    windows = list(dict.fromkeys(row.program.window for row in known.rows))
    provinces = Region.objects.filter(parent=None).order_by("code")
    return _Asked(
        choice_of(
            request,
            "what",
            _("Close to a bracket"),
            [(outlook.value, OUTLOOKS[outlook]) for outlook in Outlook]
            + [(LOADED, _("Crossed in a burst")), (ALL, _("Everybody"))],
        ),
        choice_of(request, "window", _("All windows"), [(window, window) for window in windows]),
        choice_of(request, "tier", _("All tiers"), Tier.choices),
        choice_of(request, "region", _("All provinces"), [(region.code, region.name) for region in provinces]),
        choice_of(
            request, "sort", _("Brings most first"), [("missing", _("Nearest first")), ("dealer", _("By dealer"))]
        ),
        words_of(request),
    )


def _narrowed(request: HttpRequest, rows: list[WatchRow], asked: _Asked) -> list[WatchRow]:
    dealers = _dealers(asked)
    found = [
        row
        for row in rows
        if _wanted(row, asked.what.value)
        and asked.window.value in ("", row.standing.program.window)
        and asked.tier.value in ("", row.standing.tier)
        and (dealers is None or row.standing.dealer_id in dealers)
    ]
    match asked.sort.value:
        case "missing":
            found.sort(key=lambda row: (row.standing.distance.next is None, row.standing.distance.missing))
        case "dealer":
            found.sort(key=lambda row: row.standing.dealer_id)
        case _:
            found.sort(key=lambda row: -row.standing.distance.brings)
    return found


def _wanted(row: WatchRow, what: str) -> bool:
    outlook = row.standing.distance.outlook
    match what:
        case "":
            return outlook in (Outlook.CLOSE, Outlook.REACHES) or row.loading is not None
        case "loaded":
            return row.loading is not None
        case "all":
            return True
        case _:
            return outlook == what


def _dealers(asked: _Asked) -> Collection[int] | None:
    """The dealers the search and the province leave; None is everybody."""
    if not (asked.words or asked.region.value):
        return None
    found = Dealer.objects.all()
    if asked.words:
        found = found.filter(code__icontains=asked.words) | found.filter(name__icontains=asked.words)
    if asked.region.value:
        code = asked.region.value
        found = found.filter(home_region__code=code) | found.filter(home_region__parent__code=code)
    return set(found.values_list("pk", flat=True))


def _shown(row: WatchRow, dealers: Mapping[int, Dealer]) -> dict[str, Any]:
    standing = row.standing
    found = standing.distance
    loading = row.loading
    return {
        "dealer": dealers[standing.dealer_id],
        "standing": standing,
        "base": _yuan(found.base),
        "projected": _yuan(found.projected),
        "next": None if found.next is None else _yuan(found.next.start),
        "next_rate": None if found.next is None else micros_text(found.next.rate),
        "rate": micros_text(found.rate),
        "missing": _yuan(found.missing),
        "brings": cents_text(found.brings),
        "jump": cents_text(found.jump) if found.jump else "",
        "earned": cents_text(found.earned),
        "outlook": OUTLOOKS[found.outlook],
        "tone": TONES[found.outlook],
        "projection": projection_words(standing),
        "bracket": bracket_words(standing),
        "loading": ""
        if loading is None
        else loading_words(loading, purchases=standing.program.program.base == PURCHASES),
    }


def _sum(total: Any) -> dict[str, Any]:
    return {
        "program": total.program,
        "window": total.window,
        "dealers": total.dealers,
        "close": total.close,
        "reaching": total.reaching,
        "base": _yuan(total.base),
        "projected": _yuan(total.projected),
        "earned": cents_text(total.earned),
        "projected_earned": cents_text(total.projected_earned),
        "brings": cents_text(total.brings),
    }


def _file_rows(rows: list[WatchRow], codes: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        standing, found = row.standing, row.standing.distance
        program = standing.program.program
        yield (
            codes[standing.dealer_id],
            standing.tier,
            program.code,
            standing.program.window,
            micros_text(found.base),
            standing.pace.elapsed,
            standing.pace.total,
            micros_text(found.projected),
            "" if found.next is None else micros_text(found.next.start),
            "" if found.next is None else micros_text(found.missing),
            cents_text(found.brings),
            cents_text(found.jump),
            cents_text(found.earned),
            cents_text(standing.settled),
            cents_text(found.projected_earned),
            found.outlook.value,
            "" if row.loading is None else loading_words(row.loading, purchases=program.base == PURCHASES),
        )


def _yuan(amount: int) -> Decimal:
    """A base for reading: to the fen, cut off."""
    return Decimal(cents_text(amount // MICROS_PER_CENT))
