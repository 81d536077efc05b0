"""What people decide about a violation: set aside, taken up again, handed over. Never a consequence.

Every act names the version that was looked at and is refused when the lines have changed since.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from dealers.services.audit import record_audit
from pricing import permissions
from pricing.choices import ViolationState
from pricing.errors import (
    HalfMonthNotOver,
    NothingInBreach,
    UnexplainedDecision,
    ViolationMoved,
    ViolationNotFound,
    ViolationStateRefused,
)
from pricing.models import Violation
from pricing.rules.violations import VIOLATION_LIFE, ViolationAct
from pricing.selectors.violations import visible_violations


@transaction.atomic
def set_aside(*, violation_id: int, version: int, reason: str, actor: User, at: datetime) -> Violation:
    """Decide that nothing follows from these lines, for now. Other lines open the violation again by themselves."""
    violation = locked_violation(violation_id=violation_id, version=version, actor=actor, at=at)
    return _decide(violation, ViolationAct.SET_ASIDE, reason=reason, actor=actor, at=at)


@transaction.atomic
def take_up_again(*, violation_id: int, version: int, reason: str, actor: User, at: datetime) -> Violation:
    """Undo setting aside."""
    violation = locked_violation(violation_id=violation_id, version=version, actor=actor, at=at)
    return _decide(violation, ViolationAct.TAKE_UP, reason=reason, actor=actor, at=at)


def record_hand_over(*, violation: Violation, case_number: str, reason: str, actor: User, at: datetime) -> Violation:
    """Note that a violation, locked by the caller, was handed over to a case with its present lines."""
    return _decide(violation, ViolationAct.HAND_OVER, reason=reason, actor=actor, at=at, case_number=case_number)


@transaction.atomic
def record_outcome(
    *, violation_id: int, case_number: str, confirmed: bool, reason: str, actor: User, at: datetime
) -> Violation:
    """Write back what a case decided about a violation, or that its decision was overturned. Repeating changes nothing.

    Only what a case confirmed counts on the ladder. Newer lines may be in another case by now: that one's decision is
    about the violation's state, and this one's about the ladder alone.
    """
    violation = Violation.objects.select_for_update().get(pk=violation_id)
    before = violation.confirmed_in
    if confirmed and not before:
        violation.confirmed_in = case_number
    elif not confirmed and before == case_number:
        violation.confirmed_in = ""
    if violation.confirmed_in != before:
        violation.save(update_fields=["confirmed_in"])
        record_audit(
            actor=actor,
            action="violation.count_on_ladder",
            subject=violation,
            at=at,
            reason=reason,
            before={"confirmed_in": before},
            after={"confirmed_in": violation.confirmed_in},
            dealer_id=violation.dealer_id,
        )
    act = ViolationAct.CONFIRM if confirmed else ViolationAct.DROP
    if violation.case_number == case_number and VIOLATION_LIFE.allows(violation.state, act):
        looked_at = violation.decided_version  # the case decided about those lines, not about newer ones
        return _decide(violation, act, reason=reason, actor=actor, at=at, looked_at=looked_at)
    return violation


def locked_violation(*, violation_id: int, version: int, actor: User, at: datetime) -> Violation:
    """The violation, locked until the transaction ends, if the actor may decide about it as it was looked at.

    Raises :class:`~dealers.errors.NotPermitted`, :class:`ViolationNotFound`, :class:`ViolationMoved`,
    :class:`HalfMonthNotOver` or :class:`NothingInBreach`.
    """
    permissions.require(actor, "violations.decide")
    if not visible_violations(actor).filter(pk=violation_id).exists():
        raise ViolationNotFound(key=violation_id)
    violation = Violation.objects.select_for_update(of=("self",)).select_related("dealer").get(pk=violation_id)
    if violation.version != version:
        raise ViolationMoved
    if not violation.lines:
        raise NothingInBreach
    period = HalfMonth.from_ordinal(violation.period)
    if clock.business_day(at) < period.end:
        raise HalfMonthNotOver(period=str(period))
    return violation


def _decide(
    violation: Violation,
    act: ViolationAct,
    *,
    reason: str,
    actor: User,
    at: datetime,
    case_number: str = "",
    looked_at: int | None = None,
) -> Violation:
    if not reason.strip():
        raise UnexplainedDecision
    if not VIOLATION_LIFE.allows(violation.state, act):
        raise ViolationStateRefused(state=ViolationState(violation.state).label)
    before = {"state": violation.state, "version": violation.decided_version, "case": violation.case_number}
    violation.state = VIOLATION_LIFE.next(violation.state, act)
    violation.decided_version = violation.version if looked_at is None else looked_at
    violation.decided_at = at
    violation.decided_by = actor
    violation.reason = reason.strip()
    violation.case_number = case_number or violation.case_number
    violation.save(
        update_fields=["state", "decided_version", "decided_at", "decided_by", "reason", "case_number"],
    )
    record_audit(
        actor=actor,
        action=f"violation.{act}",
        subject=violation,
        at=at,
        reason=violation.reason,
        before=before,
        after={"state": violation.state, "version": violation.version, "case": violation.case_number},
        dealer_id=violation.dealer_id,
    )
    return violation
