"""The decision in place: who may decide the open step, in whose place, and how the meeting stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealers.choices import Role
from dealers.foundation.clock import business_day
from dealers.models import User
from pricing.choices import Authority, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.meeting import may_see_votes
from pricing.rules.promo_duties import absent_decider, holds, objection_to_reviewer
from pricing.selectors.promo_delegations import person_on
from pricing.services.promos.budget import tally_of
from pricing.services.promos.steps import parts_in
from pricing.web.promo_changes import FIELD_LABELS


def decision_of(request: PromoRequest, step: PromoStep | None, user: Any, at: datetime) -> dict[str, Any] | None:
    """The form for whoever may decide the open step, or why a reviewer may not; None for everybody else."""
    if step is None or not isinstance(user, User) or user.is_dealer_side:
        return None
    person, parts = person_on(user, business_day(at)), parts_in(request)
    objection = objection_to_reviewer(person, step.authority, parts)
    office = step.get_authority_display()
    if objection is not None and objection.code == "not_the_authority":
        return {"allowed": False, "why": "", "office": office}
    meeting = step.authority == Authority.GM_OFFICE_MEETING
    voted = next((vote for vote in step.votes.all() if vote.voter_id == user.pk), None)
    is_chair = meeting and user.role == Role.GENERAL_MANAGER and objection is None
    away = absent_decider(person, step.authority, parts)
    return {
        "allowed": objection is None and voted is None,
        "why": objection.render() if objection else "",
        "meeting": meeting,
        "chair": is_chair,
        "can_close": is_chair and tally_of(request, step, parts).has_quorum,
        "may_return": not meeting or is_chair,
        "legal": step.kind == StepKind.LEGAL,
        "uncleared": sum(1 for finding in step.findings if finding["cleared"] is None),
        "over": business_day(at) >= request.ends_on,
        "office": office,
        "in_place_of": User.objects.filter(pk=away).first() if away else None,
        "fields": list(FIELD_LABELS.items()),
    }


def meeting_of(request: PromoRequest, user: Any) -> dict[str, Any] | None:
    """The latest meeting as this reader may see it: votes, tally and minutes. Dealers are told its outcome only."""
    if not isinstance(user, User) or user.is_dealer_side:
        return None
    steps = [
        step
        for submission in request.submissions.all()
        for step in submission.steps.all()
        if step.authority == Authority.GM_OFFICE_MEETING
    ]
    if not steps:
        return None
    step, parts = steps[-1], parts_in(request)
    votes = list(step.votes.all())
    is_member = holds(user.role, step.authority) and user.pk not in parts.barred
    voted = next((vote for vote in votes if vote.voter_id == user.pk), None)
    open_votes = may_see_votes(
        decided=bool(step.decision),
        is_member=is_member,
        has_voted=voted is not None,
        reads_all=user.role == Role.AUDITOR,
    )
    minutes = list(step.minutes.all())
    return {
        "step": step,
        "tally": tally_of(request, step, parts),
        "votes": votes if open_votes else [],
        "open_votes": open_votes,
        "voted": voted,
        "decided": bool(step.decision),
        "minutes": minutes[-1] if minutes else None,
        "earlier_minutes": minutes[:-1],
        "may_write": is_member,
    }
