"""Taking in what a customer asks for, from whichever door, and giving it to whoever serves the place."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from aftersales.choices import Side, TicketSource, TicketTopic
from aftersales.errors import TicketInvalid, TooManyTickets
from aftersales.models import Ticket
from aftersales.services.tickets.acting import Actor, label_of, note, side_of
from aftersales.services.tickets.assigning import covering_dealer, tell_assigned
from aftersales.services.tickets.clocks import start_clock
from aftersales.terms import aftersales_terms
from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.phones import masked_phone, plain_phone
from dealers.models import Dealer, Product, Region
from dealers.personal_data import hashed
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.policies import required_policy

INTAKE_LOCK = 0x5449434B


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A request as given. ``device`` and ``address`` tell where a form came from; ``consent`` is the tick."""

    source: TicketSource
    topic: TicketTopic
    description: str
    contact: str
    phone: str
    consent: bool
    dealer: Dealer | None = None
    region: Region | None = None
    product: Product | None = None
    serial: str = ""
    purchase_doc: str = ""
    device: str = ""
    address: str = ""
    external_id: str = ""


class Received(NamedTuple):
    """The ticket, and the key of its tracking page, which is known only now; empty when it was known before."""

    ticket: Ticket
    token: str


def receive_ticket(*, new: NewTicket, actor: Actor | None, at: datetime) -> Received:
    """Take a request in; the clock of whoever serves the place starts now.

    The dealer named, else the one that covers the place and goods, else headquarters' queue. Requests are taken in one
    after another. The same ``external_id`` of a system again gives the first ticket back. Raises
    :class:`TicketInvalid`, or :class:`TooManyTickets` without storing anything when a device or address is over its
    limit.
    """
    phone = _checked(new)
    entered_by = "" if actor is None else label_of(actor)
    # A stranger's request is placed by facts of the whole company; a sandbox never leaves its own rows.
    scope = WHOLE_COMPANY if new.dealer is None or new.dealer.pk > 0 else str(new.dealer.pk)
    with row_scope(scope), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INTAKE_LOCK])
        if new.external_id:
            known = Ticket.objects.filter(entered_by=entered_by, external_id=new.external_id).first()
            if known is not None:
                return Received(known, "")
        token = secrets.token_urlsafe(24)
        ticket = _row(new, phone, token, entered_by, at)
        _require_below_limit(ticket)
        if ticket.dealer is None:
            ticket.dealer = covering_dealer(ticket, at=at)
        ticket.save(force_insert=True)
        started = start_clock(ticket, actor=None, at=at)
        side = Side.CUSTOMER if actor is None else side_of(actor)
        note(ticket, "receive", actor=actor, side=side, at=at, after={"due_at": started.due_at.isoformat()})
        tell_assigned(ticket, due_at=started.due_at, at=at)
    return Received(ticket, token)


def _checked(new: NewTicket) -> str:
    phone = plain_phone(new.phone)
    if not phone:
        raise TicketInvalid(
            "phone", _("This is no Chinese phone number; write it like 138 0013 8000 or 0571-8888 6666.")
        )
    if not new.consent:
        raise TicketInvalid("consent", _("Without your consent we may not keep the number, and nobody can call you."))
    if not new.description.strip():
        raise TicketInvalid("description", _("Say in a few words what is wrong."))
    if not new.contact.strip():
        raise TicketInvalid("contact", _("Say whom to ask for."))
    return phone


def _row(new: NewTicket, phone: str, token: str, entered_by: str, at: datetime) -> Ticket:
    return Ticket(
        number=_next_number(new.dealer, at),
        token_key=hashed("ticket", token),
        source=new.source,
        dealer=new.dealer,
        region=new.region,
        product=new.product,
        serial=new.serial.strip()[:64],
        purchase_doc=new.purchase_doc.strip()[:64],
        topic=new.topic,
        description=new.description.strip()[:4000],
        contact=new.contact.strip()[:100],
        phone=phone,
        phone_key=hashed("phone", phone),
        phone_hint=masked_phone(phone),
        consent_at=at,
        device_key=hashed("device", new.device),
        address_key=hashed("address", new.address),
        received_at=at,
        received_on=business_day(at),
        entered_by=entered_by,
        external_id=new.external_id,
        policy=required_policy(business_day(at)),
    )


def _require_below_limit(ticket: Ticket) -> None:
    most = aftersales_terms(ticket.policy).max_per_device_per_day
    today = Ticket.objects.filter(received_on=ticket.received_on)
    for name in ("device_key", "address_key"):
        key = getattr(ticket, name)
        if key and today.filter(**{name: key}).count() >= most:
            raise TooManyTickets


def _next_number(dealer: Dealer | None, at: datetime) -> str:
    """The next number of the month; requests are taken in one after another. A sandbox counts for itself."""
    apart = f"T{-dealer.pk}-" if dealer is not None and dealer.pk < 0 else ""
    prefix = f"AS-{apart}{at.astimezone(BUSINESS_ZONE):%y%m}-"
    return f"{prefix}{Ticket.objects.filter(number__startswith=prefix).count() + 1:05d}"
