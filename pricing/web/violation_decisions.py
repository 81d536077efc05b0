"""What is decided about a violation in the pricing app: set aside, taken up again, gathered now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.foundation import clock
from dealers.web.access import back_to, capability_required, person, refusals_shown
from pricing.permissions import can
from pricing.services.violations import decisions
from pricing.services.violations.gathering import gather_violations


@require_POST
@capability_required("violations.decide", can=can)
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        decisions.set_aside(violation_id=pk, **given(request))
        messages.success(request, _("The violation is set aside. If its lines change, it comes back by itself."))
    return back_to(request, "violation", pk)


@require_POST
@capability_required("violations.decide", can=can)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_shown(request):
        decisions.take_up_again(violation_id=pk, **given(request))
        messages.success(request, _("The violation is taken up again."))
    return back_to(request, "violation", pk)


@require_POST
@capability_required("violations.gather", can=can)
def gather(request: HttpRequest) -> HttpResponse:
    """Gather at once what would be gathered within five minutes."""
    found = gather_violations(at=clock.now())
    if found.changed:
        messages.success(request, _("%(count)s violations are new or changed.") % {"count": found.changed})
    else:
        messages.info(request, _("Nothing has changed; what is shown is up to date."))
    return back_to(request, "violations")


def given(request: HttpRequest) -> dict[str, Any]:
    """What the forms of a violation carry: the version looked at, and the reason."""
    version = request.POST.get("version", "")
    return {
        "version": int(version) if version.isdecimal() and len(version) < 9 else 0,
        "reason": request.POST.get("reason", "")[:2000],
        "actor": person(request),
        "at": clock.now(),
    }
