"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from contextlib import suppress

from celery import current_app, shared_task
from django.utils.translation import override

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import JobRun
from dealers.selectors.purchases import Shard
from dealers.services.jobs import running_job
from settlement.choices import DocumentFormat
from settlement.errors import CalculationSuperseded
from settlement.models import (
    AccrualEstimate,
    Backtest,
    Calculation,
    DealerArchive,
    PreparedExport,
    SettlementRun,
    SignalRun,
)
from settlement.selectors.documents import ISSUE_DOCUMENTS
from settlement.services.archives import WRITE_ARCHIVE, forget_archives, write_archive
from settlement.services.backtesting import answer_backtest
from settlement.services.breach_intake import take_up_overdue_reports
from settlement.services.calculation import begin_calculation, calculate_shard, finish_calculation
from settlement.services.case_path.applying import apply_decided_cases
from settlement.services.case_path.sweeping import sweep_cases as sweep
from settlement.services.confirmation import confirm_silent_statements as confirm_silent
from settlement.services.disputes.deadlines import reject_unanswered
from settlement.services.documents import issue_documents as issue_all
from settlement.services.estimates import answer_estimate
from settlement.services.exports import forget_exports, write_export
from settlement.services.signals.asking import FIND_SIGNALS, request_signals
from settlement.services.signals.running import answer_run

CALCULATE = "settlement.calculate_run"
ESTIMATE = "settlement.estimate_accruals"
EXPORT = "settlement.write_export"
BACKTEST = "settlement.backtest"
CALCULATE_SHARD = "settlement.calculate_shard"
#: Parts that other workers may take over, and steps in which a calculation tells how far it is.
_SHARDS = 8


@shared_task(name=CALCULATE)
def calculate_run(job_id: int) -> None:
    """Calculate the half-month of a job; a refusal is the job's error, in the language of who asked.

    The shards are offered to every worker and done here from the other end, so that one worker alone finishes and
    many finish sooner.
    """
    job = JobRun.objects.select_related("requested_by").get(pk=job_id)
    language = job.requested_by.language if job.requested_by else None
    with override(language), suppress(Refused), running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        given = job.params.get("cutoff")
        calculation = begin_calculation(
            period=HalfMonth.parse(job.params["period"]),
            cutoff=clock.parse_instant(given) if given else None,
            shards=_SHARDS,
            actor=job.requested_by,
            at=job.requested_at,
        )
        _offer_shards(calculation)
        for number in range(calculation.shards):
            calculate_shard(calculation=calculation, number=number)
            progress.report(95 * (number + 1) // calculation.shards)
        run = finish_calculation(calculation=calculation)
        assert run is not None, "every shard is done"
        progress.result = {"period": run.period, "draft": run.draft, "digest": run.digest}


@shared_task(name=CALCULATE_SHARD)
def calculate_one_shard(calculation_id: int, number: int) -> None:
    """Help with one shard of a calculation; when it is done, or another calculation counts, there is nothing to do."""
    calculation = Calculation.objects.select_related("run", "policy").get(pk=calculation_id)
    if calculation.finished_at is None:
        with suppress(CalculationSuperseded):
            calculate_shard(calculation=calculation, number=number)


@shared_task(name=BACKTEST)
def run_backtest(job_id: int) -> None:
    """Answer the backtest of a job; one that is answered stays as it is."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        asked = Backtest.objects.get(pk=job.params["backtest"])
        answer_backtest(asked, at=clock.now(), on_progress=progress.report)
        progress.result = {"backtest": asked.pk}


@shared_task(name=ESTIMATE)
def estimate_accruals(job_id: int) -> None:
    """Answer the estimate of a job; one that is answered stays as it is."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        asked = AccrualEstimate.objects.get(pk=job.params["estimate"])
        answer_estimate(asked, at=clock.now())
        progress.result = {"estimate": asked.pk}


@shared_task(name=EXPORT)
def write_large_export(job_id: int) -> None:
    """Write the file of a job; one that is written stays as it is."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        asked = PreparedExport.objects.get(pk=job.params["export"])
        write_export(asked, at=clock.now(), on_progress=progress.report)
        progress.result = {"export": asked.pk, "rows": asked.rows}


@shared_task(name=WRITE_ARCHIVE)
def write_dealer_archive(job_id: int) -> None:
    """Write the archive of a job; one that is written stays as it is."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        asked = DealerArchive.objects.select_related("dealer").get(pk=job.params["archive"])
        write_archive(asked, at=clock.now(), on_progress=progress.report)
        progress.result = {"archive": asked.pk, "bytes": asked.size}


@shared_task(name="settlement.look_for_signals")
def look_for_signals() -> None:
    """Ask for the nightly run of the fraud signals."""
    request_signals(actor=None, at=clock.now())


@shared_task(name=FIND_SIGNALS)
def find_signals(job_id: int) -> None:
    """Answer the run of a job; one that is answered stays as it is."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        run = answer_run(SignalRun.objects.get(pk=job.params["run"]), on_progress=progress.report)
        progress.result = {"run": run.pk}


@shared_task(name="settlement.forget_exports")
def forget_old_exports() -> None:
    """Take away large exports and archives of dealers that have waited long enough."""
    forget_exports(at=clock.now())
    forget_archives(at=clock.now())


@shared_task(name=ISSUE_DOCUMENTS)
def issue_documents(job_id: int) -> None:
    """Make one kind of file of a part of a closed half-month's statements; those that are made stay as they are."""
    with running_job(job_id) as taken:
        if taken is None:
            return
        job, progress = taken
        params = job.params
        made = issue_all(
            run=SettlementRun.objects.get(period=params["period"]),
            shard=Shard(params["number"], params["of"]),
            kinds=[(DocumentFormat(params["written"]), params["language"])],
            actor=job.requested_by,
            at=clock.now(),
            told=lambda done, total: progress.report(100 * done // (total or 1)),
        )
        progress.result = {"made": made}


@shared_task(name="settlement.confirm_silent_statements")
def confirm_silent_statements() -> None:
    confirm_silent(at=clock.now())


@shared_task(name="settlement.reject_unanswered_disputes")
def reject_unanswered_disputes() -> None:
    reject_unanswered(at=clock.now())


@shared_task(name="settlement.take_up_breaches")
def take_up_breaches() -> None:
    """Open cases about satisfaction reports that are overdue."""
    take_up_overdue_reports(at=clock.now())


@shared_task(name="settlement.sweep_cases")
def sweep_cases() -> None:
    """End the times to reply and to appeal that are over."""
    sweep(at=clock.now())


@shared_task(name="settlement.apply_cases")
def apply_cases() -> None:
    """Apply what decided cases lead to; each once."""
    apply_decided_cases(at=clock.now())


def _offer_shards(calculation: Calculation) -> None:
    """Ask other workers for help, beginning with the last shard. A broker that is away costs only their help."""
    with suppress(*current_app.connection_for_write().recoverable_connection_errors):
        for number in reversed(range(1, calculation.shards)):
            arguments = {"calculation_id": calculation.pk, "number": number}
            current_app.send_task(CALCULATE_SHARD, kwargs=arguments, retry=False)
