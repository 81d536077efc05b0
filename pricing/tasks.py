"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from dealers.services.jobs import running_job
from pricing.services.legal_bases import remind_of_ending_bases
from pricing.services.observations.matching import match_recent_observations
from pricing.services.promos.clockwork import advance_promotions as advance
from pricing.services.rejudge import rejudge_as_asked
from pricing.services.stock_check import check_stock as check_every_stock
from pricing.services.violations.gathering import gather_violations as gather


@shared_task(name="pricing.advance_promotions")
def advance_promotions() -> None:
    """Start and end promotions, and call out late reviews."""
    advance(at=clock.now())


@shared_task(name="pricing.gather_violations")
def gather_violations() -> None:
    """Gather violations wherever lines changed."""
    gather(at=clock.now())


@shared_task(name="pricing.remind_of_legal_bases")
def remind_of_legal_bases() -> None:
    """Say in time which legal bases of enforced floors end."""
    remind_of_ending_bases(at=clock.now())


@shared_task(name="pricing.check_stock")
def check_stock() -> None:
    """Roll every dealer's stock forward and bring the findings up to date."""
    check_every_stock(at=clock.now())


@shared_task(name="pricing.match_observations")
def match_observations() -> None:
    """Match recent sightings nobody has decided about by the names and bands of today."""
    match_recent_observations(at=clock.now())


@shared_task(name="pricing.rejudge")
def rejudge(job_id: int) -> None:
    """Judge the lines again that the job names."""
    with running_job(job_id) as taken:
        if taken is not None:
            job, progress = taken
            found = rejudge_as_asked(job.params, actor=job.requested_by, on_progress=progress.report)
            progress.result = found.summary()
