"""Putting refused lines right in the page: one by its cells, or many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from config.imports import resubmit, resubmit_many
from config.web.report_sheets import COLUMNS
from dealers.choices import OWN_FEEDS, QuarantineState
from dealers.foundation import clock
from dealers.models import FeedDelivery, QuarantinedLine
from dealers.selectors.quarantine import visible_quarantine
from dealers.services.deliveries import detail_of
from dealers.services.quarantine import MOST_AT_ONCE, withdraw_lines
from dealers.web.access import back_to, capability_required, own_dealer, person, refusals_shown
from dealers.web.quarantine import fields_of

_LONGEST_CELL = 500
_LONGEST_REASON = 200


@require_http_methods(["GET", "POST"])
@capability_required("quarantine.correct")
def quarantine_line(request: HttpRequest, pk: int) -> HttpResponse:
    """A refused line as a form of its fields; corrected, it is delivered again by itself."""
    user = person(request)
    line = get_object_or_404(visible_quarantine(user).filter(feed__in=OWN_FEEDS), pk=pk)
    in_list = bool(request.POST.get("next"))
    if line.state != QuarantineState.OPEN:
        messages.info(request, _("Line %(line)s has been dealt with already.") % {"line": line.line})
        return back_to(request, "quarantine")
    fields = fields_of(line, COLUMNS[line.feed])
    if request.method == "POST":
        content = {name: request.POST.get(name, "").strip()[:_LONGEST_CELL] for name, _value in fields}
        with refusals_shown(request):
            delivery = resubmit(
                line_id=line.pk,
                content={name: value for name, value in content.items() if value},
                dealer=own_dealer(request),
                actor=user,
                at=clock.now(),
            )
            return _after_correction(request, delivery, in_list=in_list)
        if in_list:
            return back_to(request, "quarantine")
        fields = list(content.items())
    context = {"line": line, "detail": detail_of(line), "fields": fields, "wrong": line.field}
    return render(request, "dealers/quarantine_line.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@capability_required("quarantine.correct")
def quarantine_bulk(request: HttpRequest) -> HttpResponse:
    """Deal with the ticked lines, or with all of one reason: send again, put one value right in all, or withdraw."""
    lines = _chosen(request)
    act = request.POST.get("act", "")
    with refusals_shown(request):
        if not lines:
            messages.error(request, _("Tick the lines first."))
        elif act == "withdraw":
            _withdraw(request, lines)
        elif act == "replace":
            _replace(request, lines)
        else:
            _send(request, {line.pk: None for line in lines})
    return back_to(request, "quarantine")


def _chosen(request: HttpRequest) -> list[QuarantinedLine]:
    """The open own lines that were ticked, or all of the reason asked for, so many at once as may be."""
    found: QuerySet[QuarantinedLine] = visible_quarantine(person(request)).filter(
        state=QuarantineState.OPEN, feed__in=OWN_FEEDS
    )
    if request.POST.get("every"):
        feed, code = request.POST.get("feed", ""), request.POST.get("code", "")
        found = found.filter(feed=feed, code=code) if feed and code else found.none()
    else:
        ticked = [int(pk) for pk in request.POST.getlist("line") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
        found = found.filter(pk__in=ticked[:MOST_AT_ONCE])
    return list(found.order_by("id")[:MOST_AT_ONCE])


def _send(request: HttpRequest, contents: dict[int, dict[str, Any] | None]) -> None:
    done = resubmit_many(contents=contents, dealer=own_dealer(request), actor=person(request), at=clock.now())
    again = sum(delivery.quarantined for delivery in done.deliveries)
    taken = len(done.lines) - again
    if taken:
        said = ngettext("%(count)s line is taken in.", "%(count)s lines are taken in.", taken)
        messages.success(request, said % {"count": taken})
    if again:
        said = ngettext("%(count)s line is still refused.", "%(count)s lines are still refused.", again)
        messages.error(request, said % {"count": again})


def _replace(request: HttpRequest, lines: list[QuarantinedLine]) -> None:
    """Send the lines with another value in the field that was refused; each in its own when they differ."""
    value = request.POST.get("value", "").strip()[:_LONGEST_CELL]
    if not value or any(not line.field or not isinstance(line.content, dict) for line in lines):
        messages.error(request, _("Say the right value; it goes into the field that was refused."))
        return
    _send(request, {line.pk: {**line.content, line.field: value} for line in lines})


def _withdraw(request: HttpRequest, lines: list[QuarantinedLine]) -> None:
    reason = request.POST.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason:
        messages.error(request, _("Say why the lines are withdrawn."))
        return
    count = withdraw_lines(
        line_ids=[line.pk for line in lines],
        dealer=own_dealer(request),
        actor=person(request),
        at=clock.now(),
        reason=reason,
    )
    said = ngettext("%(count)s line is withdrawn.", "%(count)s lines are withdrawn.", count)
    messages.success(request, said % {"count": count})


def _after_correction(request: HttpRequest, delivery: FeedDelivery, *, in_list: bool) -> HttpResponse:
    """Back to the list it was corrected in; else on to the line if it was refused again, or to the empty list."""
    waiting = visible_quarantine(person(request)).filter(state=QuarantineState.OPEN, feed__in=OWN_FEEDS)
    again = waiting.filter(delivery=delivery).first()
    if again is not None:
        messages.error(request, _("Still not right: %(detail)s") % {"detail": detail_of(again)})
        return back_to(request, "quarantine-line", again.pk)
    left = waiting.count()
    said = ngettext("The line is taken in. %(left)d more waits.", "The line is taken in. %(left)d more wait.", left)
    messages.success(request, said % {"left": left})
    return back_to(request, "quarantine")
