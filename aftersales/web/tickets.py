"""Tickets on pages: the list with its clocks, one ticket with all that can be done, the hotline's form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aftersales.choices import TicketSource, TicketState
from aftersales.errors import TicketInvalid, TicketNotFound
from aftersales.models import Ticket
from aftersales.permissions import can
from aftersales.rules.ticket_life import TICKET_LIFE, TicketAct
from aftersales.selectors.tickets import (
    TicketWish,
    candidates,
    events_for,
    file_of,
    files_for,
    narrowed_tickets,
    phone_for,
    running_clock,
    ticket_by_number,
    waiting_tickets,
)
from aftersales.selectors.tickets_given import Served, TicketsGiven
from aftersales.services.tickets.intake import NewTicket, receive_ticket
from aftersales.web.forms import AssignTicketForm, FileForm, RequestForm, TextForm
from aftersales.web.ticket_words import SERVED, history_for_staff, stars
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.web.access import capability_required, person
from dealers.web.files import file_response
from dealers.web.listing import choice_of, window_of, words_of


@require_GET
@capability_required("tickets.view", can=can)
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets in sight; what waits for this person is a tab of its own."""
    user = person(request)
    own = user.dealer_id is not None
    state = choice_of(request, "state", _("All states"), TicketState.choices)
    source = choice_of(request, "source", _("Whichever way"), TicketSource.choices)
    marks = [("missed", _("Answer missed")), ("complaint", _("Complaints"))]
    mark = choice_of(request, "mark", _("All marks"), marks if own else [*marks, ("unplaced", _("Without a dealer"))])
    words, mine = words_of(request), request.GET.get("tab", "") == "mine"
    given = _given_of(request, user.dealer.code if user.dealer is not None else words_of(request, "dealer"))
    found = narrowed_tickets(user, TicketWish(state.value, source.value, mark.value, words, given))
    waiting = waiting_tickets(user)
    if mine:
        found = found.filter(pk__in=waiting.order_by().values("pk"))
    base = reverse("tickets")
    context = {
        "window": window_of(request, found),
        "own": own,
        "filters": [state, source, mark],
        "given": given,
        "given_words": SERVED[given.served] if given is not None else "",
        "q": words,
        "tab": "mine" if mine else "",
        "narrowed": bool(state.value or source.value or mark.value or words or given),
        "tabs": [
            {"label": _("All"), "url": base, "current": not mine, "count": None},
            {
                "label": _("To be done") if own else _("Waiting for me"),
                "url": f"{base}?tab=mine",
                "current": mine,
                "count": waiting.count(),
            },
        ],
        "may_enter": can(user, "tickets.enter"),
    }
    return render(request, "aftersales/tickets.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@capability_required("tickets.enter", can=can)
def ticket_new(request: HttpRequest) -> HttpResponse:
    """Write down what a caller, or a customer at the counter, asks for; the tracking address is shown once."""
    user = person(request)
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        source = TicketSource.HOTLINE if user.dealer_id is None else TicketSource.DEALER
        try:
            made = receive_ticket(
                new=NewTicket(source=source, dealer=user.dealer, **form.cleaned_data), actor=user, at=clock.now()
            )
        except TicketInvalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            context = {
                "ticket": made.ticket,
                "tracking": request.build_absolute_uri(reverse("service-track", args=[made.token])),
            }
            return render(request, "aftersales/ticket_made.html", context)
    return render(request, "aftersales/ticket_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@capability_required("tickets.view", can=can)
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket: the customer, the clock, the conversation, and what this person can do now."""
    return ticket_page(request, found_ticket(request, number))


@require_GET
@capability_required("tickets.view", can=can)
def ticket_file(request: HttpRequest, number: str, key: int) -> HttpResponse:
    """A file of a ticket; pictures are shown, everything else is saved."""
    found = file_of(person(request), found_ticket(request, number), key)
    if found is None:
        raise Http404
    return file_response(found.file, inline=True)


def found_ticket(request: HttpRequest, number: str) -> Ticket:
    """The ticket, or 404."""
    try:
        return ticket_by_number(person(request), number)
    except TicketNotFound as error:
        raise Http404(str(error)) from error


def ticket_page(
    request: HttpRequest, found: Ticket, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a ticket, with forms that were refused in the place of fresh ones."""
    user = person(request)
    own = user.dealer_id is not None
    answers = can(user, "tickets.answer")
    may_assign = can(user, "tickets.assign") and TICKET_LIFE.allows(found.state, TicketAct.ASSIGN)
    phone = phone_for(user, found)
    running = running_clock(found)
    context: dict[str, Any] = {
        "found": found,
        "own": own,
        "running": running,
        "clocks": [] if own else list(found.clocks.all()),
        "missed": running is not None and any(breach.waived_at is None for breach in running.breaches.all()),
        "phone": phone,
        "may_call": phone != found.phone_hint,
        "rating": stars(found.rating),
        "history": history_for_staff(reversed(events_for(user, found)), own=own),
        "files": files_for(user, found),
        "may_respond": answers and TICKET_LIFE.allows(found.state, TicketAct.RESPOND),
        "may_reopen": answers and TICKET_LIFE.allows(found.state, TicketAct.REOPEN),
        "may_note": answers,
        "may_complain": can(user, "tickets.supervise") and found.complaint_at is None,
        "may_assign": may_assign,
        "suggested": _suggested(found) if may_assign else [],
        "text_form": TextForm(),
        "note_form": TextForm(prefix="note"),
        "assign_form": AssignTicketForm(),
        "file_form": FileForm(),
        **(forms or {}),
    }
    return render(request, "aftersales/ticket.html", context, status=status)


def _given_of(request: HttpRequest, dealer: str) -> TicketsGiven | None:
    """What a scorecard or a report asks for: the tickets a dealer was given in a quarter."""
    asked = request.GET.get("quarter", "")
    if not asked or not dealer:
        return None
    try:
        quarter, served = Quarter.parse(asked), Served(request.GET.get("served", ""))
    except (Unreadable, ValueError):
        return None
    return TicketsGiven(dealer, quarter, clock.now(), served)


def _suggested(found: Ticket) -> list[Any]:
    today = clock.business_day(clock.now())
    tried = {one.dealer_id for one in found.clocks.all() if one.dealer_id is not None}
    return candidates(found.region, found.product, found.purchase_doc, on=today, without=tried)[:3]


def said(request: HttpRequest) -> None:
    """Tell the person that it was done."""
    messages.success(request, _("Recorded."))


def to_ticket(number: str) -> HttpResponse:
    """Back to the ticket's page."""
    return redirect("ticket", number)
