"""Proposals of list prices: what they change, what a fall costs in price protection, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import JobState, PriceChangeState
from dealers.foundation import clock
from dealers.models import Dealer, PriceChange, Product
from dealers.permissions import can
from dealers.selectors.list_prices import PriceStep, price_steps, visible_changes
from dealers.selectors.visibility import visible_dealers
from dealers.services.price_changes import confirm_prices, decline_prices, withdraw_prices
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, only_mine, page_of, words_of
from rebates.errors import EstimateMissing
from rebates.rules.quantities import cents_text
from rebates.selectors.price_protection import proposed_falls
from rebates.selectors.protection_estimates import estimate_job, is_large, kept_sums, latest_estimate
from rebates.services.protection_estimates import request_estimate
from rebates.web.announcements import announce, announced, in_sight
from rebates.web.protection_words import layer_rows, zero_words

_MOST_STEPS = 500
EXPORT_COLUMNS = ("dealer", "sku", "old_price", "new_price", "counted_at", "on_hand", "units", "amount", "why_zero")
KEPT_COLUMNS = ("dealer", "products", "units", "amount")


@require_GET
@capability_required("prices.view")
def price_changes(request: HttpRequest) -> HttpResponse:
    """Proposals, those that wait first in mind; the newest first."""
    state = choice_of(request, "state", _("All states"), PriceChangeState.choices)
    words = words_of(request)
    found = visible_changes(person(request))
    if state.value:
        found = found.filter(state=state.value)
    if only_mine(request):
        found = found.exclude(proposed_by=person(request))
    if words:
        found = found.filter(pk__in=PriceChange.objects.filter(lines__product__sku__icontains=words).values("pk"))
    context = {
        "page": page_of(request, found),
        "filters": [state],
        "q": words,
        "narrowed": bool(words or state.value),
        "may_propose": can(request.user, "prices.propose"),
    }
    return render(request, "rebates/price_changes.html", context)


@require_GET
@capability_required("prices.view")
def price_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: old and new prices, and what its falls cost as of now, dealer by dealer."""
    user, at = person(request), clock.now()
    change = _found(request, pk)
    steps = _steps(change)
    waiting = change.state == PriceChangeState.PROPOSED
    large = waiting and is_large(proposed_falls(steps))
    told = announced(change, steps, at=at, dealers=in_sight(user)) if waiting else None
    job = estimate_job(change.pk) if large else None
    context: dict[str, Any] = {
        "change": change,
        "steps": steps[:_MOST_STEPS],
        "steps_left_out": max(0, len(steps) - _MOST_STEPS),
        "told": told,
        "large": large,
        "job": job,
        "busy": job is not None and job.state in (JobState.QUEUED, JobState.RUNNING),
        "may_reckon": can(user, "prices.propose") or can(user, "prices.confirm"),
        "waiting": waiting,
        "own": change.proposed_by_id == user.pk,
        "may_confirm": can(user, "prices.confirm") and change.proposed_by_id != user.pk,
        "own_regions": in_sight(user) is not None,
    }
    if told is not None:
        page = page_of(request, told.sums)
        dealers = Dealer.objects.in_bulk([row.dealer_id for row in page.object_list])
        context |= {
            "page": page,
            "rows": [
                {
                    "dealer": dealers[row.dealer_id],
                    "units": row.units,
                    "amount": cents_text(row.amount),
                    "products": row.products,
                    "zeros": [(zero_words(zero), count) for zero, count in row.zeros.most_common()],
                }
                for row in page.object_list
            ],
        }
    return render(request, "rebates/price_change.html", context)


@require_GET
@capability_required("prices.view")
def price_change_dealer(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What one dealer would be credited, down to the receipts its units came with."""
    change = _found(request, pk)
    dealer = get_object_or_404(visible_dealers(person(request)), code=code)
    steps = _steps(change)
    kept = latest_estimate(change.pk) if is_large(proposed_falls(steps)) else None
    # One dealer is quick to reckon: with the facts of the estimate, so that both say the same.
    told = announce(
        steps,
        at=kept.as_of if kept else clock.now(),
        known_at=kept.as_of if kept else None,
        dealers=[dealer.pk],
        keep=True,
    )
    products = Product.objects.in_bulk([row.product_id for row in told.details])
    context = {
        "change": change,
        "dealer": dealer,
        "told": told,
        "rows": [
            {
                "product": products[row.product_id],
                "found": row.protection,
                "amount": cents_text(row.protection.amount),
                "zero": zero_words(row.protection.zero),
                **layer_rows(row.protection),
            }
            for row in told.details
        ],
    }
    return render(request, "rebates/price_change_dealer.html", context)


@require_GET
@capability_required("prices.view")
def protection_export(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The estimate line by line: dealer and product with their units and why there are none.

    Of a proposal that was reckoned in the background it is the page's list: one row per dealer.
    """
    change = _found(request, pk)
    if is_large(proposed_falls(_steps(change))):
        return _kept_export(request, change, ending)
    told = announce(_steps(change), at=clock.now(), dealers=in_sight(person(request)), keep=True)
    dealers = dict(Dealer.objects.filter(pk__in={row.dealer_id for row in told.details}).values_list("pk", "code"))
    skus = dict(Product.objects.filter(pk__in={row.product_id for row in told.details}).values_list("pk", "sku"))
    rows = (
        (
            dealers[row.dealer_id],
            skus[row.product_id],
            layer_rows(row.protection)["old"],
            layer_rows(row.protection)["new"],
            row.protection.stock.counted_at,
            row.protection.stock.on_hand,
            row.protection.units,
            cents_text(row.protection.amount),
            row.protection.zero or "",
        )
        for row in told.details
    )
    return table_response(request, ending, f"price-protection-{pk}", EXPORT_COLUMNS, rows)


@require_POST
@capability_required("prices.view")  # the service asks for more: an auditor starts no work
def price_estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reckon the price protection of a large proposal, or reckon it again with the facts of now."""
    change = _found(request, pk)
    with refusals_shown(request):
        request_estimate(change=change, actor=person(request), at=clock.now())
    return redirect("price-change", pk)


@require_POST
@capability_required("prices.confirm")
def price_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a proposal in force; what was announced stays with it."""
    at = clock.now()
    change = _found(request, pk)
    with refusals_shown(request):
        told = announced(change, _steps(change), at=at)
        if told is None:
            raise EstimateMissing(change=change)
        note = request.POST.get("note", "").replace("\x00", "")
        confirm_prices(change_id=pk, announced=told.record(), actor=person(request), at=at, note=note)
        messages.success(request, _("The list prices are in force from their days on."))
    return redirect("price-change", pk)


@require_POST
@capability_required("prices.confirm")
def price_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a proposal."""
    with refusals_shown(request):
        note = request.POST.get("note", "").replace("\x00", "")
        decline_prices(change_id=pk, actor=person(request), at=clock.now(), note=note)
        messages.success(request, _("The proposal is declined."))
    return redirect("price-change", pk)


@require_POST
@capability_required("prices.propose")
def price_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an own proposal back."""
    with refusals_shown(request):
        withdraw_prices(change_id=pk, actor=person(request), at=clock.now())
        messages.success(request, _("The proposal is taken back."))
    return redirect("price-change", pk)


def _kept_export(request: HttpRequest, change: PriceChange, ending: str) -> HttpResponseBase:
    kept = latest_estimate(change.pk)
    sums = kept_sums(kept, in_sight(person(request))) if kept else []
    dealers = dict(Dealer.objects.filter(pk__in=[row.dealer_id for row in sums]).values_list("pk", "code"))
    rows = ((dealers[row.dealer_id], row.products, row.units, cents_text(row.amount)) for row in sums)
    return table_response(request, ending, f"price-protection-{change.pk}", KEPT_COLUMNS, rows)


def _found(request: HttpRequest, pk: int) -> PriceChange:
    change = visible_changes(person(request)).filter(pk=pk).first()
    if change is None:
        raise Http404
    return change


def _steps(change: PriceChange) -> list[PriceStep]:
    return price_steps(change.lines.select_related("product"))
