"""The people and steps that the tests of after-sales service play with."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from aftersales.choices import CertificateState, TeamRole, TicketSource, TicketTopic
from aftersales.models import ResponseClock, TeamCertificate, TeamMember, Ticket
from aftersales.services.tickets.intake import NewTicket, Received, receive_ticket
from dealers.choices import Role
from dealers.models import Dealer
from tests import factories
from tests.pricing.promo_stage import moment

AT = moment("2026-11-02 10:00")
DUE = AT + timedelta(hours=24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def stage() -> SimpleNamespace:
    """Two dealers of one city, one elsewhere, and one person for every office."""
    factories.PolicyVersion()
    city, far = factories.City(code="C001"), factories.City(code="C002")
    first, second = factories.Dealer(code="D0001", home_region=city), factories.Dealer(code="D0002", home_region=city)
    return SimpleNamespace(
        city=city,
        far=far,
        nowhere=factories.City(code="C009"),
        first=first,
        second=second,
        third=factories.Dealer(code="D0003", home_region=far),
        owner=factories.User(username="owner", role=Role.DEALER_OWNER, dealer=first),
        operator=factories.User(username="operator", role=Role.DEALER_OPERATOR, dealer=first),
        second_owner=factories.User(username="second", role=Role.DEALER_OWNER, dealer=second),
        channel=factories.User(username="channel", role=Role.CHANNEL_MANAGER, regions=[city]),
        service=factories.User(username="service", role=Role.AFTERSALES_SUPERVISOR),
        auditor=factories.User(username="auditor", role=Role.AUDITOR),
    )


def new_ticket(cast: Any, number: int = 0, **changed: Any) -> NewTicket:
    given: dict[str, Any] = {
        "source": TicketSource.PUBLIC,
        "topic": TicketTopic.FAULT,
        "description": "开机后没有画面",
        "contact": "李女士",
        "phone": f"1380000{number:04d}",
        "consent": True,
        "region": cast.city,
    }
    return NewTicket(**{**given, **changed})


def received(cast: Any, new: NewTicket | None = None, at: Any = AT) -> Received:
    return receive_ticket(new=new or new_ticket(cast), actor=None, at=at)


def ticket_in(cast: Any, number: int = 0, at: Any = AT, **changed: Any) -> Ticket:
    return received(cast, new_ticket(cast, number, **changed), at).ticket


def clock_of(ticket: Ticket) -> ResponseClock:
    return ResponseClock.objects.get(ticket=ticket, ended_at=None)


def certified(
    dealer: Dealer, name: str = "王师傅", *, until: date = date(2027, 6, 1), **changed: Any
) -> TeamCertificate:
    """A member with one certificate that headquarters has checked."""
    member = TeamMember.objects.create(
        dealer=dealer,
        name=name,
        role=TeamRole.TECHNICIAN,
        valid=(date(2026, 1, 1), None),
        recorded_at=AT,
        recorded_by="owner",
    )
    checker = factories.User(role=Role.AFTERSALES_SUPERVISOR)
    given: dict[str, Any] = {
        "state": CertificateState.CONFIRMED,
        "decided_at": AT,
        "decided_by": checker,
        "valid": (date(2026, 1, 1), until),
    }
    return TeamCertificate.objects.create(
        member=member,
        dealer=dealer,
        title="售后技师",
        number=f"C-{member.pk}",
        recorded_at=AT,
        recorded_by="owner",
        **{**given, **changed},
    )
