"""Putting right what was settled: proposed by one person of finance, approved by another, settled by the next run."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from dealers.choices import NoticeKind, Role
from dealers.errors import OwnWork
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, User
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from dealers.services.notices import tell
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits
from settlement import permissions
from settlement.choices import AdjustmentState, RunState
from settlement.errors import (
    AdjustmentDecided,
    AdjustmentMovesNothing,
    AdjustmentNotFound,
    LineNotSettled,
    ReasonMissing,
    TooManyFiles,
)
from settlement.models import Adjustment, AdjustmentFile, StatementLine
from settlement.services.disputes.acting import MOST_FILES, GivenFile


def propose_adjustment(
    *,
    dealer: Dealer,
    amount: Decimal,
    reason: str,
    for_period: HalfMonth,
    actor: User,
    at: datetime,
    line: StatementLine | None = None,
    files: Sequence[GivenFile] = (),
    key: uuid.UUID | None = None,
) -> Adjustment:
    """Propose an amount for (positive) or against a dealer; nothing moves before another person approves it.

    ``line`` is the settled line it puts right, whose half-month it then belongs to. The same ``key`` proposes once.
    Raises :class:`AdjustmentMovesNothing`, :class:`~settlement.errors.ReasonMissing` and :class:`LineNotSettled`.
    """
    permissions.require(actor, "adjustments.propose")
    if not amount:
        raise AdjustmentMovesNothing
    if not reason.strip():
        raise ReasonMissing
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if line is not None and (line.dealer_id != dealer.pk or line.statement.run.state != RunState.CLOSED):
        raise LineNotSettled(line=line.line_no)
    adjustment = Adjustment(
        number=_next_number(at),
        dealer=dealer,
        line=line,
        for_period=str(for_period) if line is None else line.for_period,
        amount=amount,
        reason=reason.strip(),
        key=key or uuid.uuid4(),
        proposed_by=actor,
        proposed_at=at,
    )
    try:
        with transaction.atomic():
            adjustment.save(force_insert=True)
            _keep(adjustment, files, actor, at)
            _record(adjustment, "propose", actor, at)
            approvers = User.objects.filter(is_active=True, role=Role.FINANCE_APPROVER).exclude(pk=actor.pk)
            tell(
                recipients=approvers,
                kind=NoticeKind.STATEMENT,
                key=f"adjustment:{adjustment.number}",
                params={
                    "reason": "adjustment_proposed",
                    "number": adjustment.number,
                    "dealer": dealer.name,
                    "amount": f"{amount:.2f}",
                    "why": adjustment.reason,
                },
                at=at,
                url=reverse("settlement-adjustment", args=[adjustment.number]),
            )
    except IntegrityError:
        sent_before = Adjustment.objects.filter(key=adjustment.key).first()
        if sent_before is None:
            raise
        return sent_before
    return adjustment


def decide_adjustment(*, number: str, approve: bool, remark: str, actor: User, at: datetime) -> Adjustment:
    """Approve an adjustment, which becomes a credit for the next open half-month, or decline it with a reason.

    Deciding the same way again changes nothing. Raises :class:`AdjustmentNotFound`, :class:`AdjustmentDecided`,
    :class:`~settlement.errors.ReasonMissing` for declining without one, and :class:`~dealers.errors.OwnWork` for
    whoever proposed it.
    """
    permissions.require(actor, "adjustments.approve")
    state = AdjustmentState.APPROVED if approve else AdjustmentState.DECLINED
    if not approve and not remark.strip():
        raise ReasonMissing
    with transaction.atomic():
        adjustment = Adjustment.objects.select_for_update(of=("self",)).filter(number=number).first()
        if adjustment is None:
            raise AdjustmentNotFound(key=number)
        if adjustment.proposed_by_id == actor.pk:
            raise OwnWork
        if adjustment.state != AdjustmentState.PROPOSED:
            if adjustment.state == state and adjustment.decided_by_id == actor.pk:
                return adjustment
            raise AdjustmentDecided(number=number, state=AdjustmentState(adjustment.state).label)
        if approve:
            adjustment.credit = record_credits([_credit(adjustment, at)], actor=actor, at=at)[0]
        adjustment.state, adjustment.remark = state, remark.strip()
        adjustment.decided_by, adjustment.decided_at = actor, at
        adjustment.save()
        _record(adjustment, "approve" if approve else "decline", actor, at)
    return adjustment


def _credit(adjustment: Adjustment, at: datetime) -> NewCredit:
    line = adjustment.line
    stated = [] if line is None else [{"of": "stated", "doc": _name_of(line), "amount": f"{line.amount:f}"}]
    by = {"of": "adjusted_by", "doc": adjustment.number, "amount": f"{adjustment.amount:f}"}
    whole = [("right", "stated + adjusted_by"), ("adjustment", "right - stated")]
    proof = prove(
        rule="adjustment",
        period=str(HalfMonth.containing(at)),
        inputs=[*stated, by],
        steps=whole if stated else [("adjustment", "adjusted_by")],
        subject={
            "adjustment": adjustment.number,
            "reason": adjustment.reason,
            **({"line": _name_of(line)} if line is not None else {}),
        },
    )
    return NewCredit(
        dealer_id=adjustment.dealer_id,
        kind=CreditKind.ADJUSTMENT,
        program="" if line is None else line.program,
        reference=f"adjustment:{adjustment.number}",
        for_period=HalfMonth.parse(adjustment.for_period),
        amount=adjustment.amount,
        proof=proof,
    )


def _name_of(line: StatementLine) -> str:
    return f"{line.statement.run.period} · {line.line_no}"


def _keep(adjustment: Adjustment, files: Sequence[GivenFile], actor: User, at: datetime) -> None:
    for given in files:
        file = keep_file(actor=actor, name=given.name, content=given.content, dealer_id=adjustment.dealer_id, at=at)
        AdjustmentFile.objects.create(adjustment=adjustment, dealer_id=adjustment.dealer_id, file=file)


def _record(adjustment: Adjustment, act: str, actor: User, at: datetime) -> None:
    record_audit(
        actor=actor,
        action=f"settlement_adjustment.{act}",
        subject=adjustment,
        at=at,
        reason=adjustment.reason if act == "propose" else adjustment.remark,
        after={
            "number": adjustment.number,
            "state": adjustment.state,
            "amount": adjustment.amount,
            "for_period": adjustment.for_period,
        },
        dealer_id=adjustment.dealer_id,
    )


def _next_number(at: datetime) -> str:
    """``ADJ-2026-000012``; numbers are never given twice, and one may stay unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('settlement_adjustment_number')")
        return f"ADJ-{business_day(at).year}-{cursor.fetchone()[0]:06d}"
