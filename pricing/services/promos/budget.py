"""The budget review: one director decides, or the general manager's office meeting votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dealers.errors import NotPermitted
from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.services.audit import record_audit
from pricing.choices import Authority, Decision, StepKind
from pricing.errors import AlreadyVoted, QuorumMissing, WindowOver
from pricing.models import PromoRequest, PromoStep, PromoVote
from pricing.permissions import can
from pricing.rules.meeting import MeetingResult, Tally
from pricing.rules.promo_duties import Parts
from pricing.rules.promo_flow import PromoAct
from pricing.rules.promo_remarks import RemarkContent
from pricing.services.promos.acting import locked_promo, move
from pricing.services.promos.effects import promo_prices_changed
from pricing.services.promos.notices import tell_applicant
from pricing.services.promos.remarks import keep_remarks, remarks_record
from pricing.services.promos.routes import people_holding
from pricing.services.promos.steps import (
    close_step,
    day_text,
    decision_of,
    findings_of_submission,
    parts_in,
    require_reviewer,
    step_to_decide,
)

_ACTS = {Decision.APPROVE: PromoAct.APPROVE, Decision.REJECT: PromoAct.REJECT, Decision.RETURN: PromoAct.RETURN}
_RESULTS = {MeetingResult.APPROVE: Decision.APPROVE, MeetingResult.REJECT: Decision.REJECT}


@transaction.atomic
def decide_budget(
    *,
    code: str,
    decision: str,
    reason: str,
    actor: User,
    at: datetime,
    step_id: int | None = None,
    remarks: Sequence[RemarkContent] = (),
) -> PromoRequest:
    """Approve, reject or return the request; before the meeting, approve and reject are the actor's vote.

    ``remarks`` go to the applicant with a decision; a vote keeps its reason only.

    Only the meeting's chair, the general manager, may return what the meeting has before it.
    """
    request = locked_promo(actor, code)
    step = step_to_decide(request, StepKind.BUDGET, step_id)
    on_behalf_of = require_reviewer(actor, request, step, at)
    decided = decision_of(decision, reason)
    if step.authority != Authority.GM_OFFICE_MEETING:
        _conclude(request, step, decided, reason, actor, at, remarks, on_behalf_of)
    elif decided == Decision.RETURN:
        if not can(actor, "promos.close_meeting"):
            raise NotPermitted
        _conclude(request, step, decided, reason, actor, at, remarks)
    else:
        _vote(request, step, decided, reason, actor, at)
    return request


@transaction.atomic
def close_meeting(*, code: str, reason: str, actor: User, at: datetime, step_id: int | None = None) -> PromoRequest:
    """End the vote by the majority of the votes cast. The chair may, once the quorum is reached."""
    request = locked_promo(actor, code)
    step = step_to_decide(request, StepKind.BUDGET, step_id)
    require_reviewer(actor, request, step, at)
    if step.authority != Authority.GM_OFFICE_MEETING or not can(actor, "promos.close_meeting"):
        raise NotPermitted
    tally = tally_of(request, step)
    result = tally.result_if_closed
    if result == MeetingResult.OPEN:
        raise QuorumMissing(cast=tally.cast, quorum=tally.quorum)
    _conclude(request, step, _RESULTS[result], reason, actor, at)
    return request


def tally_of(request: PromoRequest, step: PromoStep, parts: Parts | None = None) -> Tally:
    """The vote as it stands. Members are the active people of the office without a part in the request."""
    votes = list(step.votes.values_list("in_favour", flat=True))
    barred = (parts or parts_in(request)).barred
    members = sum(1 for person in people_holding(step.authority) if person.pk not in barred)
    return Tally(
        in_favour=sum(votes),
        against=len(votes) - sum(votes),
        quorum=step.routing.get("quorum") or 1,
        members=max(members, len(votes)),
    )


def _vote(request: PromoRequest, step: PromoStep, decided: Decision, reason: str, actor: User, at: datetime) -> None:
    earlier = step.votes.filter(voter=actor).first()
    if earlier is not None:
        raise AlreadyVoted(at=day_text(earlier.voted_at))
    if decided == Decision.APPROVE:
        _require_window_ahead(request, at)
    PromoVote.objects.create(
        step=step, voter=actor, in_favour=decided == Decision.APPROVE, reason=reason.strip(), voted_at=at
    )
    tally = tally_of(request, step)
    record_audit(
        actor=actor,
        action="promo.budget.vote",
        subject=request,
        at=at,
        reason=reason,
        after={"in_favour": decided == Decision.APPROVE, "for": tally.in_favour, "against": tally.against},
        dealer_id=request.applicant_id,
    )
    if tally.result != MeetingResult.OPEN:
        _conclude(request, step, _RESULTS[tally.result], "", None, at)


def _conclude(
    request: PromoRequest,
    step: PromoStep,
    decided: Decision,
    reason: str,
    actor: User | None,
    at: datetime,
    remarks: Sequence[RemarkContent] = (),
    on_behalf_of: int | None = None,
) -> None:
    if decided == Decision.APPROVE:
        _require_window_ahead(request, at)
        request.approved_at = at
    keep_remarks(step, remarks, findings_of_submission(step))
    before = request.state
    move(request, _ACTS[decided])
    close_step(step, decision=decided, reason=reason, actor=actor, at=at, on_behalf_of=on_behalf_of)
    request.save(update_fields=["state", "approved_at"])
    record_audit(
        actor=actor,
        action=f"promo.budget.{decided}",
        subject=request,
        at=at,
        reason=reason,
        before={"state": before},
        after={
            "state": request.state,
            "submission": step.submission.number,
            "authority": step.authority,
            "routing": step.routing,
            "remarks": remarks_record(remarks),
            "on_behalf_of": step.on_behalf_of.get_username() if step.on_behalf_of else None,
            "late": at >= step.due_at,
        },
        dealer_id=request.applicant_id,
    )
    if decided == Decision.APPROVE:
        promo_prices_changed(request, since=at, at=at)
    tell_applicant(request, step, at=at)


def _require_window_ahead(request: PromoRequest, at: datetime) -> None:
    """An approval holds only for later sales, so one after the last day would promise nothing."""
    if business_day(at) >= request.ends_on:
        raise WindowOver(ends_on=request.ends_on.isoformat())
