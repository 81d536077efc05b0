"""Background work whose truth is a row: requested with the business change, hinted to the broker after commit.

A lost hint, a killed worker or a wiped broker lose nothing: :func:`relay_jobs` hints again at whatever is due.

Whoever runs a job holds a lock of its number in a database session that does nothing else. When the worker dies its
session ends and the lock is free, which the next relay sees; a worker that is only slow keeps it, so that nobody
begins its job a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.models import JobRun, User

#: A running job that nobody holds was lost with its worker; so soon after a sign of life it may just be ending.
LOST_AFTER = timedelta(seconds=10)
#: A queued job whose hint has not been taken up for this long is hinted at again.
HINT_AGAIN_AFTER = timedelta(minutes=1)
MAXIMUM_ATTEMPTS = 5
#: Two-part advisory locks of running jobs: this, which spells JOBS, and the job's number.
_JOB_LOCK = 0x4A4F4253


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

    def __init__(self, job: JobRun) -> None:
        self._job = job
        self.result: dict[str, Any] = {}

    def report(self, percent: int) -> None:
        """Record progress from 0 to 100."""
        _attempt(self._job).update(progress=max(0, min(100, percent)), seen_at=clock.now())


@contextmanager
def running_job(job_id: int) -> Iterator[tuple[JobRun, JobProgress] | None]:
    """Run the body as job ``job_id``: yields None when another worker has it or it is finished already.

    The job is ``done`` with ``progress.result`` when the body ends, ``failed`` with the error when it raises; after
    a fault of the database's it waits for another attempt, five times at most.
    """
    with _held(job_id) as is_ours:
        now = clock.now()
        # Nobody else holds it: if it is said to run, then by a worker that is gone.
        unfinished = JobRun.objects.filter(pk=job_id, state__in=[JobState.QUEUED, JobState.RUNNING])
        taken = is_ours and unfinished.update(
            state=JobState.RUNNING, started_at=now, seen_at=now, attempts=F("attempts") + 1, error=""
        )
        if not taken:
            yield None
            return
        job = JobRun.objects.get(pk=job_id)
        progress = JobProgress(job)
        try:
            yield job, progress
        except OperationalError as error:
            # A deadlock, a restarted database: the work is sound and is tried again by the next relay.
            _try_again(job, error)
            raise
        except Exception as error:
            _attempt(job).update(state=JobState.FAILED, error=str(error)[:4000], finished_at=clock.now())
            raise
        _attempt(job).update(state=JobState.DONE, progress=100, result=progress.result, finished_at=clock.now())


@contextmanager
def _held(job_id: int) -> Iterator[bool]:
    """Whether the lock of this job is ours; it is held by a session of its own, which ends with this process."""
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_JOB_LOCK, _lock_number(job_id)])
            (is_ours,) = cursor.fetchone()
        yield is_ours
    finally:
        with suppress(Error):
            holder.close()


def _lock_number(job_id: int) -> int:
    return job_id & 0x7FFFFFFF


def _attempt(job: JobRun) -> QuerySet[JobRun]:
    """The job as long as this attempt is the last one: who was taken for lost changes nothing any more."""
    return JobRun.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _try_again(job: JobRun, error: Exception) -> None:
    if job.attempts < MAXIMUM_ATTEMPTS:
        _attempt(job).update(state=JobState.QUEUED, error=str(error)[:4000])
    else:
        _attempt(job).update(state=JobState.FAILED, error=str(error)[:4000], finished_at=clock.now())


def relay_jobs(*, at: datetime) -> int:
    """Hint again at jobs that wait or were lost; returns how many. Jobs that were lost too often are failed."""
    silent = JobRun.objects.filter(state=JobState.RUNNING, seen_at__lt=at - LOST_AFTER)
    lost = Q(state=JobState.RUNNING, pk__in=_without_holder(silent.values_list("pk", flat=True)))
    JobRun.objects.filter(lost, attempts__gte=MAXIMUM_ATTEMPTS).update(
        state=JobState.FAILED, error="lost with its worker too often", finished_at=at
    )
    waiting = Q(state=JobState.QUEUED, requested_at__lt=at - HINT_AGAIN_AFTER)
    due = list(JobRun.objects.filter(waiting | lost).values_list("pk", "task")[:1000])
    for job_id, task in due:
        send_hint(job_id, task)
    return len(due)


def _without_holder(jobs: Iterable[int]) -> list[int]:
    """Those of the jobs that nobody holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()"
            " WHERE locktype = 'advisory' AND objsubid = 2 AND classid = %s",
            [_JOB_LOCK],
        )
        held = {int(number) for (number,) in cursor.fetchall()}
    return [job for job in jobs if _lock_number(job) not in held]
