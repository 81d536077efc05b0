"""What if the tier score were weighed otherwise: a trial that writes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.terms import parse_terms
from dealers.models import Dealer
from dealers.selectors.policies import policy_at
from dealers.selectors.visibility import visible_dealers
from dealers.terms import TierTerms, dealers_terms
from dealers.web.access import capability_required, person
from dealers.web.listing import page_of
from rebates.permissions import can
from rebates.rules.tier_review import Move
from rebates.selectors.tier_what_if import WhatIf, what_if


def _share(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=100, max_digits=6, decimal_places=2)


class TrialForm(forms.Form):
    """Weights in percent, what earns full marks, and where the tiers begin."""

    scale = _share(gettext_lazy("Weight of annual revenue, %"))
    performance = _share(gettext_lazy("Weight of performance, %"))
    coverage = _share(gettext_lazy("Weight of coverage, %"))
    kpi_share = _share(gettext_lazy("Of performance by the KPI score, %"))
    annual_revenue = forms.DecimalField(
        label=gettext_lazy("Revenue for full marks"), min_value=1, max_digits=18, decimal_places=2
    )
    purchases_4q = forms.DecimalField(
        label=gettext_lazy("Purchases for full marks"), min_value=1, max_digits=18, decimal_places=2
    )
    cities = forms.IntegerField(label=gettext_lazy("Cities for full marks"), min_value=1, max_value=10_000)
    T1 = forms.IntegerField(label=gettext_lazy("T1 from"), min_value=0, max_value=100)
    T2 = forms.IntegerField(label=gettext_lazy("T2 from"), min_value=0, max_value=100)

    def terms(self) -> TierTerms | None:
        """The terms as a policy would state them; None, with the faults on the form, when it could not."""
        given = self.cleaned_data
        document = {
            "weights": {name: _text(given[name] / 100) for name in ("scale", "performance", "coverage")},
            "full_marks": {
                "annual_revenue": _text(given["annual_revenue"]),
                "purchases_4q": _text(given["purchases_4q"]),
                "cities": given["cities"],
            },
            "thresholds": {"T1": given["T1"], "T2": given["T2"], "T3": 0},
            "kpi_share": _text(given["kpi_share"] / 100),
        }
        terms, faults = parse_terms(TierTerms, document)
        for fault in faults:
            self.add_error(None, fault.render())
        return terms


@require_GET
@capability_required("tiers.try", can=can)
def tier_trial(request: HttpRequest) -> HttpResponse:
    """Who would move; the weights and thresholds come with the address, so that a trial can be passed on."""
    user, now = person(request), clock.now()
    policy = policy_at(now)
    if policy is None:
        return render(request, "rebates/tier_trial.html", {"policy": None})
    standing = dealers_terms(policy).tiers
    form = TrialForm(request.GET if "T1" in request.GET else None, initial=_initial(standing))
    tried = standing
    if form.is_bound and form.is_valid():
        tried = form.terms() or standing
    own = None
    if user.role == Role.CHANNEL_MANAGER:
        own = list(visible_dealers(user).values_list("pk", flat=True))
    found = what_if(standing, tried, at=now, dealer_ids=own)
    rows = [row for row in found.rows if row.differs] if tried != standing else []
    page = page_of(request, rows)
    dealers = Dealer.objects.in_bulk([row.dealer_id for row in page.object_list])
    context = {
        "policy": policy,
        "form": form,
        "found": found,
        "changed": tried != standing,
        "page": page,
        "rows": [(dealers[row.dealer_id], row) for row in page.object_list],
        "tiers": _by_tier(found),
        "moves": _by_move(found),
    }
    return render(request, "rebates/tier_trial.html", context)


def _initial(terms: TierTerms) -> dict[str, object]:
    weights = {name: _percent(getattr(terms.weights, name)) for name in ("scale", "performance", "coverage")}
    full = terms.full_marks
    return {
        **weights,
        "kpi_share": _percent(terms.kpi_share),
        "annual_revenue": full.annual_revenue,
        "purchases_4q": full.purchases_4q,
        "cities": full.cities,
        "T1": terms.thresholds.T1,
        "T2": terms.thresholds.T2,
    }


def _by_tier(found: WhatIf) -> list[tuple[str, int, int, int]]:
    return [(tier, found.tiers[tier], found.now[tier], found.then[tier]) for tier in ("T1", "T2", "T3")]


def _by_move(found: WhatIf) -> list[tuple[str, int, int]]:
    words = {Move.PROMOTION: _("Tier rises"), Move.DEMOTION: _("Tier falls"), Move.NONE: _("Tier stands")}
    return [(label, found.moves_now[move], found.moves_then[move]) for move, label in words.items()]


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"
