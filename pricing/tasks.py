"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from pricing.services.promos.clockwork import advance_promotions as advance


@shared_task(name="pricing.advance_promotions")
def advance_promotions() -> None:
    """Start and end promotions, and call out late reviews."""
    advance(at=clock.now())
