"""Review steps: opening one with its deadline, finding the open one, closing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.working_days import Deadline, WorkCalendar, deadline
from dealers.models import User
from pricing.choices import Decision, PromoState, StepKind
from pricing.errors import Objected, PromoStateRefused, ReasonMissing, StepDecided, UnknownDecision
from pricing.models import PromoRequest, PromoStep, PromoSubmission
from pricing.rules.promo_duties import Parts, absent_decider, objection_to_reviewer
from pricing.selectors.promo_delegations import person_on

_STATE_OF_KIND = {StepKind.LEGAL: PromoState.LEGAL_REVIEW, StepKind.BUDGET: PromoState.BUDGET_REVIEW}


def open_step(
    *,
    submission: PromoSubmission,
    kind: StepKind,
    authority: str,
    working_days: int,
    calendar: WorkCalendar,
    at: datetime,
    routing: dict[str, Any] | None = None,
    findings: list[dict[str, Any]] | None = None,
) -> PromoStep:
    """Put the submission before an authority, with the deadline counted from ``at``."""
    due = deadline(at, working_days, calendar)
    return PromoStep.objects.create(
        submission=submission,
        kind=kind,
        authority=authority,
        started_at=at,
        due_at=due.expires_at,
        deadline=deadline_record(due),
        routing=routing or {},
        findings=findings or [],
    )


def deadline_record(due: Deadline) -> dict[str, Any]:
    """How the deadline was counted, as the step keeps it."""
    return {
        "working_days": len(due.counted),
        "counted": [day.isoformat() for day in due.counted],
        "skipped": [[day.isoformat(), why.value] for day, why in due.skipped],
        "provisional": due.provisional,
        "calendar": due.calendar_version,
    }


def step_to_decide(request: PromoRequest, kind: StepKind, step_id: int | None) -> PromoStep:
    """The open step of that kind, which must be the one the reviewer saw, if they say which.

    Raises :class:`~pricing.errors.StepDecided` naming who was quicker, or :class:`~pricing.errors.PromoStateRefused`.
    """
    step = PromoStep.objects.filter(submission__request=request, kind=kind).select_related("decided_by").last()
    if step is None or (step_id is not None and step.pk != step_id):
        raise PromoStateRefused(code=request.code, state=PromoState(request.state).label)
    if step.decision:
        raise StepDecided(
            name=str(step.decided_by or ""),
            decision=Decision(step.decision).label,
            at=f"{step.decided_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if step.decided_at else "",
        )
    if request.state != _STATE_OF_KIND[kind]:
        raise PromoStateRefused(code=request.code, state=PromoState(request.state).label)
    return step


def require_reviewer(actor: User, request: PromoRequest, step: PromoStep, at: datetime) -> int | None:
    """The actor holds the step's authority, or stands in for somebody who does, and has no part in the request.

    Returns in whose place the actor decides, None for their own. Raises what the rule objects, as 403.
    """
    person, parts = person_on(actor, business_day(at)), parts_in(request)
    objection = objection_to_reviewer(person, step.authority, parts)
    if objection is not None:
        raise Objected(objection, status=403)
    return absent_decider(person, step.authority, parts)


def parts_in(request: PromoRequest) -> Parts:
    """Who drafted or ever submitted the request, and who passed its present legal review."""
    names = request.submissions.values_list("submitted_by", flat=True)
    submitters: Iterable[int] = User.objects.filter(username__in=list(names)).values_list("pk", flat=True)
    proposers = {pk for pk in (*submitters, request.created_by_id, request.submitted_by_id) if pk is not None}
    legal = PromoStep.objects.filter(
        submission__request=request, kind=StepKind.LEGAL, decision=Decision.APPROVE
    ).order_by("pk")
    last = legal.values_list("decided_by_id", "on_behalf_of_id").last() or ()
    return Parts(frozenset(proposers), frozenset(pk for pk in last if pk is not None))


def findings_of_submission(step: PromoStep) -> int:
    """How many wordings the scan found in the submission this step is about."""
    legal = step.submission.steps.filter(kind=StepKind.LEGAL).first()
    return len(legal.findings) if legal else 0


def decision_of(word: str, reason: str) -> Decision:
    """The decision meant. Raises for an unknown word, and for a reject or return without a reason."""
    try:
        decision = Decision(word)
    except ValueError:
        raise UnknownDecision from None
    if decision != Decision.APPROVE and not reason.strip():
        raise ReasonMissing
    return decision


def close_step(
    step: PromoStep,
    *,
    decision: Decision,
    reason: str,
    actor: User | None,
    at: datetime,
    on_behalf_of: int | None = None,
) -> None:
    """Write down what was decided, and in whose place; ``actor`` None is a meeting whose votes decided."""
    step.decision = decision
    step.reason = reason.strip()
    step.decided_by = actor
    step.on_behalf_of_id = on_behalf_of
    step.decided_at = at
    step.save(update_fields=["decision", "reason", "decided_by", "on_behalf_of", "decided_at"])


def day_text(day: date | datetime) -> str:
    """A day, or an instant in the business zone, as notices write it."""
    return f"{day.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if isinstance(day, datetime) else day.isoformat()
