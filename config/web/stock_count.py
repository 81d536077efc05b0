"""Typing a short stock count on a phone: the dealer's own products, a number each, handed in as an inventory report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.imports import import_records
from dealers.choices import Door, Feed
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Dealer, InventoryLine, Product
from dealers.selectors.stock_counts import draft_of
from dealers.services.stock_counts import handing_in, save_counts
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import words_of
from pricing.selectors.assortment import own_assortment

PRODUCTS_SHOWN = 60
_PREFIX = "count:"


@require_GET
@capability_required("reports.submit")
def stock_count(request: HttpRequest) -> HttpResponse:
    """The products to count: those typed already, then the latest moved; or what was searched for."""
    dealer, words = own_dealer(request), words_of(request)
    draft = draft_of(person(request))
    counted: dict[str, str] = draft.counts if draft else {}
    if words:
        shown = list(_found(words)[:PRODUCTS_SHOWN])
    else:
        typed = list(Product.objects.filter(sku__in=list(counted)).order_by("sku"))
        own = [one for one in own_assortment(dealer, clock.now()) if one.sku not in counted]
        shown = [*typed, *own[:PRODUCTS_SHOWN]]
    last = _last_counts(dealer, shown)
    context = {
        "rows": [{"product": one, "count": counted.get(one.sku, ""), "last": last.get(one.pk)} for one in shown],
        "draft": draft,
        "counted": len(counted),
        "q": words,
        "now": clock.now().astimezone(BUSINESS_ZONE).strftime("%Y-%m-%dT%H:%M"),
    }
    return render(request, "dealers/stock_count.html", context)


@require_POST
@capability_required("reports.submit")
def count_save(request: HttpRequest) -> HttpResponse:
    """Keep what was typed. From a field it answers with the bar at the foot, from the button with the page."""
    draft = None
    with refusals_shown(request):
        draft = save_counts(
            person=person(request),
            counts=_typed(request),
            at=clock.now(),
            warehouse=request.POST.get("warehouse"),
        )
    if request.headers.get("HX-Request"):
        return render(
            request, "dealers/_count_bar.html", {"draft": draft, "counted": len(draft.counts) if draft else 0}
        )
    if draft is not None:
        messages.success(request, _("Saved. You can go on later, on any device."))
    return redirect("stock-count")


@require_POST
@capability_required("reports.submit")
def count_submit(request: HttpRequest) -> HttpResponse:
    """Hand the count in; the answer is its receipt."""
    user, dealer, at = person(request), own_dealer(request), clock.now()
    with refusals_shown(request):
        save_counts(person=user, counts=_typed(request), at=at, warehouse=request.POST.get("warehouse"))
        as_of = _counted_at(request, at)
        with handing_in(person=user, at=at) as draft:
            if draft.counts:
                delivery = import_records(
                    kind=Feed.INVENTORY,
                    records=[
                        {"as_of": as_of, "sku": sku, "on_hand": count, "warehouse": draft.warehouse}
                        for sku, count in draft.counts.items()
                    ],
                    actor=user,
                    door=Door.PORTAL,
                    dealer=dealer,
                    delivered_by=user.get_username(),
                )
                return redirect("receipt", delivery.receipt)
        messages.error(request, _("Nothing is counted yet; type a number for at least one product."))
    return redirect("stock-count")


def _typed(request: HttpRequest) -> dict[str, str]:
    """Counts by SKU, from the fields of the page."""
    return {name.removeprefix(_PREFIX): str(value) for name, value in request.POST.items() if name.startswith(_PREFIX)}


def _counted_at(request: HttpRequest, at: datetime) -> str:
    """When it was counted, as typed in Beijing time; now when nothing sensible was."""
    try:
        given = datetime.fromisoformat(request.POST.get("as_of", "")).replace(tzinfo=BUSINESS_ZONE)
    except ValueError:
        given = at.astimezone(BUSINESS_ZONE)
    return given.replace(microsecond=0).isoformat()


def _found(words: str) -> QuerySet[Product]:
    """Products by bar code, SKU or name; a bar code typed in full finds the one."""
    exact = Product.objects.filter(Q(gtin=words) | Q(sku=words))
    if exact.exists():
        return exact
    named = Q(sku__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
    return Product.objects.filter(named | Q(gtin__startswith=words)).order_by("sku")


def _last_counts(dealer: Dealer, products: list[Product]) -> dict[int, dict[str, Any]]:
    """What was counted last of each product, all warehouses together; one query."""
    lines = InventoryLine.objects.filter(dealer=dealer, product__in=[one.pk for one in products])
    newest: dict[int, dict[str, Any]] = {}
    for product_id, as_of, on_hand in lines.order_by("-as_of").values_list("product_id", "as_of", "on_hand")[:5_000]:
        known = newest.setdefault(product_id, {"as_of": as_of, "on_hand": 0})
        if known["as_of"] == as_of:
            known["on_hand"] += on_hand
    return newest
