"""Declaring a day without sales."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.choices import Door
from dealers.foundation import clock
from dealers.foundation.refusals import Refused as Unreadable
from dealers.services.zero_sales import declare_zero_sales
from dealers.web.access import back_to, capability_required, own_dealer, person, refusals_shown


@require_POST
@capability_required("reports.submit")
def declare_no_sales(request: HttpRequest) -> HttpResponse:
    """Record that the own dealer sold nothing on a day."""
    user = person(request)
    given = request.POST.get("day", "")
    try:
        day = clock.parse_date(given)
    except Unreadable:
        messages.error(request, _("“%(value)s” is not a day; choose one from the calendar.") % {"value": given[:20]})
        return back_to(request, "upload")
    with refusals_shown(request):
        declare_zero_sales(
            dealer=own_dealer(request),
            day=day,
            actor_label=user.get_username(),
            at=clock.now(),
            door=Door.PORTAL,
            actor=user,
        )
        messages.success(request, _("%(day)s is recorded as a day without sales.") % {"day": day.isoformat()})
    return back_to(request, "upload")
