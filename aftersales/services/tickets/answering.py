"""What dealer and headquarters do for the customer: answer, resolve, take up again, mark, attach, note."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from aftersales.choices import Side, TicketState
from aftersales.errors import ComplaintAlready, ReopenOver, TextMissing, TooManyTicketFiles
from aftersales.models import Ticket, TicketFile
from aftersales.permissions import can
from aftersales.rules.ticket_life import TicketAct, may_reopen
from aftersales.services.tickets.acting import (
    Actor,
    announce_ticket,
    audit_actor,
    clock_of,
    label_of,
    locked_ticket,
    move,
    note,
    people_of,
    require_act,
    side_of,
    supervisors,
    tell_about,
)
from aftersales.services.tickets.clocks import stop_clock
from aftersales.terms import aftersales_terms
from dealers.errors import NotPermitted
from dealers.models import User
from dealers.services.files import keep_file

MOST_FILES = 20


@transaction.atomic
def respond(*, number: str, text: str, actor: Actor, at: datetime) -> Ticket:
    """Answer the customer; the first answer stops the clock, and one that comes too late is a breach."""
    ticket = _own_ticket(actor, number)
    require_act(ticket, TicketAct.RESPOND)
    _stop(ticket, at)
    move(ticket, TicketAct.RESPOND, actor=actor, side=side_of(actor), at=at, text=_required(text))
    announce_ticket(ticket, TicketAct.RESPOND, at=at)
    return ticket


@transaction.atomic
def resolve(*, number: str, text: str, actor: Actor, at: datetime) -> Ticket:
    """Say what was done; the customer may rate it, or say that it is not done. Resolving at once is an answer too."""
    ticket = _own_ticket(actor, number)
    require_act(ticket, TicketAct.RESOLVE)
    _stop(ticket, at)
    ticket.resolved_at = at
    move(ticket, TicketAct.RESOLVE, actor=actor, side=side_of(actor), at=at, text=_required(text))
    announce_ticket(ticket, TicketAct.RESOLVE, at=at)
    return ticket


@transaction.atomic
def reopen(*, number: str, text: str, actor: Actor, at: datetime) -> Ticket:
    """Take a ticket up again that was not done after all."""
    return reopen_locked(_own_ticket(actor, number), actor=actor, side=side_of(actor), at=at, text=text)


def reopen_locked(ticket: Ticket, *, actor: Actor | None, side: Side, at: datetime, text: str) -> Ticket:
    """Reopen a locked ticket, whoever asks. Its rating is void: the service was not done.

    Raises :class:`ReopenOver` when it was closed too long ago.
    """
    require_act(ticket, TicketAct.REOPEN)
    days = aftersales_terms(ticket.policy).reopen_days
    if not may_reopen(closed_at=ticket.closed_at, at=at, days=days):
        raise ReopenOver(number=ticket.number, days=days)
    said = _required(text)
    ticket.reopened += 1
    ticket.closed_at = ticket.rating = ticket.rated_at = None
    move(ticket, TicketAct.REOPEN, actor=actor, side=side, at=at, text=said)
    tell_about(ticket, [*people_of(ticket), *supervisors()], "ticket_reopened", at=at)
    announce_ticket(ticket, TicketAct.REOPEN, at=at)
    return ticket


@transaction.atomic
def mark_complaint(*, number: str, text: str, actor: User, at: datetime) -> Ticket:
    """Headquarters marks a ticket as a complaint, saying why."""
    ticket = locked_ticket(actor, number)
    if not can(actor, "tickets.supervise"):
        raise NotPermitted
    return complain_locked(ticket, actor=actor, side=Side.HEADQUARTERS, at=at, text=text)


def complain_locked(ticket: Ticket, *, actor: Actor | None, side: Side, at: datetime, text: str) -> Ticket:
    """Mark a locked ticket as a complaint, whoever complains; the supervisors and the dealer's owner learn of it."""
    if ticket.complaint_at is not None:
        raise ComplaintAlready(number=ticket.number)
    said = _required(text)
    ticket.complaint_at, ticket.complaint_by = at, side
    ticket.save(update_fields=["complaint_at", "complaint_by"])
    note(ticket, "complain", actor=actor, side=side, at=at, text=said)
    tell_about(ticket, [*people_of(ticket), *supervisors()], "ticket_complaint", at=at)
    announce_ticket(ticket, "complain", at=at)
    return ticket


@transaction.atomic
def write_note(*, number: str, text: str, actor: Actor, at: datetime) -> Ticket:
    """Write something down that the customer does not read."""
    ticket = _own_ticket(actor, number)
    note(ticket, "note", actor=actor, side=side_of(actor), at=at, text=_required(text), public=False)
    return ticket


@transaction.atomic
def attach(*, number: str, name: str, content: bytes | UploadedFile, actor: Actor, at: datetime) -> TicketFile:
    """Add a file, such as the report of a repair. Raises what ``keep_file`` refuses."""
    ticket = _own_ticket(actor, number)
    if ticket.files.count() >= MOST_FILES:
        raise TooManyTicketFiles(most=MOST_FILES)
    file = keep_file(actor=audit_actor(actor), name=name, content=content, dealer_id=ticket.dealer_id, at=at)
    made = TicketFile.objects.create(
        ticket=ticket, file=file, name=file.name, side=side_of(actor), added_at=at, added_by=label_of(actor)
    )
    note(ticket, "attach", actor=actor, side=side_of(actor), at=at, after={"sha256": file.sha256}, public=False)
    return made


def _own_ticket(actor: Actor, number: str) -> Ticket:
    """The ticket, locked, for whoever may serve its customer: its dealer, or headquarters' after-sales people."""
    ticket = locked_ticket(actor, number)
    if isinstance(actor, User) and not can(actor, "tickets.answer"):
        raise NotPermitted
    return ticket


def _stop(ticket: Ticket, at: datetime) -> None:
    stop_clock(clock_of(ticket), at=at)
    if ticket.first_responded_at is None:
        ticket.first_responded_at = at


def _required(text: str) -> str:
    if not text.strip():
        raise TextMissing
    return text.strip()[:4000]


def is_over(ticket: Ticket) -> bool:
    """Whether nobody has anything to do for the customer at the moment."""
    return ticket.state in (TicketState.RESOLVED, TicketState.CLOSED)
