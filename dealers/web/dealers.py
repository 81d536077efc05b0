"""The dealers of the network: the list, and everything about one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import DealerState, Industry, Tier
from dealers.foundation import clock
from dealers.models import AuditRecord, Dealer, DealerExit, SyncExemption
from dealers.permissions import can
from dealers.selectors.deliveries import visible_deliveries
from dealers.selectors.network import DealerWish, listed_dealers, provinces
from dealers.selectors.supply import eligibility, visible_holds
from dealers.selectors.sync import sweep_terms
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.audit_words import told
from dealers.web.clocks import NOT_YET_DUE, clock_lines
from dealers.web.exemptions import ExemptionForm
from dealers.web.exits import leaving
from dealers.web.holds import HoldForm, hold_rows
from dealers.web.listing import choice_of, page_of, words_of

_LATEST = 10
_LATEST_EVENTS = 20


@require_GET
@capability_required("dealers.view")
def dealers(request: HttpRequest) -> HttpResponse:
    """The dealers in sight, searched and filtered."""
    at = clock.now()
    today = clock.business_day(at)
    filters = [
        choice_of(request, "tier", _("All tiers"), Tier.choices),
        choice_of(request, "industry", _("All industries"), Industry.choices),
        choice_of(request, "region", _("All provinces"), [(region.code, region.name) for region in provinces()]),
        choice_of(request, "state", _("All states"), DealerState.choices),
        choice_of(request, "held", _("Supply: all"), [("yes", _("Held")), ("no", _("Not held"))]),
    ]
    wish = DealerWish(words_of(request), **{chosen.name: chosen.value for chosen in filters})
    page = page_of(request, listed_dealers(person(request), wish, on=today))
    shown = list(page.object_list)
    clocks = clock_lines((dealer.pk for dealer in shown), terms=sweep_terms(at=at), at=at)
    rows = [{"dealer": dealer, "clock": _clock_of(dealer, clocks), "supply": _supply(dealer)} for dealer in shown]
    context = {"page": page, "rows": rows, "filters": filters, "q": wish.words, "narrowed": _narrowed(wish)}
    return render(request, "dealers/dealers.html", context)


@require_GET
@capability_required("dealers.view")
def dealer_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One dealer: its facts, rights, supply, reports and what was done to it."""
    user = person(request)
    found = visible_dealers(user).select_related("home_region__parent", "alliance")
    dealer = get_object_or_404(found, code=code)
    at = clock.now()
    today = clock.business_day(at)
    holds = list(visible_holds(user).filter(dealer=dealer)[:_LATEST])
    clocks = clock_lines([dealer.pk], terms=sweep_terms(at=at), at=at)
    tiers = list(dealer.tiers.order_by("-valid"))
    exemptions = SyncExemption.objects.filter(dealer=dealer)
    events = AuditRecord.objects.filter(dealer_id=dealer.pk).order_by("-id")[:_LATEST_EVENTS]
    context = {
        "dealer": dealer,
        "today": today,
        "tiers": tiers,
        "tier": next((tier for tier in tiers if today in tier.valid), None),
        "territories": dealer.territories.select_related("region__parent").order_by("-valid", "region__code"),
        "contracts": dealer.contracts.order_by("-valid"),
        "addenda": dealer.b2b_addenda.order_by("-valid"),
        "answer": eligibility(dealer=dealer.code, at=at),
        "holds": hold_rows(holds),
        "clock": _clock_of(dealer, clocks),
        "exemptions": exemptions.select_related("agreed_by").order_by("-valid")[:_LATEST],
        "deliveries": visible_deliveries(user).filter(dealer=dealer)[:_LATEST],
        "events": told(events),
        "ended": DealerExit.objects.filter(dealer=dealer).select_related("recorded_by").first(),
        **leaving(dealer, user),
        "may_hold": can(user, "supply.hold"),
        "may_lift": can(user, "supply.lift"),
        "may_exempt": can(user, "sync.exempt"),
        "may_see_calendar": can(user, "sync.calendar"),
        "hold_form": HoldForm(auto_id="hold_%s"),
        "exemption_form": ExemptionForm(auto_id="exemption_%s"),
    }
    return render(request, "dealers/dealer.html", context)


def _clock_of(dealer: Dealer, clocks: dict[int, Any]) -> Any:
    """The clock of an active dealer; nothing for one that need not report."""
    return clocks.get(dealer.pk, NOT_YET_DUE) if dealer.state == DealerState.ACTIVE else None


def _supply(dealer: Any) -> dict[str, Any]:
    """The supply answer from what the list has read already; the same three questions as `eligibility`."""
    if dealer.state != DealerState.ACTIVE:
        return {"label": dealer.get_state_display(), "tone": "bad"}
    if dealer.open_kinds:
        return {"kinds": dealer.open_kinds}
    if not dealer.contracted:
        return {"label": _("No contract in force"), "tone": "bad"}
    return {"label": _("May be supplied"), "tone": "ok"}


def _narrowed(wish: DealerWish) -> bool:
    return wish != DealerWish()
