"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from rebates.services.support.sweeping import sweep_support as sweep_every_support


@shared_task(name="rebates.sweep_support")
def sweep_support() -> None:
    """Let unused market support lapse, and remind of what is about to."""
    sweep_every_support(at=clock.now())
