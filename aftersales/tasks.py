"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from aftersales.services.reports import sweep_reports as sweep_every_report
from aftersales.services.team import sweep_teams as sweep_every_team
from aftersales.services.tickets.sweeping import compare_with_outages
from aftersales.services.tickets.sweeping import sweep_tickets as sweep_every_ticket
from dealers.foundation import clock


@shared_task(name="aftersales.sweep_tickets")
def sweep_tickets() -> None:
    """Record which customers were not answered in time, remind, escalate, close and forget."""
    sweep_every_ticket(at=clock.now())


@shared_task(name="aftersales.compare_breaches")
def compare_breaches() -> None:
    """Waive or move recorded breaches by outages that became known since."""
    compare_with_outages(at=clock.now())


@shared_task(name="aftersales.sweep_reports")
def sweep_reports() -> None:
    """Ask for satisfaction reports, remind of them, and record those overdue."""
    sweep_every_report(at=clock.now())


@shared_task(name="aftersales.sweep_teams")
def sweep_teams() -> None:
    """Warn of certificates that end and of teams that are too small."""
    sweep_every_team(at=clock.now())
