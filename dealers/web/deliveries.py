"""Deliveries and their receipts; one list for HQ, one for a dealer's own."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import OWN_FEEDS, Door, Feed, QuarantineState
from dealers.foundation.findings import Finding
from dealers.models import FileIntake, QuarantinedLine
from dealers.permissions import can
from dealers.selectors.deliveries import delivery_by_receipt, visible_deliveries
from dealers.selectors.trade import file_of_receipt
from dealers.services.deliveries import detail_of
from dealers.web.access import capability_required, person
from dealers.web.listing import choice_of, page_of, window_of, words_of

#: What arrives about a dealer: what it delivers itself, and its shipments.
_ABOUT_A_DEALER = (*OWN_FEEDS, Feed.SHIPMENTS)


@require_GET
@capability_required("deliveries.view")
def deliveries(request: HttpRequest) -> HttpResponse:
    """What arrived, the newest first; the list is never counted, for it grows every few minutes."""
    user = person(request)
    feeds = _ABOUT_A_DEALER if user.dealer_id else tuple(Feed)
    filters = [
        choice_of(request, "feed", _("All kinds"), [(feed.value, feed.label) for feed in feeds]),
        choice_of(request, "door", _("All ways in"), Door.choices),
        choice_of(request, "refused", _("With or without refusals"), [("1", _("With refused lines"))]),
    ]
    feed, door, refused = (chosen.value for chosen in filters)
    found = visible_deliveries(user).order_by("-id")
    if feed:
        found = found.filter(feed=feed)
    if door:
        found = found.filter(door=door)
    if refused:
        found = found.filter(quarantined__gt=0)
    dealer = words_of(request, "dealer") if not user.dealer_id else ""
    if dealer:
        found = found.filter(dealer__code=dealer)
    window = window_of(request, found)
    context = {
        "window": window,
        "filters": filters,
        "dealer": dealer,
        "for_dealer": user.dealer_id is not None,
        "narrowed": bool(feed or door or refused or dealer),
        "may_submit": can(user, "reports.submit"),
    }
    return render(request, "dealers/deliveries.html", context)


@require_GET
@capability_required("deliveries.view")
def receipt(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """The receipt of a delivery: counts, remarks, and every refused line with its reason."""
    user = person(request)
    delivery = delivery_by_receipt(user, str(receipt))
    if delivery is None:
        raise Http404
    refused = QuarantinedLine.objects.filter(delivery=delivery).order_by("line", "id")
    if user.dealer_id is not None:
        refused = refused.filter(dealer_id=user.dealer_id)
    page = page_of(request, refused)
    remarks = [Finding.from_record(remark) for remark in delivery.remarks[:100]]
    intake: FileIntake | None = getattr(delivery, "intake", None)
    under_way = intake if intake is not None and intake.finished_at is None else None
    context = {
        "delivery": delivery,
        "under_way": under_way,
        "stopped": Finding.from_record(under_way.stopped).render() if under_way and under_way.stopped else "",
        "parts": intake.parts.count() if intake else 0,
        "page": page,
        "lines": [{"line": line, "detail": detail_of(line)} for line in page.object_list],
        "remarks": [{"line": remark.line, "detail": remark.render()} for remark in remarks],
        "declared": delivery.lines == 0 and delivery.days.first(),
        "trade_file": file_of_receipt(delivery.pk),
        "open": QuarantineState.OPEN,
        "may_correct": can(user, "quarantine.correct") and user.dealer_id == delivery.dealer_id,
        "for_dealer": user.dealer_id is not None,
    }
    return render(request, "dealers/receipt.html", context)
