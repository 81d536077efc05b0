"""The gap list: where nothing says what a product may cost."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.models import Region
from dealers.selectors.catalogue import categories
from dealers.web.access import capability_required
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of, day_of, words_of
from pricing.permissions import can
from pricing.selectors.band_coverage import RECENT_DAYS, Gap, GapCell, GapWish, every_gap, gap_summary, gaps
from pricing.web.paging import numbered_page

EXPORT_COLUMNS = ("sku", "product", "category", "region", "region_name", "province", "no_band_lines")


@require_GET
@capability_required("bands.study", can=can)
def bands_coverage(request: HttpRequest) -> HttpResponse:
    """Gaps by category and province, and the list of them; what was sold lately comes first."""
    today = clock.business_day(clock.now())
    filters, wish = _asked(request, today)
    cells = gap_summary(wish)
    total = sum(cell.gaps for cell in cells)
    page = numbered_page(request, None if wish.reported else total)
    found = gaps(wish, offset=page.offset, limit=page.size + 1)
    chinese = (get_language() or "zh").startswith("zh")
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "on": wish.on,
        "q": wish.words,
        "filters": filters,
        "reported": wish.reported,
        "rows": [_row(gap, chinese) for gap in found[: page.size]],
        "previous_url": page.previous_url,
        "next_url": page.url(page.number + 1) if len(found) > page.size else "",
        "total": total,
        "pairs": sum(cell.pairs for cell in cells),
        "lines": sum(cell.lines for cell in cells),
        "heat": _heat(cells, wish),
        "recent_days": RECENT_DAYS,
        "query": kept.urlencode(),
        "may_edit": can(request.user, "bands.edit"),
    }
    return render(request, "pricing/bands_coverage.html", context)


@require_GET
@capability_required("bands.study", can=can)
def gaps_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The gap list as a file."""
    today = clock.business_day(clock.now())
    _filters, wish = _asked(request, today)
    chinese = (get_language() or "zh").startswith("zh")
    rows = (
        (
            gap.sku,
            gap.name_zh if chinese else gap.name_en,
            gap.category,
            gap.region,
            gap.region_zh if chinese else gap.region_en,
            gap.province_zh if chinese else gap.province_en,
            gap.lines,
        )
        for gap in every_gap(wish)
    )
    return table_response(request, ending, f"band-gaps-{wish.on}", EXPORT_COLUMNS, rows)


def _asked(request: HttpRequest, today: date) -> tuple[list[Filter], GapWish]:
    provinces = Region.objects.filter(parent__isnull=True).order_by("code")
    category = choice_of(request, "category", _("All categories"), ((name, name) for name in categories()))
    province = choice_of(request, "province", _("All provinces"), [(row.code, row.name) for row in provinces])
    reported = request.GET.get("reported") == "1"
    on = day_of(request, "on") or today
    return [category, province], GapWish(on, words_of(request), category.value, province.value, reported)


def _row(gap: Gap, chinese: bool) -> dict[str, Any]:
    return {
        "gap": gap,
        "product": gap.name_zh if chinese else gap.name_en,
        "place": gap.region_zh if chinese else gap.region_en,
        "province": gap.province_zh if chinese else gap.province_en,
    }


def _heat(cells: list[GapCell], wish: GapWish) -> dict[str, Any]:
    """Categories across, provinces down; each cell leads to its list."""
    names = {region.code: region.name for region in Region.objects.filter(parent__isnull=True)}
    columns = sorted({cell.category for cell in cells})
    by_place: dict[str, dict[str, GapCell]] = {}
    for cell in cells:
        by_place.setdefault(cell.province, {})[cell.category] = cell
    rows = [
        {
            "label": names.get(province, province),
            "cells": [_heat_cell(found.get(category), wish) for category in columns],
        }
        for province, found in by_place.items()
        if any(cell.gaps for cell in found.values())
    ]
    worst = max((cell.gaps / cell.pairs for cell in cells if cell.pairs), default=0)
    return {"columns": columns, "rows": rows, "worst": worst or 1}


def _heat_cell(cell: GapCell | None, wish: GapWish) -> dict[str, Any]:
    if cell is None or not cell.gaps:
        return {"value": 0 if cell else None, "shown": "0" if cell else None, "url": ""}
    query = urlencode({"on": wish.on.isoformat(), "category": cell.category, "province": cell.province})
    return {"value": cell.gaps / cell.pairs, "shown": f"{cell.gaps:,}", "url": f"?{query}#gaps"}
