"""The sales targets HQ sets, quarter by quarter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.selectors.people import people_called
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import page_of, words_of
from rebates.models import ScorecardQuarter
from rebates.permissions import can
from rebates.selectors.sales_targets import sales_targets, visible_targets
from rebates.services.scorecards.targets import set_target


class TargetForm(forms.Form):
    """One dealer's target."""

    amount = forms.DecimalField(
        label=gettext_lazy("Sales target"), max_digits=18, decimal_places=2, min_value=Decimal("0.01")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)


def offered_quarters() -> list[str]:
    """The quarter before, the present one and the next four."""
    quarters = [Quarter.containing(clock.now()).previous()]
    while len(quarters) < 6:
        quarters.append(quarters[-1].next())
    return [str(quarter) for quarter in quarters]


@require_GET
@capability_required("scorecards.target", can=can)
def targets(request: HttpRequest) -> HttpResponse:
    """Every dealer in sight with its target of a quarter, and who set it when."""
    user, offered = person(request), offered_quarters()
    quarter = _asked(request) or offered[1]
    # A scorecard of long ago leads here too.
    offered = offered if quarter in offered else [quarter, *offered]
    dealers = visible_dealers(user).order_by("code")
    words = words_of(request)
    if words:
        dealers = dealers.filter(Q(code__icontains=words) | Q(name__icontains=words))
    page = page_of(request, dealers)
    ids = [dealer.pk for dealer in page.object_list]
    standing = sales_targets(Quarter.parse(quarter), dealer_ids=ids)
    history: dict[int, list[Any]] = {}
    for target in visible_targets(user).filter(quarter=quarter, dealer_id__in=ids).order_by("-pk"):
        history.setdefault(target.dealer_id, []).append(target)
    published = ScorecardQuarter.objects.filter(quarter=quarter, published_at__isnull=False).exists()
    context = {
        "quarter": quarter,
        "offered": offered,
        "page": page,
        "rows": [(dealer, standing.get(dealer.pk), history.get(dealer.pk, [])) for dealer in page.object_list],
        "called": people_called(target.set_by for targets in history.values() for target in targets),
        "q": words,
        "published": published,
    }
    return render(request, "rebates/targets.html", context)


def _asked(request: HttpRequest) -> str:
    try:
        return str(Quarter.parse(request.GET.get("quarter", "")))
    except Unreadable:
        return ""


@require_POST
@capability_required("scorecards.target", can=can)
def target_set(request: HttpRequest, quarter: str, code: str) -> HttpResponse:
    """Set one dealer's target."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    form = TargetForm(request.POST)
    if quarter not in offered_quarters() or not form.is_valid():
        messages.error(request, _("Write the target as an amount above zero, like 1200000.00."))
        return back_to(request, "sales-targets")
    with refusals_shown(request):
        set_target(
            dealer=dealer,
            quarter=Quarter.parse(quarter),
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor=user,
            at=clock.now(),
        )
        messages.success(request, _("The target of %(dealer)s is set.") % {"dealer": dealer.name})
    return back_to(request, "sales-targets")
