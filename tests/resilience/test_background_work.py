"""A real worker on a real broker: what was requested is done, whoever is killed and whatever the broker forgets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from config.uploads import LINES_PER_STEP, request_upload
from dealers.choices import Feed, JobState, Role
from dealers.foundation import clock
from dealers.foundation.barrier import INTAKE_LOCK
from dealers.models import FeedDelivery, FileIntake, JobRun
from dealers.services.jobs import HINT_AGAIN_AFTER, LOST_AFTER, relay_jobs, request_job
from dealers.services.uploads import keep_upload
from pricing.models import SaleLine, SalesTally
from settlement.choices import RunState
from settlement.models import Calculation, SettlementRun, Statement
from settlement.services.calculation import calculate_run
from settlement.tasks import CALCULATE
from tests import factories
from tests.settlement.world import dealer, half, sell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PERIOD = "2026-11-H1"
PATIENCE = 90.0
QUEUES = ("default", "import", "settle")


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own session on the test's database and broker; killed with all it started at the end."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency=1", "--loglevel=INFO"]
    command += ["--without-gossip", "--without-mingle", f"--queues={','.join(QUEUES)}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(holds: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, (
            f"{what} within {PATIENCE:.0f} s; the worker said:\n{log.read_text()[-3000:]}"
        )
        time.sleep(0.1)


def forget_messages() -> None:
    """What a broker that lost its memory still knows of our work: nothing."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(*QUEUES, "unacked", "unacked_index", "unacked_mutex")


def state_of(job: JobRun) -> str:
    return JobRun.objects.values_list("state", flat=True).get(pk=job.pk)


def is_done(job: JobRun) -> Callable[[], bool]:
    return lambda: state_of(job) == JobState.DONE


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def company() -> None:
    factories.PolicyVersion()
    for number in range(1, 6):
        sell(dealer(f"D{number}"), PERIOD, f"{number}000.0{number}")


@pytest.fixture
def job(company: None) -> Iterator[JobRun]:
    """A calculation of November's first half, requested by a clerk."""
    forget_messages()
    clerk = factories.User(role=Role.FINANCE_CLERK)
    yield request_job(task=CALCULATE, key=PERIOD, params={"period": PERIOD}, actor=clerk, at=clock.now())
    forget_messages()


def assert_calculated_once() -> None:
    """One draft with a statement for each dealer, the same as a calculation in the foreground gives."""
    run = SettlementRun.objects.get()
    assert run.state == RunState.CALCULATED
    assert Statement.objects.filter(run=run).count() == Statement.objects.filter(run=run, draft=run.draft).count() == 5
    assert Calculation.objects.filter(run=run, finished_at__isnull=False).count() == 1
    again = calculate_run(period=half(PERIOD), actor=None, at=clock.now())
    assert again.digest == run.digest


def test_a_requested_job_is_done(job: JobRun, log: Path) -> None:
    with worker(log):
        wait_until(is_done(job), "the job is done", log)
    job.refresh_from_db()
    assert (job.attempts, job.progress, job.result["period"]) == (1, 100, PERIOD)
    assert_calculated_once()


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once_by_another(job: JobRun, log: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [INTAKE_LOCK])  # the calculation waits for this intake
        with worker(log) as first:
            wait_until(lambda: state_of(job) == JobState.RUNNING and _waits_for_intake(), "the job runs", log)
            assert relay_jobs(at=clock.now() + timedelta(hours=1)) == 0, "a slow worker keeps its job"
            kill(first)
        cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [INTAKE_LOCK])
    assert state_of(job) == JobState.RUNNING, "nobody has told that the worker died"
    wait_until(lambda: relay_jobs(at=clock.now() + LOST_AFTER) == 1, "the job has nobody who holds it", log)
    with worker(log):
        wait_until(is_done(job), "the lost job is done", log)
        relay_jobs(at=clock.now())
    job.refresh_from_db()
    assert job.attempts == 2
    assert_calculated_once()


def test_an_upload_whose_worker_is_killed_in_the_middle_is_taken_once(log: Path) -> None:
    forget_messages()
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))
    owner = factories.User(role=Role.DEALER_OWNER, dealer=factories.Dealer(home_region=factories.City(code="HZ")))
    sold_at = (clock.now() - timedelta(hours=1)).isoformat(timespec="seconds")
    lines = 2 * LINES_PER_STEP + 1
    table = "doc_no,line_no,sold_at,sku,quantity,unit_price,region\n" + "".join(
        f"S{number},1,{sold_at},A1,1,1000,HZ\n" for number in range(lines)
    )
    upload = keep_upload(
        dealer=owner.dealer,
        feed=Feed.SALES,
        filename="sales.csv",
        content=BytesIO(table.encode()),
        rehearsal=False,
        actor=owner,
        at=clock.now(),
    )
    job = request_upload(upload, actor=owner, at=clock.now())
    with worker(log) as first:
        wait_until(FileIntake.objects.exists, "the first part is taken", log)
        kill(first)
    assert 0 < SaleLine.objects.count() < lines, "killed in the middle"

    with worker(log):
        wait_until(lambda: relay_jobs(at=clock.now() + LOST_AFTER) == 1, "the job has nobody who holds it", log)
        wait_until(is_done(job), "another worker has taken the rest", log)

    delivery = FeedDelivery.objects.get()
    assert (delivery.lines, delivery.accepted, delivery.is_complete) == (lines, lines, True)
    assert SaleLine.objects.count() == lines
    assert SalesTally.objects.aggregate(lines=Sum("lines")) == {"lines": lines}


def test_a_broker_that_forgets_everything_only_delays_the_work(job: JobRun, log: Path) -> None:
    forget_messages()
    assert relay_jobs(at=clock.now()) == 0, "too early to worry"
    _let_pass(job, HINT_AGAIN_AFTER + timedelta(seconds=1))
    assert relay_jobs(at=clock.now()) == 1
    assert relay_jobs(at=clock.now()) == 1, "a hint twice is harmless"
    with worker(log):
        wait_until(is_done(job), "the forgotten job is done", log)
        wait_until(_nothing_waits, "the second hint is taken", log)
    job.refresh_from_db()
    assert job.attempts == 1
    assert_calculated_once()


def _waits_for_intake() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted)"
        )
        return bool(cursor.fetchone()[0])


def _let_pass(job: JobRun, time_passed: timedelta) -> None:
    """As if the job had been requested, and last seen, so long ago."""
    then = clock.now() - time_passed
    JobRun.objects.filter(pk=job.pk).update(requested_at=then)
    JobRun.objects.filter(pk=job.pk, seen_at__isnull=False).update(seen_at=then)


def _nothing_waits() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return not any(broker.llen(queue) for queue in QUEUES) and not broker.hlen("unacked")
