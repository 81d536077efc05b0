"""What is decided about a sighting in the pricing app: whose it is, which product, dismissed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.foundation import clock
from dealers.web.access import back_to, capability_required, person, refusals_shown
from pricing.permissions import can
from pricing.services.observations import deciding


@require_POST
@capability_required("observations.match", can=can)
def confirm_seller(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        dealer = deciding.confirm_seller(
            observation_id=pk,
            dealer_code=request.POST.get("dealer", "").strip()[:32],
            reason=request.POST.get("reason", "")[:2000],
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("Confirmed: the seller is %(dealer)s.") % {"dealer": dealer.name})
    return back_to(request, "observation", pk)


@require_POST
@capability_required("observations.match", can=can)
def name_product(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        sku = request.POST.get("sku", "").strip()[:64]
        deciding.name_product(observation_id=pk, sku=sku, actor=person(request), at=clock.now())
        messages.success(request, _("The product is named and its price compared."))
    return back_to(request, "observation", pk)


@require_POST
@capability_required("observations.match", can=can)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        deciding.dismiss(observation_id=pk, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("The observation is dismissed."))
    return back_to(request, "observation", pk)
