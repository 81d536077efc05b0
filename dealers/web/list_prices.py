"""List prices of all products: browsing, filtering, and handing them out in the columns of the import."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.permissions import can
from dealers.selectors.catalogue import categories
from dealers.selectors.list_prices import COLUMNS, PriceWish, exported_prices, list_prices
from dealers.web.access import capability_required
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of, day_of, page_of, words_of


@require_GET
@capability_required("prices.view")
def list_prices_page(request: HttpRequest) -> HttpResponse:
    """The list prices in force today unless another day, or any day, is asked for."""
    today = clock.business_day(clock.now())
    category, wish = _asked(request)
    page = page_of(request, list_prices(wish))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "filters": [category],
        "q": wish.words,
        "on": wish.on or today,
        "any_day": wish.on is None,
        "today": today,
        "narrowed": bool(wish.words or wish.category or wish.on != today),
        "query": kept.urlencode(),
        "may_propose": can(request.user, "prices.propose"),
    }
    return render(request, "dealers/list_prices.html", context)


@require_GET
@capability_required("prices.view")
def list_prices_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The prices of the list; the file can be changed and proposed again."""
    _category, wish = _asked(request)
    name = f"list-prices-{wish.on or clock.business_day(clock.now())}"
    return table_response(request, ending, name, COLUMNS, exported_prices(list_prices(wish)))


def _asked(request: HttpRequest) -> tuple[Filter, PriceWish]:
    category = choice_of(request, "category", _("All categories"), ((name, name) for name in categories()))
    today = clock.business_day(clock.now())
    on = None if request.GET.get("any") == "1" else day_of(request, "on") or today
    return category, PriceWish(words_of(request), category.value, on)
