"""Forfeited years: the list with its sums, and one year with its decisions and every line it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.models import Dealer
from dealers.web.access import capability_required
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of, page_of, words_of
from rebates.choices import ForfeitureAct
from settlement.permissions import can
from settlement.selectors.forfeitures import (
    YearSums,
    forfeited_pairs,
    forfeited_years,
    lines_of_year,
    year_sums,
)

COLUMNS = ("dealer", "year", "state", "decisions", "gross_entitlement", "cancelled", "clawed_back", "to_come")


@require_GET
@capability_required("forfeitures.view", can=can)
def forfeitures(request: HttpRequest) -> HttpResponse:
    """Every dealer and year, what was acted on last first."""
    words, year = words_of(request), _year(request)
    page = page_of(request, forfeited_pairs(words=words, year=_number(year)))
    context = {"page": page, "rows": year_sums(list(page.object_list)), "q": words, "year": year}
    return render(request, "settlement/forfeitures.html", context)


@require_GET
@capability_required("forfeitures.view", can=can)
def export(request: HttpRequest, written: str) -> HttpResponseBase:
    """The rows of the list as a file."""
    pairs = list(forfeited_pairs(words=words_of(request), year=_number(_year(request))))
    return table_response(request, written, "forfeitures", COLUMNS, _file_rows(year_sums(pairs)))


@require_GET
@capability_required("forfeitures.view", can=can)
def forfeiture(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """One year of a dealer."""
    dealer = get_object_or_404(Dealer, code=code)
    (one,) = year_sums([(dealer.pk, year)])
    if not one.acts:
        raise Http404
    lines = list(lines_of_year(dealer.pk, year))
    context = {
        "one": one,
        "acts": [_told(act) for act in one.acts],
        "lines": lines,
        "together": sum(line.amount for line in lines),
    }
    return render(request, "settlement/forfeiture.html", context)


def _told(act: Any) -> dict[str, Any]:
    imposed = act.act == ForfeitureAct.IMPOSED
    words = _("Year forfeited: %(reference)s") if imposed else _("Forfeiture lifted: %(reference)s")
    return {
        "title": words % {"reference": act.reference},
        "at": act.known_from,
        "actor": act.recorded_by,
        "quote": act.reason,
        "tone": "bad" if imposed else "ok",
    }


def _year(request: HttpRequest) -> Filter:
    return choice_of(request, "year", _("All years"), [(year, str(year)) for year in forfeited_years()])


def _number(year: Filter) -> int | None:
    return int(year.value) if year.value else None


def _file_rows(rows: list[YearSums]) -> Iterator[tuple[object, ...]]:
    for one in rows:
        yield (
            one.dealer.code,
            one.year,
            "forfeited" if one.in_force else "lifted",
            "; ".join(dict.fromkeys(act.reference for act in one.acts)),
            one.earned,
            one.cancelled,
            one.taken_back,
            one.to_come,
        )
