"""Products with their list prices, and the regions of the country."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import CityTier, Industry
from dealers.foundation import clock
from dealers.models import Product, Region
from dealers.permissions import can
from dealers.selectors.catalogue import categories, products_on, provinces_with_cities
from dealers.selectors.list_prices import open_changes_of
from dealers.web.access import capability_required
from dealers.web.listing import choice_of, page_of, words_of


@require_GET
@capability_required("catalogue.view")
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue with today's list prices."""
    words = words_of(request)
    filters = [
        choice_of(request, "category", _("All categories"), ((name, name) for name in categories())),
        choice_of(request, "industry", _("All industries"), Industry.choices),
    ]
    found = products_on(clock.business_day(clock.now()))
    if words:
        found = found.filter(
            Q(sku__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words) | Q(gtin=words)
        )
    for chosen in filters:
        if chosen.value:
            found = found.filter(**{chosen.name: chosen.value})
    narrowed = bool(words) or any(chosen.chosen for chosen in filters)
    context = {"page": page_of(request, found), "filters": filters, "q": words, "narrowed": narrowed}
    return render(request, "dealers/products.html", context)


@require_GET
@capability_required("catalogue.view")
def product(request: HttpRequest, sku: str) -> HttpResponse:
    """One product and every list price it had, has or will have."""
    found = get_object_or_404(Product, sku=sku)
    today = clock.business_day(clock.now())
    prices = found.list_prices.order_by("-valid", "-recorded_at")
    waiting = open_changes_of([found.pk]).first() if can(request.user, "prices.view") else None
    context = {
        "product": found,
        "prices": prices,
        "today": today,
        "waiting": waiting,
        "may_propose": can(request.user, "prices.propose"),
    }
    return render(request, "dealers/product.html", context)


@require_GET
@capability_required("catalogue.view")
def regions(request: HttpRequest) -> HttpResponse:
    """Provinces with their cities."""
    words = words_of(request)
    filters = [
        choice_of(request, "tier", _("All city tiers"), CityTier.choices),
        choice_of(request, "remote", _("Remote or not"), [("1", _("Remote")), ("0", _("Not remote"))]),
    ]
    tier, remote = (chosen.value for chosen in filters)
    cities = Region.objects.filter(kind="city")
    if words:
        named = Q(name_zh__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words)
        of_province = Q(parent__name_zh__icontains=words) | Q(parent__name_en__icontains=words)
        cities = cities.filter(named | of_province)
    if tier:
        cities = cities.filter(city_tier=tier)
    if remote:
        cities = cities.filter(Q(remote=True) | Q(parent__remote=True) if remote == "1" else Q(remote=False))
    narrowed = bool(words or tier or remote)
    page = page_of(request, provinces_with_cities(cities, all_provinces=not narrowed), 20)
    context = {"page": page, "filters": filters, "q": words, "narrowed": narrowed}
    return render(request, "dealers/regions.html", context)
