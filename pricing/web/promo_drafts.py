"""Writing a promotion request: the form, its product lines and the price hints beside them."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.clock import parse_date
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused as ValueRefused
from dealers.models import Product
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import policy_at
from dealers.services.files import endings_of
from dealers.web.access import capability_required, person, refusals_shown
from pricing.errors import PromoInvalid
from pricing.models import PromoRequest
from pricing.permissions import can
from pricing.rules.promo_content import PRICE_PLACES, draft_faults_in, faults_in, plain
from pricing.selectors.counted_days import clock_days
from pricing.selectors.promo_bands import band_hint
from pricing.selectors.promo_dealers import codes_with_chosen
from pricing.selectors.promo_drafting import draft_view
from pricing.selectors.promo_places import load_region_tree
from pricing.selectors.promos import promo_by_code
from pricing.services.promos.acting import require_applicant_side
from pricing.services.promos.attachments import (
    ATTACHABLE,
    MOST_ATTACHMENTS,
    attach_file,
    present_attachments,
    remove_attachment,
)
from pricing.services.promos.drafts import change_promo, content_of, create_promo
from pricing.services.promos.submission import earliest_start, lead_record, submit_promo
from pricing.terms import pricing_terms
from pricing.web.promo_changes import remark_lines
from pricing.web.promo_copy import copy_pieces
from pricing.web.promo_forms import ItemRow, ItemRows, PromoForm
from pricing.web.promo_rows import band_line, check_words, region_names

#: Above this many products the browser is not given all of them to complete from.
_MOST_SUGGESTIONS = 2000


@require_http_methods(["GET", "POST"])
@capability_required("promos.request", can=can)
def new(request: HttpRequest) -> HttpResponse:
    """A new request; saved as a draft, or submitted at once."""
    if request.method == "POST":
        return _save(request, None)
    start = _earliest_start()
    form = PromoForm(user=person(request), initial={"starts_on": start, "last_on": start and start + timedelta(days=6)})
    return _form_page(request, form, ItemRows([]), None)


@require_http_methods(["GET", "POST"])
@capability_required("promos.request", can=can)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a draft or a returned request."""
    with refusals_shown(request):
        promo = promo_by_code(person(request), code)
        require_applicant_side(person(request), promo)
    if request.method == "POST":
        return _save(request, promo)
    content = content_of(promo)
    form = PromoForm(user=person(request), initial=PromoForm.initial_of(content))
    rows = ItemRows([ItemRow(item.sku, plain(item.price)) for item in content.items])
    return _form_page(request, form, rows, promo)


@require_GET
@capability_required("promos.request", can=can)
def item_row(request: HttpRequest) -> HttpResponse:
    """One more empty product line."""
    return render(request, "promos/item_row.html", {"row": ItemRow()})


@require_GET
@capability_required("promos.request", can=can)
def price_hint(request: HttpRequest) -> HttpResponse:
    """How a price being typed lies against the bands it would meet."""
    sku = request.GET.get("sku", "").strip()
    product = Product.objects.filter(sku=sku).first()
    context: dict[str, Any] = {"sku": sku, "product": product}
    if product is not None:
        starts_on, last_on = _day(request, "starts_on"), _day(request, "last_on")
        starts_on = starts_on or clock.business_day(clock.now())
        ends_on = max(last_on or starts_on, starts_on) + timedelta(days=1)
        try:
            price = parse_decimal(request.GET.get("promo_price", ""), max_digits=18, places=PRICE_PLACES)
        except ValueRefused:
            price = None
        regions = request.GET.getlist("regions")
        found = band_hint(sku, price or 0, regions, starts_on, ends_on, load_region_tree())  # type: ignore[arg-type]
        context |= {"priced": price is not None, "line": band_line(found, product.name, region_names([found]), most=3)}
    return render(request, "promos/price_hint.html", context)


@require_POST
@capability_required("promos.request", can=can)
def checks(request: HttpRequest, code: str = "") -> HttpResponse:
    """What would be noticed about the request as it is typed now; nothing is saved."""
    form = PromoForm(request.POST, user=person(request))
    context: dict[str, Any] = {}
    if form.is_valid():
        content = form.content(ItemRows.from_post(request.POST).items())
        if content.ends_on > content.starts_on and not draft_faults_in(content):
            view = draft_view(content, person(request), code=code, at=clock.now())
            context = {
                "checks": [check_words(check) for check in view.checks],
                "copy": list(copy_pieces(content.ad_copy, [asdict(hit) | {"cleared": None} for hit in view.hits])),
                "hits": bool(view.hits),
                "lead": clock_days(lead_record(view.lead, view.lead_days)) if view.lead else None,
            }
    return render(request, "promos/draft_checks.html", context)


def _save(request: HttpRequest, promo: PromoRequest | None) -> HttpResponse:
    form = PromoForm(request.POST, user=person(request))
    rows = ItemRows.from_post(request.POST)
    items = rows.items()
    if form.is_valid() and not rows.has_errors:
        try:
            return _saved(request, promo, form, items)
        except PromoInvalid as refusal:
            form.show(refusal.findings)
            rows.show(refusal.findings)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, form, rows, promo, status=422)


def _saved(request: HttpRequest, promo: PromoRequest | None, form: PromoForm, items: list[Any]) -> HttpResponse:
    content, at, actor = form.content(items), clock.now(), person(request)
    if actor.dealer_id is None:
        picked = form.cleaned_data
        codes = codes_with_chosen(
            actor,
            content.dealers,
            regions=picked["pick_regions"],
            tiers=picked["pick_tiers"],
            on=content.starts_on,
        )
        content = replace(content, dealers=codes)
    if "submit" in request.POST and (faults := faults_in(content)):
        raise PromoInvalid(faults)
    if promo is None:
        promo = create_promo(content=content, actor=actor, at=at)
    else:
        change_promo(code=promo.code, content=content, actor=actor, at=at)
    if refused := _attached(request, promo.code, at):
        messages.warning(request, " ".join([_("%(code)s is saved as a draft.") % {"code": promo.code}, *refused]))
        return HttpResponseRedirect(reverse("promo-edit", args=[promo.code]))
    if "submit" in request.POST:
        try:
            submit_promo(code=promo.code, actor=actor, at=at)
        except Refused as refusal:
            messages.warning(request, _("%(code)s is saved as a draft.") % {"code": promo.code} + " " + str(refusal))
            return HttpResponseRedirect(reverse("promo-edit", args=[promo.code]))
        messages.success(request, _("%(code)s is submitted; the legal review has begun.") % {"code": promo.code})
    else:
        messages.success(request, _("%(code)s is saved as a draft.") % {"code": promo.code})
        if "stay" in request.POST:
            return HttpResponseRedirect(reverse("promo-edit", args=[promo.code]))
    return HttpResponseRedirect(reverse("promo-detail", args=[promo.code]))


def _attached(request: HttpRequest, code: str, at: datetime) -> list[str]:
    """Attach the files that came with the form and take out those ticked; returns why some were not kept."""
    refused = []
    for mark in request.POST.getlist("remove_attachment"):
        if mark.isascii() and mark.isdigit():
            remove_attachment(code=code, attachment=int(mark), actor=person(request), at=at)
    for file in request.FILES.getlist("files"):
        try:
            attach_file(code=code, name=file.name or "", content=file, actor=person(request), at=at)
        except Refused as refusal:
            refused.append(str(refusal))
    return refused


def _form_page(
    request: HttpRequest, form: PromoForm, rows: ItemRows, promo: PromoRequest | None, status: int = 200
) -> HttpResponse:
    products = list(Product.objects.order_by("sku")[: _MOST_SUGGESTIONS + 1])
    policy = policy_at(clock.now())
    context = {
        "form": form,
        "item_rows": list(rows),
        "promo": promo,
        "products": products[:_MOST_SUGGESTIONS],
        "earliest": _earliest_start(),
        "attachments": present_attachments(promo) if promo else [],
        "most_attachments": MOST_ATTACHMENTS,
        "attachable": endings_of(ATTACHABLE),
        "remarks": remark_lines(promo) if promo else [],
        "lead_days": pricing_terms(policy).promo.lead_working_days if policy else None,
    }
    return render(request, "promos/form.html", context, status=status)


def _earliest_start() -> date | None:
    """The first day a promotion submitted today may start, under the policy in force."""
    at = clock.now()
    policy = policy_at(at)
    if policy is None:
        return None
    return earliest_start(clock.business_day(at), pricing_terms(policy).promo.lead_working_days, current_calendar())


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueRefused:
        return None
