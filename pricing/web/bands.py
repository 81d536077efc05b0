"""Price bands: browsing them, and asking which one applies somewhere on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.models import Product, Region
from dealers.selectors.catalogue import categories
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of, day_of, page_of, words_of
from pricing.choices import BandScope, Enforcement
from pricing.models import PriceBand
from pricing.permissions import can
from pricing.selectors.applying_promos import applying_promos
from pricing.selectors.band_export import COLUMNS, exported_bands
from pricing.selectors.band_lookup import band_for
from pricing.selectors.bands import BandWish, floor_holds, narrowed_bands, selling_regions

#: Where a band applies, by how specific it is.
LEVELS = {
    "city": gettext_lazy("The city itself"),
    "province": gettext_lazy("Its province"),
    "city_tier": gettext_lazy("Cities of its tier"),
    "national": gettext_lazy("The whole country"),
}
BASIS_LABELS = {
    "15": gettext_lazy("Legal basis ends within 15 days"),
    "60": gettext_lazy("Legal basis ends within 60 days"),
    "ended": gettext_lazy("Legal basis has ended"),
    "none": gettext_lazy("Enforced without legal basis"),
}
OUTCOMES = {
    "decides": (gettext_lazy("Decides"), "ok"),
    "less_specific": (gettext_lazy("In force, but less specific"), ""),
    "not_in_force": (gettext_lazy("Not in force that day"), ""),
}


@require_GET
@capability_required("bands.view", can=can)
def bands(request: HttpRequest) -> HttpResponse:
    """The bands in sight, in force today unless another day, or any day, is asked for."""
    user = person(request)
    today = clock.business_day(clock.now())
    filters, wish = _asked(request, today)
    on = day_of(request, "on") or today
    page = page_of(request, narrowed_bands(user, wish, today=today))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "rows": [band_row(band, on) for band in page.object_list],
        "filters": filters,
        "q": wish.words,
        "on": on,
        "any_day": wish.on is None,
        "narrowed": bool(wish.words or any(chosen.value for chosen in filters) or wish.on != today),
        "for_dealer": user.dealer_id is not None,
        "may_edit": can(user, "bands.edit"),
        "may_import": can(user, "bands.import"),
        "may_study": can(user, "bands.study"),
        "may_see_bases": can(user, "bases.view"),
        "query": kept.urlencode(),
    }
    return render(request, "pricing/bands.html", context)


@require_GET
@capability_required("bands.view", can=can)
def bands_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The bands of the list in the columns of the import, so that the file can be imported again."""
    today = clock.business_day(clock.now())
    _filters, wish = _asked(request, today)
    rows = exported_bands(narrowed_bands(person(request), wish, today=today))
    return table_response(request, ending, f"bands-{wish.on or today}", COLUMNS, rows)


def _asked(request: HttpRequest, today: date) -> tuple[list[Filter], BandWish]:
    """The filters as the address chooses them."""
    user = person(request)
    filters = [
        choice_of(request, "category", _("All categories"), ((name, name) for name in categories())),
        choice_of(request, "region", _("All places"), _region_options(user, today)),
        choice_of(request, "scope", _("All scopes"), BandScope.choices),
        choice_of(request, "enforcement", _("Enforced or not"), Enforcement.choices),
        choice_of(request, "basis", _("Any legal basis"), BASIS_LABELS.items()),
    ]
    category, region, scope, enforcement, basis = (chosen.value for chosen in filters)
    on = None if request.GET.get("any") == "1" else day_of(request, "on") or today
    return filters, BandWish(words_of(request), category, region, scope, enforcement, basis, on)


@require_GET
@capability_required("bands.view", can=can)
def bands_what_applies(request: HttpRequest) -> HttpResponse:
    """The band that counts for a SKU in a region on a day, and every other that could have."""
    user = person(request)
    today = clock.business_day(clock.now())
    on = day_of(request, "on") or today
    sku, code = words_of(request, "sku"), words_of(request, "region")
    product = Product.objects.filter(sku=sku).first() if sku else None
    places = _regions_open_to(user, today)
    region = places.filter(code=code).first() if code else None
    answer = band_for(product=product, region=region, on=on) if product and region else None
    dealer_code = words_of(request, "dealer") if user.dealer_id is None else ""
    dealer = visible_dealers(user).filter(code=dealer_code).first() if dealer_code else user.dealer
    promos = (
        applying_promos(product=product, region=region, on=on, dealer_id=None if dealer is None else dealer.pk)
        if product and region
        else []
    )
    context = {
        "promos": promos,
        "dealer": dealer,
        "dealer_code": dealer_code,
        "unknown_dealer": bool(dealer_code) and dealer is None,
        "for_dealer": user.dealer_id is not None,
        "sku": sku,
        "region_code": code,
        "on": on,
        "product": product,
        "region": region,
        "unknown_sku": bool(sku) and product is None,
        "unknown_region": bool(code) and region is None,
        "regions": _region_options(user, today),
        "answer": answer,
        "candidates": [
            {
                "band": found.row,
                "level": LEVELS[found.level],
                "outcome": OUTCOMES[found.outcome],
                "decides": found.outcome == "decides",
                "floor_enforced": found.floor_enforced,
                **legal_words(found.row, on),
            }
            for found in (answer.candidates if answer else ())
        ],
    }
    return render(request, "pricing/what_applies.html", context)


def band_row(band: PriceBand, on: date) -> dict[str, Any]:
    """A band as a line of a table."""
    return {"band": band, "place": place_words(band), **legal_words(band, on)}


def place_words(band: PriceBand) -> str:
    """Where a band applies."""
    if band.scope == BandScope.NATIONAL:
        return str(LEVELS["national"])
    return band.region.name if band.region else str(band.get_city_tier_display())


def legal_words(band: PriceBand, on: date) -> dict[str, Any]:
    """Whether the floor may be held against anyone that day, in words with a tone."""
    if floor_holds(band, on):
        return {"floor_words": _("Floor enforced"), "floor_tone": "ok"}
    if band.enforcement == Enforcement.RECOMMENDED:
        return {"floor_words": _("Recommended only"), "floor_tone": ""}
    if band.legal_basis is None:
        return {"floor_words": _("Floor for information: no legal basis"), "floor_tone": "warn"}
    return {"floor_words": _("Floor for information: legal basis ended"), "floor_tone": "warn"}


def _regions_open_to(user: Any, today: date) -> Any:
    if user.dealer_id is None:
        return Region.objects.order_by("code")
    return selling_regions(user.dealer_id, today).order_by("code")


def _region_options(user: Any, today: date) -> list[tuple[str, str]]:
    return [(region.code, region.name) for region in _regions_open_to(user, today)]
