"""Headquarters' side of a dispute: one person of finance prepares the decision, another makes it or sends it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.errors import OwnWork
from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits
from settlement import permissions
from settlement.choices import DisputeAct, DisputeOutcome, DisputeState
from settlement.errors import DisputeStateRefused, GrantNotForLine, OutcomeIncomplete
from settlement.models import Dispute, DisputedLine
from settlement.rules.dispute_life import ACT_OF_OUTCOME
from settlement.selectors.disputes import lines_in
from settlement.services.disputes.acting import (
    close,
    locked_dispute,
    move,
    note,
    release_statement,
    set_deadline,
    spread,
    tell_dealer,
    words_given,
)
from settlement.services.disputes.opening import terms_of

_MOST_WORKING_DAYS = 250


def prepare_decision(
    *,
    number: str,
    outcome: DisputeOutcome,
    reason: str,
    actor: User,
    at: datetime,
    granted: Mapping[int, Decimal] | None = None,
    days: int | None = None,
) -> Dispute:
    """Make a decision ready, or replace the one prepared; the dealer sees ``reason`` once it is decided.

    ``granted`` says per line number what the dealer is owed in addition, for accepting; ``days`` are the working days
    the dealer gets to do what ``reason`` asks, the policy's if not given. Raises :class:`OutcomeIncomplete` for an
    acceptance that grants nothing and :class:`GrantNotForLine`.
    """
    permissions.require(actor, "disputes.prepare")
    why = words_given(reason)
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        move(dispute, DisputeAct.PREPARE)
        _grant(dispute, dict(granted or {}) if outcome == DisputeOutcome.ACCEPTED else {})
        if outcome == DisputeOutcome.ACCEPTED and not dispute.lines.filter(granted__gt=0).exists():
            raise OutcomeIncomplete
        dispute.proposed_outcome, dispute.proposed_reason = outcome, why
        dispute.proposed_days = _days(dispute, days) if outcome == DisputeOutcome.NEEDS_ACTION else None
        dispute.proposed_by, dispute.proposed_at = actor, at
        dispute.save()
        note(dispute, DisputeAct.PREPARE, why, actor=actor, at=at)
    return dispute


def send_back(*, number: str, reason: str, actor: User, at: datetime) -> Dispute:
    """Have a decision prepared anew, saying why. Raises :class:`~dealers.errors.OwnWork` for whoever prepared it."""
    permissions.require(actor, "disputes.decide")
    why = words_given(reason)
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        _refuse_own_work(dispute, actor)
        move(dispute, DisputeAct.SEND_BACK)
        dispute.save()
        note(dispute, DisputeAct.SEND_BACK, why, actor=actor, at=at)
    return dispute


def decide_dispute(*, number: str, actor: User, at: datetime, prepared_at: datetime | None = None) -> Dispute:
    """Decide as prepared. ``prepared_at`` is the preparation the decider has seen; another one is refused.

    Accepted: each line's grant becomes an adjustment that the next open half-month settles. Rejected: the lines stand.
    Needs action: the dealer is asked, and its silence will reject the dispute. Repeated by the same person it changes
    nothing. Raises :class:`~dealers.errors.OwnWork` for whoever prepared or opened it.
    """
    permissions.require(actor, "disputes.decide")
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        if dispute.decided_by_id == actor.pk and dispute.state in (DisputeState.ACCEPTED, DisputeState.REJECTED):
            return dispute
        _refuse_own_work(dispute, actor)
        if prepared_at is not None and dispute.proposed_at != prepared_at:
            raise DisputeStateRefused(number=number, state=DisputeState(dispute.state).label)
        act = ACT_OF_OUTCOME.get(dispute.proposed_outcome, DisputeAct.ACCEPT)
        move(dispute, act)
        dispute.decision_reason = dispute.proposed_reason
        if act is DisputeAct.ASK:
            set_deadline(dispute, dispute.proposed_days or terms_of(dispute.statement).answer_working_days, at)
        else:
            close(dispute, at)
            dispute.decided_by = actor
        dispute.save()
        if act is DisputeAct.ACCEPT:
            _credit(dispute, actor, at)
        note(dispute, act, dispute.decision_reason, actor=actor, at=at)
        if act is not DisputeAct.ASK:
            release_statement(dispute, at)
        tell_dealer(dispute, f"dispute_{dispute.state}", at=at)
        spread(dispute, at=at)
    return dispute


def _refuse_own_work(dispute: Dispute, actor: User) -> None:
    if actor.pk in (dispute.proposed_by_id, dispute.opened_by_id):
        raise OwnWork


def _days(dispute: Dispute, days: int | None) -> int:
    return min(max(days, 1), _MOST_WORKING_DAYS) if days else terms_of(dispute.statement).answer_working_days


def _grant(dispute: Dispute, granted: dict[int, Decimal]) -> None:
    for line in lines_in(dispute):
        amount = granted.pop(line.line.line_no, None)
        if amount is not None and amount < 0:
            raise GrantNotForLine(line=line.line.line_no, amount=amount)
        line.granted = amount
        line.save(update_fields=["granted"])
    for line_no, amount in granted.items():
        raise GrantNotForLine(line=line_no, amount=amount)


def _credit(dispute: Dispute, actor: User, at: datetime) -> None:
    """What is granted becomes an adjustment per line that names the line and both amounts."""
    record_credits([_adjustment(dispute, line, at) for line in lines_in(dispute) if line.granted], actor=actor, at=at)


def _adjustment(dispute: Dispute, disputed: DisputedLine, at: datetime) -> NewCredit:
    line, granted = disputed.line, disputed.granted or Decimal(0)
    stated = f"{line.amount:f}"
    proof = prove(
        rule="dispute",
        period=str(HalfMonth.containing(at)),
        inputs=[
            {"of": "stated", "doc": f"{dispute.statement.run.period} · {line.line_no}", "amount": stated},
            {"of": "granted", "doc": dispute.number, "amount": f"{granted:f}"},
        ],
        steps=[("right", "stated + granted"), ("adjustment", "right - stated")],
        subject={
            "dispute": dispute.number,
            "statement": dispute.statement.run.period,
            "line": str(line.line_no),
            "reason": dispute.decision_reason,
        },
    )
    return NewCredit(
        dealer_id=dispute.dealer_id,
        kind=CreditKind.ADJUSTMENT,
        program=line.program,
        reference=f"dispute:{dispute.number}:{line.line_no}",
        for_period=HalfMonth.parse(line.for_period),
        amount=granted,
        proof=proof,
    )
