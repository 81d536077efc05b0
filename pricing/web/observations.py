"""Prices seen in the market: the list, sellers seen again and again, one sighting, and recording one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.models import AuditRecord, Dealer, Product
from dealers.web.access import capability_required, person
from dealers.web.audit_words import told
from dealers.web.files import file_response
from dealers.web.listing import choice_of, window_of, words_of
from pricing.choices import ObservationState, Verdict
from pricing.errors import ObservationNotFound
from pricing.models import MarketObservation
from pricing.permissions import can
from pricing.selectors.observations import (
    MATCHED,
    REPEAT_DAYS,
    UNMATCHED,
    ObservationWish,
    narrowed_observations,
    observation_of,
    repeat_sellers,
    sightings_of_seller,
    suggested_dealers,
    suggested_products,
)
from pricing.services.observations.recording import record_observation
from pricing.web.bands import place_words
from pricing.web.observation_forms import ObservationForm

_OFFERED_PRODUCTS = 2000
_OTHERS_SHOWN = 20


@require_GET
@capability_required("observations.view", can=can)
def observations(request: HttpRequest) -> HttpResponse:
    """What was seen, the newest first."""
    seen = [(each.value, each.label) for each in (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING, Verdict.IN_BAND)]
    filters = [
        choice_of(request, "verdict", _("Any price"), seen),
        choice_of(request, "matched", _("Known seller or not"), [(MATCHED, _("Known")), (UNMATCHED, _("Not known"))]),
        choice_of(request, "state", _("All states"), ObservationState.choices),
    ]
    verdict, matched, state = (chosen.value for chosen in filters)
    wish = ObservationWish(
        state=state,
        verdict=int(verdict) if verdict else None,
        matched=matched,
        dealer=words_of(request, "dealer"),
        seller_key=request.GET.get("seller", "")[:300].replace("\x00", ""),
        words=words_of(request),
    )
    user = person(request)
    window = window_of(request, narrowed_observations(user, wish))
    context = {
        "window": window,
        "filters": filters,
        "wish": wish,
        "may_record": can(user, "observations.record"),
        "may_import": can(user, "observations.import"),
        "narrowed": wish != ObservationWish(),
    }
    return render(request, "pricing/observations.html", context)


@require_GET
@capability_required("observations.view", can=can)
def sellers(request: HttpRequest) -> HttpResponse:
    """Who was seen below the floor again and again."""
    found = repeat_sellers(person(request), clock.business_day(clock.now()))
    dealers = Dealer.objects.in_bulk({each.dealer_id for each in found if each.dealer_id})
    context = {
        "rows": [{"seller": each, "dealer": dealers.get(each.dealer_id or 0)} for each in found],
        "days": REPEAT_DAYS,
    }
    return render(request, "pricing/repeat_sellers.html", context)


@require_GET
@capability_required("observations.view", can=can)
def observation(request: HttpRequest, pk: int) -> HttpResponse:
    """One sighting: what was seen, what it means, who the seller may be, and what was seen of the same seller."""
    user = person(request)
    found = _found(request, pk)
    others = sightings_of_seller(user, found, clock.business_day(clock.now()))
    below = [each for each in others[:500] if each.verdict == Verdict.BELOW_FLOOR]
    may_match = can(user, "observations.match") and found.state == ObservationState.RECORDED
    records = AuditRecord.objects.filter(subject_type=MarketObservation._meta.label_lower, subject_id=str(pk))
    context = {
        "seen": found,
        "verdict": Verdict(found.verdict) if found.verdict else None,
        "steps": comparison_steps(found),
        "place": place_words(found.band) if found.band else "",
        "others": others[:_OTHERS_SHOWN],
        "repeat": {
            "days": REPEAT_DAYS,
            "count": len(below),
            "on": len({each.seen_on for each in below}),
            "lowest": min((each.price for each in below), default=None),
        },
        "may_match": may_match,
        # The case path asks its own table; here the same people decide about violations.
        "may_hand_over": may_match and can(user, "violations.decide"),
        "dealers": suggested_dealers(user, found) if may_match else [],
        "products": suggested_products(found) if may_match and not found.product_id else [],
        "records": told(records.order_by("-pk")[:50]),
    }
    return render(request, "pricing/observation.html", context)


@require_GET
@capability_required("observations.view", can=can)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a sighting, shown in its place."""
    found = _found(request, pk)
    if found.picture is None:
        raise Http404
    return file_response(found.picture, inline=True)


@require_http_methods(["GET", "POST"])
@capability_required("observations.record", can=can)
def new(request: HttpRequest) -> HttpResponse:
    """Record a seen price."""
    form = ObservationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, is_new = record_observation(
                seen=form.seen(), picture=form.cleaned_data["picture"], actor=person(request), at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_new:
                messages.success(request, _("Recorded. Thank you for looking."))
            else:
                messages.info(request, _("The same was recorded before; this is the record."))
            return redirect("observation", made.pk)
    products = Product.objects.only("sku", "name_zh", "name_en").order_by("sku")[:_OFFERED_PRODUCTS]
    context = {"form": form, "products": products}
    return render(request, "pricing/observation_new.html", context, status=422 if form.errors else 200)


def comparison_steps(found: MarketObservation) -> list[dict[str, Any]]:
    """How the seen price was compared, for the proof component."""
    steps: list[dict[str, Any]] = [{"label": _("Seen price"), "value": f"{found.price:,.2f}"}]
    band = found.band
    if band is None or found.verdict is None:
        return steps
    steps += [
        {"label": _("Floor"), "value": f"{band.floor:,.2f}"},
        {"label": _("Ceiling"), "value": f"{band.ceiling:,.2f}"},
    ]
    if found.gap:
        below = found.verdict == Verdict.BELOW_FLOOR
        edge = band.floor if below else band.ceiling
        formula = f"{edge:,.2f} − {found.price:,.2f}" if below else f"{found.price:,.2f} − {edge:,.2f}"
        label = _("Below the floor by") if below else _("Above the ceiling by")
        steps.append({"label": label, "value": f"{found.gap:,.2f}", "formula": formula, "total": True})
    else:
        steps.append({"label": _("Verdict"), "value": str(Verdict(found.verdict).label), "total": True})
    return steps


def _found(request: HttpRequest, pk: int) -> MarketObservation:
    try:
        return observation_of(person(request), pk)
    except ObservationNotFound as error:
        raise Http404(str(error)) from error
