"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from dealers.models import Heartbeat
from dealers.services.audit import seal_audit as seal
from dealers.services.jobs import relay_jobs as relay
from dealers.services.notices import deliver_notices as deliver


@shared_task(name="dealers.deliver_notices")
def deliver_notices() -> None:
    deliver(at=clock.now())


@shared_task(name="dealers.relay_jobs")
def relay_jobs() -> None:
    relay(at=clock.now())


@shared_task(name="dealers.seal_audit")
def seal_audit() -> None:
    seal()


@shared_task(name="dealers.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and worker work together; readiness looks at it."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": clock.now()})
