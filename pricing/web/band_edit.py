"""Setting and ending a band: first what it would do, then the confirmation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.models import Product, User
from dealers.web.access import capability_required, person
from dealers.web.listing import words_of
from pricing.choices import Enforcement, Verdict
from pricing.errors import BandChanged, BandNotYours
from pricing.models import PriceBand
from pricing.permissions import can
from pricing.selectors.band_effect import MOST_LINES, BandEffect
from pricing.selectors.band_plans import BandDraft, BandPlan, plan_to_end, plan_to_set
from pricing.selectors.band_series import standing_series
from pricing.selectors.bands import visible_bands
from pricing.services.bands import end_band, may_keep, require_end, set_band
from pricing.web.band_forms import BandForm, EndForm
from pricing.web.bands import place_words


@require_http_methods(["GET", "POST"])
@capability_required("bands.edit", can=can)
def band_new(request: HttpRequest) -> HttpResponse:
    """A band of a product and place that may have none yet."""
    given = {
        "sku": words_of(request, "sku"),
        "region": words_of(request, "region"),
        "scope": words_of(request, "scope"),
    }
    return _edit(request, None, {name: value for name, value in given.items() if value})


@require_http_methods(["GET", "POST"])
@capability_required("bands.edit", can=can)
def band_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The next band of a series, from a day on."""
    today = clock.business_day(clock.now())
    band = kept_band(person(request), pk)
    return _edit(request, band, BandForm.initial_of(band, today))


def _edit(request: HttpRequest, band: PriceBand | None, initial: dict[str, Any]) -> HttpResponse:
    user, at = person(request), clock.now()
    today = clock.business_day(at)
    initial.setdefault("valid_from", today + timedelta(days=1))
    form = BandForm(request.POST if request.method == "POST" else None, user=user, band=band, initial=initial)
    plan = draft = None
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        if not may_keep(user, draft.region):
            form.add_error(None, str(BandNotYours()))
        elif "confirm" in request.POST:
            done = _set(request, form, draft, user)
            if done is not None:
                return done
        if not form.errors:
            plan = plan_to_set(draft, today=today)
    context = {
        "form": form,
        "band": band,
        "draft": draft,
        "plan": plan,
        "effect": effect_words(plan.effect) if plan else None,
        "cautions": _cautions(draft, plan, today) if draft and plan else [],
        "products": Product.objects.only("sku", "name_zh", "name_en").order_by("sku")[:2000] if band is None else [],
        "place": place_words(band) if band else "",
    }
    refused = bool(form.errors) or (plan is not None and not plan.possible)
    return render(request, "pricing/band_edit.html", context, status=422 if refused else 200)


def _set(request: HttpRequest, form: BandForm, draft: BandDraft, user: User) -> HttpResponse | None:
    """Carry the change out and go to the series; None when it was refused, which the form then says."""
    try:
        set_band(
            draft=draft,
            seen=request.POST.get("seen", ""),
            reason=form.cleaned_data["reason"],
            actor=user,
            at=clock.now(),
        )
    except BandChanged as refusal:
        messages.warning(request, str(refusal))
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    band = next(row for row in standing_series(draft.key) if row.valid.lower == draft.valid_from)
    messages.success(request, _("The band is set. Lines already reported are judged again in the background."))
    return redirect("band-series", band.pk)


@require_http_methods(["GET", "POST"])
@capability_required("bands.edit", can=can)
def band_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a band on a day."""
    user, at = person(request), clock.now()
    today = clock.business_day(at)
    band = kept_band(user, pk)
    tomorrow = today + timedelta(days=1)
    initial = {"on": max(tomorrow, band.valid.lower or tomorrow)}
    form = EndForm(request.POST if request.method == "POST" else None, initial=initial)
    plan = None
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        try:
            require_end(band, on=on, today=today)
            if "confirm" in request.POST:
                ended = end_band(
                    band=band,
                    on=on,
                    seen=request.POST.get("seen", ""),
                    reason=form.cleaned_data["reason"],
                    actor=user,
                    at=at,
                )
                messages.success(request, _("The band ends on the day before %(day)s.") % {"day": on})
                return redirect("band-series", ended.pk)
            plan = plan_to_end(band, on=on, today=today)
        except BandChanged as refusal:
            messages.warning(request, str(refusal))
            return redirect("band-series", pk)
        except Refused as refusal:
            form.add_error("on", str(refusal))
    context = {
        "form": form,
        "band": band,
        "place": place_words(band),
        "plan": plan,
        "effect": effect_words(plan.effect) if plan else None,
        "cautions": [],
        "ending": True,
    }
    return render(request, "pricing/band_edit.html", context, status=422 if form.errors else 200)


def kept_band(user: User, pk: int) -> PriceBand:
    """A standing band the person may see and keeps. Raises 404, or 403 for one of other regions."""
    today = clock.business_day(clock.now())
    band = get_object_or_404(visible_bands(user, today=today), pk=pk)
    if not may_keep(user, band.region):
        raise PermissionDenied(str(BandNotYours()))
    return band


def effect_words(effect: BandEffect) -> dict[str, Any]:
    """What would change about reported lines, as rows of a table; the most frequent first."""
    rows = [
        {
            "before": Verdict(turn.before),
            "after": Verdict(turn.after),
            "before_code": Verdict(turn.before).code,
            "after_code": Verdict(turn.after).code,
            "held_before": turn.breach_before,
            "held_after": turn.breach_after,
            "count": count,
        }
        for turn, count in effect.turns.most_common()
    ]
    return {"effect": effect, "rows": rows, "dealers": len(effect.dealers), "most": MOST_LINES}


def _cautions(draft: BandDraft, plan: BandPlan, today: Any) -> list[str]:
    """What somebody should know before confirming."""
    said = []
    basis = draft.legal_basis
    if draft.enforcement is Enforcement.ENFORCED and draft.floor > 0:
        if basis is None:
            said.append(
                _(
                    "The floor has no legal basis: sales below it are shown for information and never held "
                    "against a dealer."
                )
            )
        elif basis.valid_until is not None and basis.valid_until <= draft.valid_from:
            said.append(
                _("The legal basis %(reference)s ends before the band begins: the floor is not enforced.")
                % {"reference": basis.reference}
            )
        elif basis.valid_until is not None and (draft.valid_to is None or basis.valid_until < draft.valid_to):
            said.append(
                _("The legal basis ends on %(day)s; from that day on the floor is for information only.")
                % {"day": basis.valid_until}
            )
    if draft.valid_from < today:
        said.append(_("The band begins in the past: what was sold meanwhile is judged by it afterwards."))
    if plan.gap_from is not None:
        said.append(
            _("From %(day)s on nothing of this product and place is in force; a less specific band may still apply.")
            % {"day": plan.gap_from}
        )
    return said
