"""What this app gives to a dealer's archive: its team, its tickets, what it missed, its satisfaction reports.

An archive outlives the day on which a customer is forgotten. So of a ticket it holds what stays then: the masked phone,
what happened when, how it was rated; no name, phone, words or files (:mod:`aftersales.services.tickets.forgetting`).
"""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from aftersales.choices import Side
from aftersales.models import ResponseClock, TeamCertificate, Ticket, TicketEvent
from aftersales.selectors.breaches import visible_breaches
from aftersales.selectors.reports import visible_reports
from aftersales.selectors.staffing import visible_members
from aftersales.selectors.tickets import visible_tickets
from dealers.principals import DealerReader
from dealers.resources.archive_tables import ArchiveTable, Column, columns, looked_up, own


def events_of(reader: DealerReader) -> QuerySet[TicketEvent]:
    """What happened to its tickets, without what a dealer before it did."""
    running = ResponseClock.objects.filter(ticket=OuterRef("ticket"), dealer=reader.dealer_id, ended_at=None)
    ours = Q(at__gte=Subquery(running.values("started_at")[:1]))
    seen = visible_tickets(reader).order_by().values("pk")
    return TicketEvent.objects.filter(ours | ~Q(side=Side.DEALER), ticket__in=seen)


ARCHIVE = (
    ArchiveTable("service/team", columns("name role valid.. recorded_at"), visible_members),
    ArchiveTable(
        "service/team_certificates",
        columns("member=member__name title number valid.. state recorded_at decided_at reason", file="file"),
        own(TeamCertificate),
        file="file",
    ),
    ArchiveTable(
        "service/tickets",
        columns(
            "number source region=region__code sku=product__sku topic",
            "phone=phone_hint erased_at received_at state first_responded_at resolved_at",
            Column("closed_at", "closed_at", _("ticket closed at")),
            "reopened complaint_at rating rated_at",
        ),
        visible_tickets,
    ),
    ArchiveTable("service/ticket_events", columns("ticket=ticket__number act side at"), events_of),
    ArchiveTable(
        "service/response_clocks",
        columns(looked_up("ticket", Ticket, "ticket_id", "number"), "started_at hours due_at responded_at ended_at"),
        own(ResponseClock),
    ),
    ArchiveTable(
        "service/breaches",
        columns(
            "kind ticket=clock__ticket__number quarter=report__quarter breached_at recorded_at",
            "waived_at waive_reason",
        ),
        visible_breaches,
    ),
    ArchiveTable(
        "service/satisfaction_reports",
        columns("quarter due_at state figures statement plan submitted_at acknowledged_at remark"),
        visible_reports,
    ),
)
