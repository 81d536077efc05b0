"""Giving a ticket to a dealer: by place and goods, the same facts always to the same one, or by headquarters."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.choices import Side
from aftersales.errors import SameDealer
from aftersales.models import Ticket
from aftersales.permissions import require
from aftersales.rules.ticket_life import TicketAct
from aftersales.selectors.tickets import candidates
from aftersales.services.tickets.acting import (
    announce_ticket,
    clock_of,
    locked_ticket,
    move,
    people_of,
    require_act,
    supervisors,
    tell_about,
)
from aftersales.services.tickets.clocks import end_clock, start_clock
from dealers.errors import NotFound
from dealers.foundation.clock import business_day
from dealers.models import Dealer, User
from dealers.selectors.visibility import visible_dealers


def covering_dealer(ticket: Ticket, *, at: datetime) -> Dealer | None:
    """Who serves the customer of a new ticket; None when nobody covers the place, and headquarters has to choose."""
    found = candidates(ticket.region, ticket.product, ticket.purchase_doc, on=business_day(at), without=set())
    return found[0] if found else None


def tell_assigned(ticket: Ticket, *, due_at: datetime, at: datetime, remark: str = "") -> None:
    """Tell whoever has the ticket now: the dealer's people, or headquarters when nobody covers the place."""
    if ticket.dealer_id is None:
        tell_about(ticket, supervisors(), "ticket_unplaced", at=at, due_at=due_at)
    else:
        tell_about(ticket, people_of(ticket), "ticket_assigned", at=at, due_at=due_at, remark=remark)
    announce_ticket(ticket, TicketAct.ASSIGN, at=at, due_at=due_at)


@transaction.atomic
def assign_ticket(*, number: str, dealer_code: str, reason: str, actor: User, at: datetime) -> Ticket:
    """Give a ticket to a dealer, or take it from one to another, which then has the whole time to answer.

    What the dealer before missed stays on record. Raises :class:`SameDealer` when it has the ticket already.
    """
    require(actor, "tickets.assign")
    ticket = locked_ticket(actor, number)
    require_act(ticket, TicketAct.ASSIGN)
    dealer = visible_dealers(actor).filter(code=dealer_code.strip()[:32], pk__gt=0).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=dealer_code[:32])
    if dealer.pk == ticket.dealer_id:
        raise SameDealer(number=ticket.number, dealer=dealer.name)
    end_clock(clock_of(ticket), at=at)
    ticket.dealer = dealer
    move(ticket, TicketAct.ASSIGN, actor=actor, side=Side.HEADQUARTERS, at=at)
    started = start_clock(ticket, actor=actor, at=at, reason=reason.strip()[:500])
    tell_assigned(ticket, due_at=started.due_at, at=at, remark=reason.strip()[:500])
    return ticket
