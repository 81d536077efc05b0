"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from dealers.services.jobs import running_job
from rebates.selectors.protection_estimates import ESTIMATE_TASK
from rebates.services.protection_estimates import reckon_estimate
from rebates.services.referrals.sweeping import sweep_leads as sweep_every_lead
from rebates.services.scorecards.keeping import keep_quarters
from rebates.services.support.sweeping import sweep_support as sweep_every_support


@shared_task(name="rebates.sweep_support")
def sweep_support() -> None:
    """Let unused market support lapse, and remind of what is about to."""
    sweep_every_support(at=clock.now())


@shared_task(name=ESTIMATE_TASK)
def estimate_protection(job_id: int) -> None:
    """Reckon what the proposal of a job would cost in price protection."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        estimate = reckon_estimate(change_id=job.params["change"], at=clock.now(), on_progress=progress.report)
        progress.result = {"estimate": estimate.pk if estimate else None}


@shared_task(name="rebates.sweep_leads")
def sweep_leads() -> None:
    """Record which leads were not followed up in time, remind, and erase what is no longer needed."""
    sweep_every_lead(at=clock.now())


@shared_task(name="rebates.keep_scorecards")
def keep_scorecards() -> None:
    """Calculate the cards of finished quarters, publish them on the policy's day, propose tiers, remind of plans."""
    keep_quarters(at=clock.now())
