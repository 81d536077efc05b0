"""The history of one product and place, two versions side by side, and the whole set on two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.money import with_cents
from dealers.selectors.catalogue import categories
from dealers.web.access import capability_required, person
from dealers.web.listing import choice_of, day_of, words_of
from pricing.choices import BandScope
from pricing.models import PriceBand
from pricing.permissions import can
from pricing.selectors.band_comparison import (
    ADDED,
    CHANGED,
    ENDED,
    ComparisonWish,
    count_differences,
    differences,
)
from pricing.selectors.band_series import SeriesKey, authors_of
from pricing.selectors.bands import visible_bands
from pricing.services.bands import may_keep
from pricing.web.band_forms import basis_label
from pricing.web.bands import legal_words, place_words
from pricing.web.paging import numbered_page

KIND_WORDS = {
    ADDED: (gettext_lazy("Added"), "ok"),
    CHANGED: (gettext_lazy("Changed"), "info"),
    ENDED: (gettext_lazy("Ended"), "warn"),
}


@require_GET
@capability_required("bands.study", can=can)
def band_series(request: HttpRequest, pk: int) -> HttpResponse:
    """Every band this product had, has or will have for this place; two of them side by side."""
    user = person(request)
    today = clock.business_day(clock.now())
    band = get_object_or_404(PriceBand.objects.select_related("product", "region"), pk=pk)
    versions = list(SeriesKey.of(band).rows().order_by("-valid", "-recorded_at"))
    authors = authors_of(versions)
    keeps = may_keep(user, band.region)
    standing = {row.pk for row in visible_bands(user, today=today).filter(pk__in=[row.pk for row in versions])}
    rows = [
        {
            "band": row,
            "state": _state(row, today),
            "author": authors.get(row.pk),
            "may_change": keeps and row.pk in standing,
            "may_end": keeps and row.pk in standing and (row.valid.upper is None or row.valid.upper > today),
            **legal_words(row, today if today in row.valid else row.valid.lower or today),
        }
        for row in versions
    ]
    left, right = _pair(request, versions)
    context = {
        "band": band,
        "place": place_words(band),
        "rows": rows,
        "left": left,
        "right": right,
        "compared": _side_by_side(left, right) if left and right else [],
        "current": next((row["band"] for row in rows if row["state"] == "in_force"), None),
        "keeps": keeps,
        "today": today,
    }
    return render(request, "pricing/band_series.html", context)


@require_GET
@capability_required("bands.study", can=can)
def bands_compare(request: HttpRequest) -> HttpResponse:
    """What differs between the bands in force on two days."""
    today = clock.business_day(clock.now())
    before = day_of(request, "before") or today - timedelta(days=30)
    after = day_of(request, "after") or today
    category = choice_of(request, "category", _("All categories"), ((name, name) for name in categories()))
    scope = choice_of(request, "scope", _("All scopes"), BandScope.choices)
    kind = choice_of(request, "kind", _("All differences"), [(key, words) for key, (words, _t) in KIND_WORDS.items()])
    wish = ComparisonWish(before, after, words_of(request), category.value, scope.value, kind.value)
    counts = count_differences(wish)
    wanted = counts[kind.value] if kind.value else sum(counts.values())
    page = numbered_page(request, wanted)
    found = differences(wish, offset=page.offset, limit=page.size)
    context = {
        "before": before,
        "after": after,
        "q": wish.words,
        "filters": [category, scope, kind],
        "counts": [(*KIND_WORDS[key], counts[key]) for key in counts],
        "rows": [
            {
                "difference": row,
                "words": KIND_WORDS[row.kind],
                "place": place_words(row.band),
                "changes": _side_by_side(row.before, row.after) if row.before and row.after else [],
            }
            for row in found
        ],
        "previous_url": page.previous_url,
        "next_url": page.url(page.number + 1) if page.offset + page.size < wanted else "",
        "total": wanted,
        "narrowed": bool(wish.words or category.value or scope.value or kind.value),
    }
    return render(request, "pricing/bands_compare.html", context)


def _state(band: PriceBand, today: date) -> str:
    if band.superseded_at is not None:
        return "corrected"
    if today in band.valid:
        return "in_force"
    return "ahead" if band.valid.lower is not None and band.valid.lower > today else "past"


def _pair(request: HttpRequest, versions: list[PriceBand]) -> tuple[PriceBand | None, PriceBand | None]:
    """The two versions named in the address; else the two newest."""
    by_id = {str(row.pk): row for row in versions}
    left, right = by_id.get(request.GET.get("left", "")), by_id.get(request.GET.get("right", ""))
    if left is None and right is None and len(versions) > 1:
        return versions[1], versions[0]
    return left, right


def _side_by_side(left: PriceBand, right: PriceBand) -> list[dict[str, Any]]:
    """What two bands say about each point, and whether it differs."""
    pairs = [
        (_("Floor"), f"{with_cents(left.floor):f}", f"{with_cents(right.floor):f}"),
        (_("Ceiling"), f"{with_cents(left.ceiling):f}", f"{with_cents(right.ceiling):f}"),
        (_("Enforcement"), left.get_enforcement_display(), right.get_enforcement_display()),
        (_("Legal basis"), _basis(left), _basis(right)),
    ]
    return [{"label": label, "left": old, "right": new, "differs": old != new} for label, old, new in pairs]


def _basis(band: PriceBand) -> str:
    return "—" if band.legal_basis is None else basis_label(band.legal_basis)
