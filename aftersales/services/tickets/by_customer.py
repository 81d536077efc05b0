"""What the customer does with the key of the tracking page: write, add a picture, rate, reopen, complain."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from aftersales.choices import Side, TicketState
from aftersales.errors import RatingOver, TextMissing, TicketStateRefused, TooManyTicketFiles
from aftersales.models import Ticket, TicketFile
from aftersales.rules.ticket_life import TicketAct, may_rate
from aftersales.services.tickets.acting import move, note, people_of, supervisors, tell_about, ticket_of_customer
from aftersales.services.tickets.answering import complain_locked, is_over, reopen_locked
from aftersales.terms import aftersales_terms
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.services.files import keep_file

MOST_MESSAGES = 50
MOST_PICTURES, LARGEST_PICTURE = 6, 5 << 20


@transaction.atomic
def customer_writes(*, token: str, text: str, at: datetime) -> Ticket:
    """Add a message while somebody works on it; when it counts as done, writing is reopening."""
    ticket = ticket_of_customer(token)
    if is_over(ticket):
        return reopen_locked(ticket, actor=None, side=Side.CUSTOMER, at=at, text=text)
    if not text.strip():
        raise TextMissing
    if ticket.events.filter(side=Side.CUSTOMER).count() >= MOST_MESSAGES:
        raise TicketStateRefused(number=ticket.number, state=TicketState(ticket.state).label)
    note(ticket, "write", actor=None, side=Side.CUSTOMER, at=at, text=text.strip()[:2000])
    tell_about(ticket, people_of(ticket) or supervisors(), "ticket_written", at=at)
    return ticket


@transaction.atomic
def customer_adds_picture(*, token: str, name: str, content: UploadedFile, at: datetime) -> TicketFile:
    """Add a picture or a page of at most 5 MB. Raises what ``keep_file`` refuses, or :class:`TooManyTicketFiles`."""
    return add_picture(ticket_of_customer(token), name=name, content=content, at=at)


def add_picture(ticket: Ticket, *, name: str, content: UploadedFile, at: datetime) -> TicketFile:
    """Add a customer's picture to a ticket nobody else changes meanwhile."""
    if ticket.files.filter(side=Side.CUSTOMER).count() >= MOST_PICTURES:
        raise TooManyTicketFiles(most=MOST_PICTURES)
    file = keep_file(
        actor=None, name=name, content=content, dealer_id=ticket.dealer_id, at=at, accepts=(*PICTURES, PDF)
    )
    made = TicketFile.objects.create(ticket=ticket, file=file, name=file.name, side=Side.CUSTOMER, added_at=at)
    note(ticket, "attach", actor=None, side=Side.CUSTOMER, at=at, after={"sha256": file.sha256})
    return made


@transaction.atomic
def customer_rates(*, token: str, stars: int, text: str, at: datetime) -> Ticket:
    """Rate from 1 to 5 what was done, which closes the ticket. Rating again changes the rating while it may be given.

    Raises :class:`RatingOver` when it is too late, :class:`TicketStateRefused` when nothing was resolved.
    """
    ticket = ticket_of_customer(token)
    if not is_over(ticket):
        raise TicketStateRefused(number=ticket.number, state=TicketState(ticket.state).label)
    days = aftersales_terms(ticket.policy).rating_days
    if not may_rate(resolved_at=ticket.resolved_at, at=at, days=days):
        raise RatingOver(days=days)
    before = ticket.rating
    ticket.rating, ticket.rated_at = max(1, min(5, stars)), at
    ticket.save(update_fields=["rating", "rated_at"])
    note(
        ticket,
        "rate",
        actor=None,
        side=Side.CUSTOMER,
        at=at,
        text=text.strip()[:2000],
        before={"rating": before},
        after={"rating": ticket.rating},
    )
    if ticket.state == TicketState.RESOLVED:
        ticket.closed_at = at
        move(ticket, TicketAct.CLOSE, actor=None, side=Side.CUSTOMER, at=at)
    return ticket


@transaction.atomic
def customer_complains(*, token: str, text: str, at: datetime) -> Ticket:
    """Complain; headquarters looks at it beside the dealer."""
    return complain_locked(ticket_of_customer(token), actor=None, side=Side.CUSTOMER, at=at, text=text)
