"""Tickets: which a person may see, what of their history, and which wait for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from aftersales.choices import Side, TicketState
from aftersales.errors import TicketNotFound
from aftersales.models import ResponseClock, ServiceBreach, Ticket, TicketEvent, TicketFile
from aftersales.permissions import can
from aftersales.selectors.tickets_given import TicketsGiven, tickets_given
from dealers.choices import Role
from dealers.foundation.phones import plain_phone
from dealers.models import Dealer, Product, Region, StoredFile
from dealers.personal_data import hashed
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.covering import dealers_covering
from dealers.selectors.visibility import dealers_in_regions, regions_of
from pricing.models import SaleLine

#: While one of these lasts somebody still has to do something for the customer.
WORKING = (TicketState.OPEN, TicketState.RESPONDED, TicketState.REOPENED)

#: Breaches by whoever has the ticket now.
_MISSED = ServiceBreach.objects.filter(clock__ticket=OuterRef("pk"), clock__ended_at=None, waived_at=None)


@dataclass(frozen=True, slots=True)
class TicketWish:
    """What a list is narrowed to; empty means all. ``given`` is what figures of a quarter are made of."""

    state: str = ""
    source: str = ""
    mark: str = ""
    words: str = ""
    given: TicketsGiven | None = None


def visible_tickets(user: Any) -> QuerySet[Ticket]:
    """HQ sees all, a channel manager those of its regions and dealers and the unplaced, a dealer its own."""
    tickets = Ticket.objects.order_by("-id")
    if not getattr(user, "is_authenticated", False):
        return tickets.none()
    if user.dealer_id is not None:
        return tickets.filter(dealer=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return tickets
    if not can(user, "tickets.view"):
        return tickets.none()
    if user.role == Role.CHANNEL_MANAGER:
        unplaced = Q(region__isnull=True, dealer__isnull=True)
        return tickets.filter(unplaced | Q(region__in=regions_of(user)) | Q(dealer__in=dealers_in_regions(user)))
    return tickets


def narrowed_tickets(user: Any, wish: TicketWish) -> QuerySet[Ticket]:
    """The tickets in sight that fit, newest first; ``due_at``, ``responded_at``, ``missed`` are their clock's."""
    found = _with_clock(visible_tickets(user)).select_related("dealer", "region", "product")
    if wish.state:
        found = found.filter(state=wish.state)
    if wish.source:
        found = found.filter(source=wish.source)
    if wish.mark == "complaint":
        found = found.filter(complaint_at__isnull=False)
    elif wish.mark == "missed":
        found = found.filter(Exists(_MISSED))
    elif wish.mark == "unplaced":
        found = found.filter(dealer=None)
    if wish.given is not None:
        found = tickets_given(found, wish.given)
    if wish.words:
        words = Q(number__icontains=wish.words) | Q(contact__icontains=wish.words) | Q(serial__iexact=wish.words)
        phone = plain_phone(wish.words)
        found = found.filter(words | Q(phone_key=hashed("phone", phone)) if phone else words)
    return found


def waiting_tickets(user: Any) -> QuerySet[Ticket]:
    """What waits for this person: a dealer's work; at headquarters the unplaced, complaints and what was missed."""
    seen = visible_tickets(user).filter(state__in=WORKING)
    if getattr(user, "dealer_id", None) is not None:
        return seen
    if not can(user, "tickets.supervise"):
        return seen.none()
    silent = Q(clocks__ended_at=None, clocks__responded_at=None) & Exists(_MISSED)
    return seen.filter(Q(dealer=None) | Q(complaint_at__isnull=False) | silent).distinct()


def ticket_by_number(user: Any, number: str) -> Ticket:
    """A ticket with what its page shows. Raises :class:`TicketNotFound` also for one not to be seen."""
    return _loaded(visible_tickets(user).filter(number=number), number)


def ticket_by_token(token: str) -> Ticket:
    """The ticket whose tracking page the key opens. Raises :class:`TicketNotFound`."""
    return _loaded(Ticket.objects.filter(token_key=hashed("ticket", token)), "")


def running_clock(ticket: Ticket) -> ResponseClock | None:
    """The clock of whoever has the ticket now; every ticket has one."""
    return next((one for one in ticket.clocks.all() if one.ended_at is None), None)


def events_for(user: Any, ticket: Ticket) -> list[TicketEvent]:
    """The history a person may read. A dealer reads nothing of those that had the ticket before it."""
    events = list(ticket.events.all())
    clock = running_clock(ticket)
    if getattr(user, "dealer_id", None) is None or clock is None:
        return events
    return [one for one in events if one.side != Side.DEALER or one.at >= clock.started_at]


def files_for(user: Any, ticket: Ticket) -> list[TicketFile]:
    """The files a person may open; of an earlier dealer's none are shown to the next."""
    files = list(ticket.files.all())
    clock = running_clock(ticket)
    if getattr(user, "dealer_id", None) is None or clock is None:
        return files
    return [one for one in files if one.side != Side.DEALER or one.added_at >= clock.started_at]


def file_of(user: Any, ticket: Ticket, key: int) -> TicketFile | None:
    """A file of a ticket in sight with its content, if the person may open it.

    The bytes may lie with a dealer that had the ticket before; the ticket has been the gate.
    """
    found = next((one for one in files_for(user, ticket) if one.pk == key), None)
    if found is not None:
        with row_scope(WHOLE_COMPANY):
            found.file = StoredFile.objects.defer(None).get(pk=found.file_id)
    return found


def phone_for(user: Any, ticket: Ticket) -> str:
    """The whole phone for whoever serves the customer while there is work, the masked one for everybody else."""
    serves = getattr(user, "dealer_id", None) == ticket.dealer_id if user.dealer_id else can(user, "tickets.answer")
    return ticket.phone if serves and ticket.phone and ticket.state != TicketState.CLOSED else ticket.phone_hint


def candidates(
    region: Region | None, product: Product | None, purchase_doc: str, *, on: date, without: set[int]
) -> list[Dealer]:
    """Active dealers that could serve a customer of the region, the one to choose first in front.

    Whoever sold it (the purchase document names one of its sales) first, then exclusive territory before shared, then
    the trade of the product, then the fewest open tickets, then the code: the same facts give the same dealer. A hold
    on a dealer's supply does not keep it from serving.
    """
    covering = dealers_covering(region, on=on)
    wanted = [dealer_id for dealer_id in covering if dealer_id not in without]
    if not wanted:
        return []
    loads = dict(
        Ticket.objects.filter(dealer__in=wanted, state__in=WORKING)
        .order_by()
        .values_list("dealer")
        .annotate(n=Count("pk"))
    )
    sellers = _sellers(purchase_doc, wanted)
    trade = product.industry if product is not None else ""
    return sorted(
        Dealer.objects.filter(pk__in=wanted),
        key=lambda dealer: (
            dealer.pk not in sellers,
            not covering[dealer.pk],
            bool(trade) and dealer.industry != trade,
            loads.get(dealer.pk, 0),
            dealer.code,
        ),
    )


def _with_clock(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    running = ResponseClock.objects.filter(ticket=OuterRef("pk"), ended_at=None)
    return tickets.annotate(
        due_at=Subquery(running.values("due_at")[:1]),
        responded_at=Subquery(running.values("responded_at")[:1]),
        missed=Exists(_MISSED),
    )


def _sellers(purchase_doc: str, wanted: list[int]) -> set[int]:
    if not purchase_doc:
        return set()
    return set(SaleLine.objects.filter(dealer__in=wanted, doc_no=purchase_doc).values_list("dealer_id", flat=True))


def _loaded(tickets: QuerySet[Ticket], key: str) -> Ticket:
    found = (
        _with_clock(tickets)
        .select_related("dealer", "region__parent", "product", "policy")
        .prefetch_related(
            Prefetch("events", TicketEvent.objects.order_by("pk")),
            Prefetch("files", TicketFile.objects.order_by("pk")),
            Prefetch(
                "clocks", ResponseClock.objects.select_related("dealer").prefetch_related("breaches").order_by("pk")
            ),
        )
        .first()
    )
    if found is None:
        raise TicketNotFound(key=key)
    return found
