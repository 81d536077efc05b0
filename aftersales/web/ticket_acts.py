"""What people do with a ticket: answer, resolve, reopen, note, complain, give it to another dealer, attach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from aftersales.permissions import can
from aftersales.selectors.tickets import visible_tickets
from aftersales.services.tickets.answering import attach, mark_complaint, reopen, resolve, respond, write_note
from aftersales.services.tickets.assigning import assign_ticket
from aftersales.web.forms import AssignTicketForm, FileForm, TextForm
from aftersales.web.tickets import found_ticket, said, ticket_page, to_ticket
from dealers.errors import NotFound, NotPermitted, Refused
from dealers.foundation import clock
from dealers.web.access import capability_required, person, refusals_shown

_FORMS: dict[str, tuple[str, type[forms.Form]]] = {
    "respond": ("text_form", TextForm),
    "resolve": ("text_form", TextForm),
    "reopen": ("text_form", TextForm),
    "note": ("note_form", TextForm),
    "complain": ("note_form", TextForm),
    "assign": ("assign_form", AssignTicketForm),
    "attach": ("file_form", FileForm),
}


@require_POST
@capability_required("tickets.answer", can=can)
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Do one act; a refusal is said in its form and nothing typed is lost."""
    if name not in _FORMS:
        raise Http404
    found = found_ticket(request, number)
    slot, form_class = _FORMS[name]
    form = form_class(request.POST, request.FILES, prefix="note" if slot == "note_form" else None)
    if form.is_valid():
        who = {"number": number, "actor": person(request), "at": clock.now()}
        try:
            _DO[name](form.cleaned_data, who)
        except (NotFound, NotPermitted):
            with refusals_shown(request):
                raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said(request)
            # Whoever gave a ticket away may no longer see it.
            still_seen = visible_tickets(person(request)).filter(number=number).exists()
            return to_ticket(number) if still_seen else redirect("tickets")
    return ticket_page(request, found, forms={slot: form}, status=422)


_DO: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "respond": lambda given, who: respond(text=given["text"], **who),
    "resolve": lambda given, who: resolve(text=given["text"], **who),
    "reopen": lambda given, who: reopen(text=given["text"], **who),
    "note": lambda given, who: write_note(text=given["text"], **who),
    "complain": lambda given, who: mark_complaint(text=given["text"], **who),
    "assign": lambda given, who: assign_ticket(dealer_code=given["dealer"], reason=given["reason"], **who),
    "attach": lambda given, who: attach(name=given["file"].name, content=given["file"], **who),
}
