"""The worker's doors: a calculation alone or with helpers comes to the same, and everything may run twice."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app

from dealers.choices import JobState
from dealers.models import JobRun
from dealers.services.jobs import request_job
from settlement import tasks
from settlement.models import Calculation, SettlementRun, Statement
from tests import factories
from tests.settlement.world import after, calculate, close, dealer, sell

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The shards offered to other workers."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(
        type(current_app._get_current_object()), "send_task", lambda self, name, kwargs, retry: sent.append(kwargs)
    )
    return sent


def job() -> JobRun:
    clerk = factories.User(role="finance_clerk")
    return request_job(task=tasks.CALCULATE, key=PERIOD, params={"period": PERIOD}, actor=clerk, at=after(PERIOD))


def company() -> None:
    factories.PolicyVersion()
    for number in range(9):
        sell(dealer(f"D{number}"), PERIOD, str(100 * number))


def test_a_job_calculates_the_half_month_for_whoever_asked(offered: list[dict[str, Any]]) -> None:
    company()
    asked = job()
    tasks.calculate_run(job_id=asked.pk)
    asked.refresh_from_db()
    run = SettlementRun.objects.get()
    assert (asked.state, asked.progress, asked.result["digest"]) == (JobState.DONE, 100, run.digest)
    assert run.calculated_by == asked.requested_by
    assert calculate(PERIOD).digest == run.digest
    assert [shard["number"] for shard in offered] == [7, 6, 5, 4, 3, 2, 1]


def test_helpers_do_a_shard_once_and_late_ones_nothing(offered: list[dict[str, Any]]) -> None:
    company()
    tasks.calculate_run(job_id=job().pk)
    before = Statement.objects.count()
    for shard in offered * 2:
        tasks.calculate_one_shard(**shard)
    assert Statement.objects.count() == before == 9


def test_helpers_of_a_superseded_calculation_do_nothing(offered: list[dict[str, Any]]) -> None:
    company()
    tasks.calculate_run(job_id=job().pk)
    Calculation.objects.update(finished_at=None)
    calculate(PERIOD)
    tasks.calculate_one_shard(**offered[0])
    assert Statement.objects.count() == 9


def test_a_refusal_is_the_jobs_error() -> None:
    factories.PolicyVersion()
    close(PERIOD)
    asked = job()
    tasks.calculate_run(job_id=asked.pk)
    asked.refresh_from_db()
    assert asked.state == JobState.FAILED
    assert PERIOD in asked.error
