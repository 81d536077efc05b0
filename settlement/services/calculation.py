"""Calculating a half-month: begin, shard by shard, finish.

The steps are the same whether one process does them all or tasks do them on many machines. Nothing of a calculation
is visible before its last step, which in one transaction makes its statements the run's draft and removes the draft
before; a calculation that stops half-way leaves that draft as it was, and the next one cleans up after it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from dealers.foundation import clock
from dealers.foundation.barrier import settle_barrier
from dealers.foundation.bulk_plans import plan_for_bulk
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from dealers.selectors.policies import required_policy
from dealers.selectors.purchases import Shard
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import RunState
from settlement.errors import CalculationSuperseded, CutoffBeforePrevious, RunClosed
from settlement.models import Calculation, CalculationShard, SettlementRun
from settlement.models.runs import EDITION
from settlement.rules.runs import next_state
from settlement.selectors.digests import run_digest
from settlement.selectors.ledger import payables
from settlement.selectors.questions import Books, RunQuestion
from settlement.selectors.reckoning import books_before, reckoned_statements
from settlement.services.draft_changes import keep_changes
from settlement.services.drafts import remove_drafts, write_statements
from settlement.services.period_lock import calculating, claim_shard, share_calculation
from settlement.services.review import fill_review_queue


def calculate_run(
    *, period: HalfMonth, cutoff: datetime | None = None, shards: int = 1, actor: User | None, at: datetime
) -> SettlementRun:
    """Calculate a half-month from the facts received up to ``cutoff``, or up to now, replacing its draft.

    Raises :class:`RunClosed` when it is approved, :class:`CalculationRunning` when another session calculates it, and
    :class:`~dealers.selectors.policies.NoPolicyInForce`. The same facts give the same statements and digest, whatever
    ``shards``.
    """
    with calculating(period):
        calculation = begin_calculation(period=period, cutoff=cutoff, shards=shards, actor=actor, at=at)
        for number in range(calculation.shards):
            calculate_shard(calculation=calculation, number=number)
        run = finish_calculation(calculation=calculation)
    assert run is not None, "every shard is done"
    return run


def begin_calculation(
    *, period: HalfMonth, cutoff: datetime | None, shards: int, actor: User | None, at: datetime
) -> Calculation:
    """Fix the cutoff, the policy and the draft number of a calculation, and remove what an unfinished one left."""
    if actor is not None:
        permissions.require(actor, "runs.calculate")
    started_at = clock.now()
    policy = required_policy(period.start)
    with connection.cursor() as cursor:
        settle_barrier(cursor)
    cutoff = at if cutoff is None else min(cutoff, at)
    with calculating(period), transaction.atomic():
        run = _locked_run(period, at)
        books = books_before(period)
        if books.since is not None and cutoff < books.since:
            raise _cutoff_too_early(cutoff, books)
        latest = run.calculations.aggregate(latest=Max("draft"))["latest"] or run.draft
        remove_drafts(run, keep=run.draft)
        return Calculation.objects.create(
            run=run,
            draft=latest + 1,
            cutoff=cutoff,
            after=books.latest,
            policy=policy,
            shards=max(1, shards),
            requested_by=actor,
            requested_at=at,
            started_at=started_at,
        )


def calculate_shard(*, calculation: Calculation, number: int) -> CalculationShard:
    """Write the statements of one shard; a shard that is done is left as it is.

    Raises :class:`CalculationSuperseded` when a later calculation of the half-month has begun.
    """
    period = HalfMonth.parse(calculation.run.period)
    shard = Shard(number, calculation.shards)
    with transaction.atomic():
        share_calculation(period)
        claim_shard(calculation.pk, number)
        _refuse_superseded(calculation)
        done = CalculationShard.objects.filter(calculation=calculation, number=number).first()
        if done is not None:
            return done
        with connection.cursor() as cursor:
            plan_for_bulk(cursor)
        books = books_before(period)
        openings = payables(shard, cutoff=calculation.cutoff)
        question = RunQuestion(period, calculation.cutoff, calculation.policy, books, openings, shard)
        written = write_statements(calculation.run, calculation.draft, reckoned_statements(question))
        return CalculationShard.objects.create(
            calculation=calculation,
            number=number,
            statements=written.statements,
            lines=written.lines,
            done_at=clock.now(),
        )


def finish_calculation(*, calculation: Calculation) -> SettlementRun | None:
    """Make the calculation's statements the run's draft; None while shards are missing. Safe to repeat."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            plan_for_bulk(cursor)
        run = SettlementRun.objects.select_for_update().get(pk=calculation.run_id)
        calculation = Calculation.objects.select_for_update().get(pk=calculation.pk)
        if calculation.finished_at is not None:
            return run
        _refuse_superseded(calculation)
        if calculation.done_shards.count() < calculation.shards:
            return None
        _adopt(run, calculation)
        remove_drafts(run, keep=run.draft)
    return run


def _adopt(run: SettlementRun, calculation: Calculation) -> None:
    before = {"state": run.state, "draft": run.draft, "digest": run.digest}
    keep_changes(run, draft=calculation.draft, previous=run.draft)
    now = clock.now()
    run.state = _calculated(run)
    run.draft = calculation.draft
    run.cutoff = calculation.cutoff
    run.after = calculation.after
    run.policy = calculation.policy
    run.digest = run_digest(run, calculation.draft)
    run.totals = run_totals(run, calculation.draft)
    run.calculated_at = calculation.requested_at
    run.calculated_by = calculation.requested_by
    run.reviewed_at = run.reviewed_by = None
    run.edition = EDITION
    run.seconds = (now - calculation.started_at).total_seconds()
    run.save()
    fill_review_queue(run, calculation.draft)
    calculation.finished_at = now
    calculation.save(update_fields=["finished_at"])
    record_audit(
        actor=calculation.requested_by,
        action="settlement.calculate",
        subject=run,
        at=calculation.requested_at,
        before=before,
        after={
            "state": run.state,
            "draft": run.draft,
            "digest": run.digest,
            "cutoff": run.cutoff,
            "totals": run.totals,
        },
    )


def run_totals(run: SettlementRun, draft: int) -> dict[str, Any]:
    """What a draft adds up to: counts, amounts as text, and the lines by kind."""
    names = ("purchases", "sales", "opening", "total", "closing", "payable")
    sums = ", ".join(f"coalesce(sum({name}), 0)::numeric(30, 2)::text" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), {sums} FROM settlement_statement WHERE run_id = %s AND draft = %s", [run.pk, draft]
        )
        statements, *amounts = cursor.fetchone()
        cursor.execute(
            "SELECT l.kind, count(*), sum(l.amount)::text FROM settlement_statementline l"
            " JOIN settlement_statement s ON s.id = l.statement_id WHERE s.run_id = %s AND s.draft = %s"
            " GROUP BY 1 ORDER BY 1",
            [run.pk, draft],
        )
        kinds = {kind: {"lines": lines, "amount": amount} for kind, lines, amount in cursor.fetchall()}
    return {
        "statements": statements,
        "lines": sum(kind["lines"] for kind in kinds.values()),
        **dict(zip(names, amounts, strict=True)),
        "by_kind": kinds,
    }


def _locked_run(period: HalfMonth, at: datetime) -> SettlementRun:
    SettlementRun.objects.get_or_create(
        period=str(period), defaults={"ordinal": period.ordinal, "opened_at": at, "state": RunState.OPEN}
    )
    run = SettlementRun.objects.select_for_update().get(period=str(period))
    _calculated(run)
    return run


def _calculated(run: SettlementRun) -> str:
    state = next_state(run.state, "calculate")
    if state is None:
        raise RunClosed(period=run.period)
    return state


def _refuse_superseded(calculation: Calculation) -> None:
    latest = Calculation.objects.filter(run=calculation.run_id).aggregate(latest=Max("draft"))["latest"]
    if latest != calculation.draft:
        raise CalculationSuperseded(period=calculation.run.period)


def _cutoff_too_early(cutoff: datetime, books: Books) -> CutoffBeforePrevious:
    assert books.since is not None and books.latest is not None
    return CutoffBeforePrevious(
        cutoff=cutoff.astimezone(BUSINESS_ZONE).isoformat(),
        previous=books.since.astimezone(BUSINESS_ZONE).isoformat(),
        settled=str(HalfMonth.from_ordinal(books.latest)),
    )
