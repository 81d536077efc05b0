"""Tickets and their clocks, breaches, after-sales teams with certificates, and satisfaction reports."""

from aftersales.models.breaches import ServiceBreach
from aftersales.models.reports import SatisfactionReport
from aftersales.models.team import TeamCertificate, TeamMember
from aftersales.models.tickets import ResponseClock, Ticket, TicketEvent, TicketFile

__all__ = [
    "ResponseClock",
    "SatisfactionReport",
    "ServiceBreach",
    "TeamCertificate",
    "TeamMember",
    "Ticket",
    "TicketEvent",
    "TicketFile",
]
