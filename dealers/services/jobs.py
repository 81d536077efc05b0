"""Background work whose truth is a row: requested with the business change, hinted to the broker after commit.

A lost hint, a killed worker or a wiped broker lose nothing: :func:`relay_jobs` hints again at whatever is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.models import JobRun, User

#: A running job that has shown no sign of life for this long was lost with its worker.
LOST_AFTER = timedelta(minutes=10)
#: A queued job whose hint has not been taken up for this long is hinted at again.
HINT_AGAIN_AFTER = timedelta(minutes=1)
MAXIMUM_ATTEMPTS = 5


def request_job(*, task: str, key: str, params: dict[str, Any], actor: User | None, at: datetime) -> JobRun:
    """The unfinished job of this ``task`` and ``key``, made if there is none; its task is sent after commit."""
    try:
        with transaction.atomic():
            job = JobRun.objects.create(task=task, key=key, params=params, requested_by=actor, requested_at=at)
    except IntegrityError:
        job = JobRun.objects.get(task=task, key=key, state__in=[JobState.QUEUED, JobState.RUNNING])
    transaction.on_commit(lambda: send_hint(job.pk, task))
    return job


def send_hint(job_id: int, task: str) -> None:
    """Tell the broker that a job waits. A broker that is away only delays it until the next relay."""
    try:
        current_app.send_task(task, kwargs={"job_id": job_id}, retry=False)
    except current_app.connection_for_write().recoverable_connection_errors:
        return


class JobProgress:
    """How a running job says that it lives and how far it is."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.result: dict[str, Any] = {}

    def report(self, percent: int) -> None:
        """Record progress from 0 to 100."""
        JobRun.objects.filter(pk=self.job_id).update(progress=max(0, min(100, percent)), seen_at=clock.now())


@contextmanager
def running_job(job_id: int) -> Iterator[tuple[JobRun, JobProgress] | None]:
    """Run the body as job ``job_id``: yields None when another worker has it or it is finished already.

    The job is ``done`` with ``progress.result`` when the body ends, ``failed`` with the error when it raises; after
    a fault of the database's it waits for another attempt, five times at most.
    """
    now = clock.now()
    lost = Q(state=JobState.RUNNING, seen_at__lt=now - LOST_AFTER)
    taken = JobRun.objects.filter(Q(pk=job_id) & (Q(state=JobState.QUEUED) | lost)).update(
        state=JobState.RUNNING, started_at=now, seen_at=now, attempts=F("attempts") + 1, error=""
    )
    if not taken:
        yield None
        return
    progress = JobProgress(job_id)
    try:
        yield JobRun.objects.get(pk=job_id), progress
    except OperationalError as error:
        # A deadlock, a restarted database: the work is sound and is tried again by the next relay.
        _try_again(job_id, error)
        raise
    except Exception as error:
        JobRun.objects.filter(pk=job_id).update(state=JobState.FAILED, error=str(error)[:4000], finished_at=clock.now())
        raise
    JobRun.objects.filter(pk=job_id).update(
        state=JobState.DONE, progress=100, result=progress.result, finished_at=clock.now()
    )


def _try_again(job_id: int, error: Exception) -> None:
    again = JobRun.objects.filter(pk=job_id, attempts__lt=MAXIMUM_ATTEMPTS)
    if not again.update(state=JobState.QUEUED, error=str(error)[:4000]):
        JobRun.objects.filter(pk=job_id).update(state=JobState.FAILED, error=str(error)[:4000], finished_at=clock.now())


def relay_jobs(*, at: datetime) -> int:
    """Hint again at jobs that wait or were lost; returns how many. Jobs that were lost too often are failed."""
    lost = Q(state=JobState.RUNNING, seen_at__lt=at - LOST_AFTER)
    JobRun.objects.filter(lost, attempts__gte=MAXIMUM_ATTEMPTS).update(
        state=JobState.FAILED, error="lost with its worker too often", finished_at=at
    )
    waiting = Q(state=JobState.QUEUED, requested_at__lt=at - HINT_AGAIN_AFTER)
    due = list(JobRun.objects.filter(waiting | lost).values_list("pk", "task")[:1000])
    for job_id, task in due:
        send_hint(job_id, task)
    return len(due)
