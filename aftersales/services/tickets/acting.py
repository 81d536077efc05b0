"""What every act on a ticket has in common: the lock, the state, the record, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from aftersales.choices import Side, TicketState
from aftersales.errors import TicketNotFound, TicketStateRefused
from aftersales.models import ResponseClock, Ticket, TicketEvent
from aftersales.rules.ticket_life import TICKET_LIFE, TicketAct
from aftersales.selectors.tickets import visible_tickets
from dealers.choices import Announcement, NoticeKind, Role
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Notice, User
from dealers.personal_data import hashed
from dealers.services.audit import record_audit
from dealers.services.notices import people_of_dealers, tell_all
from dealers.services.webhooks import announce
from pricing.services.promos.acting import Actor, audit_actor, label_of

__all__ = ["Actor", "audit_actor", "label_of"]


def side_of(actor: Actor | None) -> Side:
    """Whose act it is; without an actor the customer's, who has no login."""
    if actor is None:
        return Side.CUSTOMER
    return Side.HEADQUARTERS if actor.dealer_id is None else Side.DEALER


def locked_ticket(actor: Actor, number: str) -> Ticket:
    """The ticket, if the actor may see it, locked until the transaction ends. Raises :class:`TicketNotFound`."""
    return _locked(visible_tickets(actor).filter(number=number).values_list("pk", flat=True).first(), number)


def ticket_of_customer(token: str) -> Ticket:
    """The ticket the key opens, locked. Raises :class:`TicketNotFound`."""
    found = Ticket.objects.filter(token_key=hashed("ticket", token)).values_list("pk", flat=True).first()
    return _locked(found, "")


def clock_of(ticket: Ticket) -> ResponseClock:
    """The running clock of a locked ticket; it changes under the ticket's lock only."""
    return ResponseClock.objects.get(ticket=ticket, ended_at=None)


def require_act(ticket: Ticket, act: TicketAct) -> None:
    """Raises :class:`TicketStateRefused` when ``act`` is not possible now."""
    if not TICKET_LIFE.allows(ticket.state, act):
        raise TicketStateRefused(number=ticket.number, state=TicketState(ticket.state).label)


def move(ticket: Ticket, act: TicketAct, *, actor: Actor | None, side: Side, at: datetime, text: str = "") -> None:
    """Do ``act`` on a locked ticket: its next state, saved with whatever was changed, the event, the audit record."""
    require_act(ticket, act)
    before = ticket.state
    ticket.state = TicketState(TICKET_LIFE.next(ticket.state, act))
    ticket.save()
    note(ticket, act, actor=actor, side=side, at=at, text=text, before={"state": before})


def note(
    ticket: Ticket,
    act: str,
    *,
    actor: Actor | None,
    side: Side,
    at: datetime,
    text: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    public: bool = True,
) -> TicketEvent:
    """Record what was done or said; what people wrote stays out of the audit trail, from which nothing is erased."""
    changed = {"state": ticket.state, **(after or {})}
    event = TicketEvent.objects.create(
        ticket=ticket,
        act=act,
        side=side,
        text=text,
        public=public,
        before=before or {},
        after=changed,
        at=at,
        by="" if actor is None else label_of(actor),
    )
    record_audit(
        actor=None if actor is None else audit_actor(actor),
        action=f"ticket.{act}",
        subject=ticket,
        at=at,
        before=before,
        after={**changed, "side": side, "dealer": ticket.dealer_id},
        dealer_id=ticket.dealer_id,
    )
    return event


def supervisors() -> list[User]:
    """The people of headquarters who look after service."""
    return list(User.objects.filter(role=Role.AFTERSALES_SUPERVISOR, is_active=True))


def people_of(ticket: Ticket, *roles: Role) -> list[User]:
    """The people of the ticket's dealer, or of it those with a role."""
    if ticket.dealer_id is None:
        return []
    people = people_of_dealers([ticket.dealer_id]).get(ticket.dealer_id, [])
    return [person for person in people if not roles or person.role in roles]


def tell_about(
    ticket: Ticket,
    people: Iterable[User],
    reason: str,
    *,
    at: datetime,
    due_at: datetime | None = None,
    remark: str = "",
    key: str = "",
) -> int:
    """One notice about a ticket to each of some people."""
    return tell_all(notices_about(ticket, people, reason, at=at, due_at=due_at, remark=remark, key=key))


def notices_about(
    ticket: Ticket,
    people: Iterable[User],
    reason: str,
    *,
    at: datetime,
    due_at: datetime | None = None,
    remark: str = "",
    key: str = "",
) -> list[Notice]:
    """Notices about a ticket that are not left with anybody yet; they name no customer."""
    params = {
        "reason": reason,
        "number": ticket.number,
        "dealer": ticket.dealer.name if ticket.dealer else "",
        "due_at": "" if due_at is None else due_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"),
        "remark": remark,
    }
    return [
        Notice(
            recipient=person,
            kind=NoticeKind.AFTERSALES,
            key=key or f"{reason}-{ticket.pk}-{at:%Y%m%d%H%M%S%f}",
            params=params,
            url=reverse("ticket", args=[ticket.number]),
            created_at=at,
        )
        for person in people
    ]


def announce_ticket(ticket: Ticket, act: str, *, at: datetime, due_at: datetime | None = None) -> None:
    """Tell the systems that listen what happened to a ticket."""
    data = {"number": ticket.number, "act": act, "state": ticket.state}
    if due_at is not None:
        data["due_at"] = due_at.isoformat()
    announce(event=Announcement.TICKET_CHANGED, dealer_id=ticket.dealer_id, data=data, at=at)


def _locked(key: int | None, shown: str) -> Ticket:
    if key is None:
        raise TicketNotFound(key=shown)
    return Ticket.objects.select_for_update(of=("self",)).select_related("policy", "dealer").get(pk=key)
