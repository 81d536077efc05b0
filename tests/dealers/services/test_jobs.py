"""Background work survives lost hints and lost workers, and is never done twice at once."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from dealers.choices import JobState
from dealers.foundation import clock
from dealers.models import JobRun
from dealers.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def hints(monkeypatch):
    sent = []
    monkeypatch.setattr(jobs, "send_hint", lambda job_id, task: sent.append((job_id, task)))
    return sent


def ask(key="2026-05-H1"):
    return jobs.request_job(task="settlement.calculate", key=key, params={}, actor=None, at=clock.now())


def test_the_hint_leaves_only_after_the_commit(hints, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask()
        assert hints == []
    assert hints == [(job.pk, "settlement.calculate")]


def test_asking_again_while_a_job_waits_returns_the_same_job(hints):
    assert ask().pk == ask().pk
    assert JobRun.objects.count() == 1


def test_a_job_is_done_with_its_result(hints):
    job = ask()
    with jobs.running_job(job.pk) as (running, progress):
        assert running.state == JobState.RUNNING
        progress.report(40)
        progress.result = {"lines": 3}
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == (JobState.DONE, 100, {"lines": 3})


def test_a_second_delivery_of_the_same_task_finds_the_job_taken(hints):
    job = ask()
    with jobs.running_job(job.pk) as first, jobs.running_job(job.pk) as second:
        assert first is not None
        assert second is None


def test_a_job_whose_worker_died_is_taken_over_and_a_slow_one_is_not(hints):
    died, slow = ask("died"), ask("slow")
    JobRun.objects.filter(pk=died.pk).update(state=JobState.RUNNING, seen_at=clock.now(), attempts=1)
    with jobs.running_job(died.pk) as taken_over:
        assert taken_over[0].attempts == 2
    with jobs.running_job(slow.pk):
        JobRun.objects.filter(pk=slow.pk).update(seen_at=clock.now() - timedelta(hours=2))
        with jobs.running_job(slow.pk) as second:
            assert second is None


def test_who_was_taken_for_lost_changes_nothing_any_more(hints):
    job = ask()
    with jobs.running_job(job.pk) as (_running, progress):
        JobRun.objects.filter(pk=job.pk).update(attempts=2, progress=7)  # another attempt has begun meanwhile
        progress.report(90)
    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.RUNNING, 7)


def test_a_job_that_raises_is_failed_with_its_error(hints):
    job = ask()
    with pytest.raises(ValueError), jobs.running_job(job.pk):
        raise ValueError("no policy in force")
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "no policy in force")


def test_a_job_that_met_a_fault_of_the_database_waits_for_another_attempt(hints):
    job = ask()
    for attempt in range(1, jobs.MAXIMUM_ATTEMPTS + 1):
        with pytest.raises(OperationalError), jobs.running_job(job.pk):
            raise OperationalError("deadlock detected")
        job.refresh_from_db()
        last = attempt == jobs.MAXIMUM_ATTEMPTS
        assert (job.attempts, job.state) == (attempt, JobState.FAILED if last else JobState.QUEUED)


def test_the_relay_hints_again_at_waiting_and_lost_jobs_only(hints):
    now = clock.now()
    waiting, lost, alive = ask("waiting"), ask("lost"), ask("alive")
    JobRun.objects.filter(pk=waiting.pk).update(requested_at=now - timedelta(minutes=2))
    JobRun.objects.filter(pk=lost.pk).update(state=JobState.RUNNING, seen_at=now - timedelta(seconds=11))
    with jobs.running_job(alive.pk):
        JobRun.objects.filter(pk=alive.pk).update(seen_at=now - timedelta(hours=1))  # slow, but its session is there
        assert jobs.relay_jobs(at=now) == 2
    assert {job_id for job_id, _task in hints} == {waiting.pk, lost.pk}


def test_a_job_lost_too_often_is_given_up(hints):
    now = clock.now()
    job = ask()
    JobRun.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, seen_at=now - timedelta(hours=1), attempts=jobs.MAXIMUM_ATTEMPTS
    )
    assert jobs.relay_jobs(at=now) == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
