"""Supply holds and exemptions from reporting: the list, and placing, lifting, agreeing and revoking them by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import HoldKind
from dealers.foundation import clock
from dealers.models import SupplyHold
from dealers.permissions import can
from dealers.selectors.supply import hold_detail, visible_holds
from dealers.selectors.visibility import visible_dealers
from dealers.services.holds import lift_hold, place_hold
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of, words_of

#: Why the system lifted a hold by itself, by the code it leaves.
LIFT_NOTES: dict[str, Any] = {
    "caught_up": gettext_lazy("Everything missing was reported."),
    "certificate_renewed": gettext_lazy("A renewed certificate was confirmed."),
}


class HoldForm(forms.Form):
    """Why supply to a dealer is to stop."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The dealer reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def hold_rows(holds: Iterable[SupplyHold]) -> list[dict[str, Any]]:
    """Holds with their sentences in the reader's language."""
    return [
        {
            "hold": hold,
            "detail": hold_detail(hold.reason, hold.evidence, hold.note),
            "lifted": LIFT_NOTES.get(hold.lift_note, hold.lift_note),
        }
        for hold in holds
    ]


@require_GET
@capability_required("supply.view")
def holds(request: HttpRequest) -> HttpResponse:
    """The holds in sight, open ones first by default."""
    user = person(request)
    kind = choice_of(request, "kind", _("All kinds"), HoldKind.choices)
    words = words_of(request)
    found = visible_holds(user)
    if kind.value:
        found = found.filter(kind=kind.value)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    everything = request.GET.get("tab") == "all"
    still_open = found.filter(lifted_at__isnull=True)
    page = page_of(request, found if everything else still_open)
    tabs = [
        {"label": _("Open"), "url": "?", "current": not everything, "count": still_open.count()},
        {"label": _("Open and lifted"), "url": "?tab=all", "current": everything, "count": None},
    ]
    context = {
        "page": page,
        "rows": hold_rows(page.object_list),
        "filters": [kind],
        "tabs": tabs,
        "of_many": user.dealer_id is None,
        "tab": "all" if everything else "",
        "q": words,
        "may_lift": can(user, "supply.lift"),
        "narrowed": bool(words or kind.value),
    }
    return render(request, "dealers/holds.html", context)


@require_POST
@capability_required("supply.hold")
def hold_place(request: HttpRequest, code: str) -> HttpResponse:
    """Stop supply to a dealer by hand."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    with refusals_shown(request):
        note = request.POST.get("note", "")[:1000]
        place_hold(dealer=dealer, kind=HoldKind.MANUAL, reason="manual", actor=user, at=clock.now(), note=note)
        messages.success(request, _("Supply to %(dealer)s is held.") % {"dealer": dealer.name})
    return back_to(request, "dealer-detail", dealer.code)


@require_POST
@capability_required("supply.lift")
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold, with the reason the dealer will read."""
    user = person(request)
    hold = get_object_or_404(visible_holds(user), pk=pk)
    with refusals_shown(request):
        lift_hold(hold=hold, actor=user, at=clock.now(), note=request.POST.get("note", "")[:1000])
        messages.success(request, _("The hold on %(dealer)s is lifted.") % {"dealer": hold.dealer.name})
    return back_to(request, "holds")
