"""Putting a calculated half-month up for review, and approving it: posting, issuing, freezing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dealers.choices import DEALER_ROLES, Announcement, NoticeKind
from dealers.errors import OwnWork
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.working_days import deadline
from dealers.models import Notice, User
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import record_audit
from dealers.services.notices import tell_all
from dealers.services.webhooks import News, announce_all
from rebates.choices import CreditKind, WindowedKind
from rebates.services.accruals import append_accruals
from rebates.services.credits import settle_credits
from settlement import permissions
from settlement.choices import RunState, StatementState
from settlement.errors import CalculatedTooEarly, OutOfOrder, RunClosed, RunNotFound, WrongRunState
from settlement.models import SettlementRun, Statement
from settlement.rules.runs import may_close_after, next_state
from settlement.selectors.outliers import review_progress
from settlement.selectors.reckoning import books_before
from settlement.services.document_jobs import request_documents
from settlement.services.documents import AT_CLOSING
from settlement.services.payables import open_payables
from settlement.services.period_lock import queue_for_approval
from settlement.services.posting import post_statements
from settlement.terms import settlement_terms


def put_up_for_review(*, period: HalfMonth, actor: User | None, at: datetime) -> SettlementRun:
    """Offer a calculated half-month for approval. Repeating it changes nothing."""
    if actor is not None:
        permissions.require(actor, "runs.put_up")
    with transaction.atomic():
        run = _locked(period)
        if run.state == RunState.UNDER_REVIEW:
            return run
        _step(run, "put_up")
        run.reviewed_at, run.reviewed_by = at, actor
        run.save()
        record_audit(
            actor=actor,
            action="settlement.put_up",
            subject=run,
            at=at,
            before={"state": RunState.CALCULATED},
            after={"state": run.state, "draft": run.draft, "digest": run.digest},
        )
    return run


def approve_run(*, period: HalfMonth, actor: User, at: datetime) -> SettlementRun:
    """Approve a half-month under review: post the ledger, record the accruals, issue the statements, freeze it.

    All or nothing, in one transaction. Repeated by the same person it changes nothing. Raises
    :class:`~dealers.errors.OwnWork` for whoever calculated it, :class:`OutOfOrder` when another half-month closes
    first, and :class:`CalculatedTooEarly` when the books moved since it was calculated.
    """
    permissions.require(actor, "runs.approve")
    with transaction.atomic():
        queue_for_approval()
        run = _locked(period)
        if run.state == RunState.CLOSED:
            if run.approved_by_id == actor.pk:
                return run
            raise RunClosed(period=run.period)
        if run.calculated_by_id == actor.pk:
            raise OwnWork
        _refuse_out_of_order(run, period)
        _step(run, "approve")
        run.approved_at, run.approved_by = at, actor
        run.save()
        posted = post_statements(run=run, actor=actor, at=at)
        accrued = _append_accruals(run, period, at)
        credited = _settle_credits(run, period)
        due_at = _issue(run, at)
        open_payables(run=run, at=at)
        record_audit(
            actor=actor,
            action="settlement.approve",
            subject=run,
            at=at,
            before={"state": RunState.UNDER_REVIEW},
            after={
                "state": run.state,
                "draft": run.draft,
                "digest": run.digest,
                "unreviewed": review_progress(run).unreviewed,
                "transactions": posted,
                "accruals": accrued,
                "credits": credited,
                "confirm_due_at": due_at,
            },
        )
        _step(run, "close")
        run.closed_at = at
        run.save()
        record_audit(
            actor=actor,
            action="settlement.close",
            subject=run,
            at=at,
            before={"state": RunState.APPROVED},
            after={"state": run.state},
        )
        _tell_dealers(run, due_at, at)
        _announce(run, due_at, at)
        request_documents(run=run, kinds=AT_CLOSING, actor=None, at=at)
    return run


def _locked(period: HalfMonth) -> SettlementRun:
    run = SettlementRun.objects.select_for_update().filter(period=str(period)).first()
    if run is None:
        raise RunNotFound(what="", key=str(period))
    return run


def _step(run: SettlementRun, event: str) -> None:
    state = next_state(run.state, event)
    if state is None:
        if run.state == RunState.CLOSED:
            raise RunClosed(period=run.period)
        raise WrongRunState(period=run.period, state=RunState(run.state).label)
    run.state = state


def _refuse_out_of_order(run: SettlementRun, period: HalfMonth) -> None:
    latest = (
        SettlementRun.objects.filter(state=RunState.CLOSED)
        .order_by("-ordinal")
        .values_list("ordinal", flat=True)
        .first()
    )
    if not may_close_after(period.ordinal, latest):
        assert latest is not None
        raise OutOfOrder(
            latest=str(HalfMonth.from_ordinal(latest)),
            next=str(HalfMonth.from_ordinal(latest + 1)),
            period=str(period),
        )
    if run.after != books_before(period).latest:
        raise CalculatedTooEarly(period=run.period)


def _append_accruals(run: SettlementRun, period: HalfMonth, at: datetime) -> int:
    """Record what each line that accrues over a window settles, as its proof says."""
    ordinal = (
        "substr(l.for_period, 1, 4)::int * 24 + (substr(l.for_period, 6, 2)::int - 1) * 2"
        " + substr(l.for_period, 10, 1)::int - 1"
    )
    source = f"""
        SELECT l.dealer_id, l.kind, l.program, l.proof->>'window', %s::int, {ordinal}, p.id, l.base,
               (l.proof->>'entitlement')::numeric, l.amount
        FROM settlement_statementline l
        JOIN settlement_statement s ON s.id = l.statement_id
        JOIN dealers_policyversion p
          ON p.code = l.proof->'policy'->>'code' AND p.version = (l.proof->'policy'->>'version')::int
        WHERE s.run_id = %s AND s.draft = %s AND l.kind = ANY(%s)
    """
    params: list[Any] = [period.ordinal, run.pk, run.draft, WindowedKind.values]
    return append_accruals(source=source, params=params, posted_at=at)


def _settle_credits(run: SettlementRun, period: HalfMonth) -> int:
    """Mark the credits that stand on the statements as settled by this half-month."""
    source = """
        SELECT (l.proof->>'credit') FROM settlement_statementline l
        JOIN settlement_statement s ON s.id = l.statement_id
        WHERE s.run_id = %s AND s.draft = %s AND l.kind = ANY(%s)
    """
    return settle_credits(source=source, params=[run.pk, run.draft, CreditKind.values], period=period.ordinal)


def _issue(run: SettlementRun, at: datetime) -> datetime:
    """Hand the statements over; from here the dealers' time to answer runs."""
    assert run.policy is not None
    days = settlement_terms(run.policy).confirm_working_days
    due = deadline(at, days, current_calendar())
    Statement.objects.filter(run=run, draft=run.draft).update(
        state=StatementState.ISSUED,
        delivered_at=at,
        confirm_due_at=due.expires_at,
        confirm_due_provisional=due.provisional,
    )
    return due.expires_at


def _announce(run: SettlementRun, due_at: datetime, at: datetime) -> None:
    """Let the dealers' own systems and HQ's know, each of its statement."""
    statements = Statement.objects.filter(run=run, draft=run.draft).values_list("dealer_id", "closing", "payable")
    confirm_by = due_at.astimezone(clock.BUSINESS_ZONE).isoformat()
    announce_all(
        (
            News(
                Announcement.STATEMENT_ISSUED,
                dealer_id,
                {"period": run.period, "closing": str(closing), "payable": str(payable), "confirm_by": confirm_by},
            )
            for dealer_id, closing, payable in statements
        ),
        at=at,
    )


def _tell_dealers(run: SettlementRun, due_at: datetime, at: datetime) -> None:
    statements = Statement.objects.filter(run=run, draft=run.draft)
    people = User.objects.filter(is_active=True, role__in=DEALER_ROLES, dealer_id__in=statements.values("dealer_id"))
    closings = dict(statements.filter(dealer_id__in=people.values("dealer_id")).values_list("dealer_id", "closing"))
    confirm_by = f"{due_at.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    tell_all(
        Notice(
            recipient=person,
            kind=NoticeKind.STATEMENT,
            key=f"statement:{run.period}",
            params={
                "reason": "statement_issued",
                "period": run.period,
                "closing": str(closings[person.dealer_id]),
                "confirm_due_at": confirm_by,
            },
            url=f"/statements/{run.period}",
            created_at=at,
        )
        for person in people
        if person.dealer_id in closings
    )
