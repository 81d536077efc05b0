"""What this app gives to a dealer's archive: its team, its tickets, what it missed, its satisfaction reports.

An archive outlives the day on which a customer's data is erased. So it holds the masked phone and what was said about
the work, never the name, the phone or the pictures of a customer.
"""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from aftersales.choices import Side
from aftersales.models import ResponseClock, TeamCertificate, Ticket, TicketEvent, TicketFile
from aftersales.selectors.breaches import visible_breaches
from aftersales.selectors.reports import visible_reports
from aftersales.selectors.staffing import visible_members
from aftersales.selectors.tickets import visible_tickets
from dealers.principals import DealerReader
from dealers.resources.archive_tables import ArchiveTable, Column, columns, looked_up, own


def events_of(reader: DealerReader) -> QuerySet[TicketEvent]:
    """What happened to its tickets, without what a dealer before it did."""
    return TicketEvent.objects.filter(_of_tickets(reader)).filter(~Q(side=Side.DEALER) | _since(reader, "at"))


def files_of(reader: DealerReader) -> QuerySet[TicketFile]:
    """The files its own people added to its tickets."""
    return TicketFile.objects.filter(_of_tickets(reader), _since(reader, "added_at"), side=Side.DEALER)


def _of_tickets(reader: DealerReader) -> Q:
    return Q(ticket__in=visible_tickets(reader).order_by().values("pk"))


def _since(reader: DealerReader, at: str) -> Q:
    """Since the dealer has the ticket."""
    running = ResponseClock.objects.filter(ticket=OuterRef("ticket"), dealer=reader.dealer_id, ended_at=None)
    return Q(**{f"{at}__gte": Subquery(running.values("started_at")[:1])})


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
            "number source region=region__code sku=product__sku serial purchase_doc topic description",
            "phone=phone_hint erased_at received_at state first_responded_at resolved_at",
            Column("closed_at", "closed_at", _("ticket closed at")),
            "reopened complaint_at rating rated_at",
        ),
        visible_tickets,
    ),
    ArchiveTable("service/ticket_events", columns("ticket=ticket__number act side text at"), events_of),
    ArchiveTable(
        "service/ticket_files", columns("ticket=ticket__number name added_at", file="file"), files_of, file="file"
    ),
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
