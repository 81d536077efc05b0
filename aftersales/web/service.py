"""The door for customers: ask for service without signing in, follow it, write, rate, complain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aftersales.choices import Side, TicketSource, TicketState
from aftersales.errors import TicketInvalid, TicketNotFound
from aftersales.models import Ticket
from aftersales.rules.ticket_life import may_rate, may_reopen
from aftersales.selectors.tickets import running_clock, ticket_by_token
from aftersales.services.tickets.by_customer import (
    LARGEST_PICTURE,
    customer_adds_picture,
    customer_complains,
    customer_rates,
    customer_writes,
)
from aftersales.services.tickets.intake import NewTicket, receive_ticket
from aftersales.terms import aftersales_terms
from aftersales.web.forms import FileForm, PublicRequestForm, RatingForm, TextForm
from aftersales.web.ticket_words import history_for_customer, stars
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.services.files import FileTooLarge
from dealers.web.strangers import address_of, device_of, may_try, remember_device

_DOOR = "service"
_STAGES = (TicketState.OPEN, TicketState.RESPONDED, TicketState.RESOLVED, TicketState.CLOSED)


@csrf_protect
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    """Ask for service. A machine that fills every field is thanked and forgotten."""
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PublicRequestForm(*given)
    device = device_of(request)
    if request.method == "POST":
        address = address_of(request)
        if not may_try(_DOOR, address):
            form.full_clean()
            form.add_error(None, _("Too many tries from here; wait an hour."))
            return _form_page(request, form, device, 429)
        if request.POST.get("website"):
            return redirect("service-thanks")
        if form.is_valid() and _small_enough(form):
            try:
                token = _received(form.cleaned_data, device, address)
            except TicketInvalid as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                return _form_page(request, form, device, refusal.status)
            else:
                _add_picture(request, form, token)
                return remember_device(request, redirect("service-track", token), device)
    return _form_page(request, form, device, 422 if form.errors else 200)


@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Thank whoever it was."""
    return render(request, "aftersales/service_thanks.html")


@csrf_protect
@never_cache
@require_GET
def track(request: HttpRequest, token: str) -> HttpResponse:
    """How far a request is, for whoever holds the link."""
    return _track_page(request, token)


@csrf_protect
@never_cache
@require_POST
def track_act(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Write, add a picture, rate or complain; a refusal is said in its form and nothing typed is lost."""
    if name not in _FORMS:
        raise Http404
    slot, form_class = _FORMS[name]
    form = form_class(
        request.POST,
        request.FILES,
        prefix="complaint" if name == "complain" else None,
        auto_id="rating_%s" if name == "rate" else "id_%s",
    )
    status = 422
    if not may_try(_DOOR, address_of(request)):
        form.full_clean()
        form.add_error(None, _("Too many tries from here; wait an hour."))
        status = 429
    elif form.is_valid() and _small_enough(form):
        try:
            with row_scope(WHOLE_COMPANY):
                _DO[name](form.cleaned_data, {"token": token, "at": clock.now()})
        except TicketNotFound as error:
            raise Http404 from error
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. We have received it."))
            return redirect("service-track", token)
    return _track_page(request, token, forms={slot: form}, status=status)


_FORMS: dict[str, tuple[str, type[forms.Form]]] = {
    "write": ("text_form", TextForm),
    "picture": ("file_form", FileForm),
    "rate": ("rating_form", RatingForm),
    "complain": ("complaint_form", TextForm),
}
_DO: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "write": lambda given, who: customer_writes(text=given["text"], **who),
    "picture": lambda given, who: customer_adds_picture(name=given["file"].name, content=given["file"], **who),
    "rate": lambda given, who: customer_rates(stars=given["stars"], text=given["text"], **who),
    "complain": lambda given, who: customer_complains(text=given["text"], **who),
}


def _received(given: dict[str, Any], device: str, address: str) -> str:
    asked = {name: value for name, value in given.items() if name not in ("website", "picture")}
    with row_scope(WHOLE_COMPANY):
        made = receive_ticket(
            new=NewTicket(source=TicketSource.PUBLIC, device=device, address=address, **asked),
            actor=None,
            at=clock.now(),
        )
    return made.token


def _add_picture(request: HttpRequest, form: PublicRequestForm, token: str) -> None:
    """The request counts whatever is the matter with its picture; another can be added on the next page."""
    picture = form.cleaned_data.get("picture")
    if picture is None:
        return
    try:
        with row_scope(WHOLE_COMPANY):
            customer_adds_picture(token=token, name=picture.name, content=picture, at=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))


def _small_enough(form: forms.Form) -> bool:
    for name in ("picture", "file"):
        given = form.cleaned_data.get(name)
        if given is not None and given.size > LARGEST_PICTURE:
            form.add_error(name, str(FileTooLarge(name=given.name[:100], most=LARGEST_PICTURE >> 20)))
            return False
    return True


def _form_page(request: HttpRequest, form: PublicRequestForm, device: str, status: int) -> HttpResponse:
    response = render(request, "aftersales/service.html", {"form": form}, status=status)
    return remember_device(request, response, device)


def _track_page(
    request: HttpRequest, token: str, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    try:
        with row_scope(WHOLE_COMPANY):
            found = ticket_by_token(token)
    except TicketNotFound as error:
        raise Http404 from error
    now, terms = clock.now(), aftersales_terms(found.policy)
    running = running_clock(found)
    over = found.state in (TicketState.RESOLVED, TicketState.CLOSED)
    context: dict[str, Any] = {
        "found": found,
        "token": token,
        "steps": _steps(found),
        "due_at": running.due_at if running is not None and running.responded_at is None else None,
        "late": running is not None and running.responded_at is None and running.due_at <= now,
        "history": history_for_customer(reversed(list(found.events.all()))),
        "pictures": [one for one in found.files.all() if one.side == Side.CUSTOMER],
        "over": over,
        "may_write": not over or may_reopen(closed_at=found.closed_at, at=now, days=terms.reopen_days),
        "may_rate": over and may_rate(resolved_at=found.resolved_at, at=now, days=terms.rating_days),
        "rating": stars(found.rating),
        "may_complain": found.complaint_at is None,
        "text_form": TextForm(),
        "file_form": FileForm(),
        "rating_form": RatingForm(initial={"stars": found.rating}, auto_id="rating_%s"),
        "complaint_form": TextForm(prefix="complaint"),
        **(forms or {}),
    }
    response = render(request, "aftersales/service_track.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _steps(found: Ticket) -> list[dict[str, str]]:
    state = TicketState.RESPONDED if found.state == TicketState.REOPENED else TicketState(found.state)
    reached = len(_STAGES) if state == TicketState.CLOSED else _STAGES.index(state)
    names = (_("Request received"), _("Being worked on"), _("Resolved"), _("Closed"))
    return [
        {"label": name, "state": "done" if place < reached else "current" if place == reached else "ahead"}
        for place, name in enumerate(names)
    ]
