"""The legal review: every wording found is cleared one by one, then the request goes on, back, or ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import required_policy
from dealers.services.audit import record_audit
from pricing.choices import Decision, StepKind
from pricing.errors import HitsUncleared, HitUnknown, NoteMissing
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_flow import PromoAct
from pricing.rules.promo_remarks import RemarkContent
from pricing.services.promos.acting import locked_promo, move
from pricing.services.promos.notices import tell_applicant, tell_reviewers
from pricing.services.promos.remarks import keep_remarks, remarks_record
from pricing.services.promos.routes import route_request
from pricing.services.promos.steps import close_step, decision_of, open_step, require_reviewer, step_to_decide
from pricing.terms import pricing_terms

_ACTS = {Decision.APPROVE: PromoAct.PASS_LEGAL, Decision.REJECT: PromoAct.REJECT, Decision.RETURN: PromoAct.RETURN}


@transaction.atomic
def clear_hit(*, code: str, hit: int, note: str, actor: User, at: datetime, step_id: int | None = None) -> PromoRequest:
    """Record that legal finds the wording number ``hit`` harmless, and why. Clearing it again changes nothing.

    Raises :class:`~pricing.errors.NoteMissing` without a note: it is the proof that somebody looked.
    """
    request = locked_promo(actor, code)
    step = step_to_decide(request, StepKind.LEGAL, step_id)
    require_reviewer(actor, request, step, at)
    _clear(request, step, hit, actor, at, note)
    return request


@transaction.atomic
def decide_legal(
    *,
    code: str,
    decision: str,
    reason: str,
    actor: User,
    at: datetime,
    cleared: Iterable[int] = (),
    step_id: int | None = None,
    remarks: Sequence[RemarkContent] = (),
) -> PromoRequest:
    """Pass the request on to its budget review, return it or reject it; ``remarks`` go to its applicant.

    ``cleared`` names wordings cleared with the same act, the reason being their note. Passing on while one is not
    cleared is refused with :class:`~pricing.errors.HitsUncleared`.
    """
    request = locked_promo(actor, code)
    step = step_to_decide(request, StepKind.LEGAL, step_id)
    on_behalf_of = require_reviewer(actor, request, step, at)
    decided = decision_of(decision, reason)
    for hit in cleared:
        _clear(request, step, hit, actor, at, reason)
    open_hits = sum(1 for finding in step.findings if finding["cleared"] is None)
    if decided == Decision.APPROVE and open_hits:
        raise HitsUncleared(count=open_hits)
    keep_remarks(step, remarks, len(step.findings))
    before = request.state
    move(request, _ACTS[decided])
    close_step(step, decision=decided, reason=reason, actor=actor, at=at, on_behalf_of=on_behalf_of)
    request.save(update_fields=["state"])
    record_audit(
        actor=actor,
        action=f"promo.legal.{decided}",
        subject=request,
        at=at,
        reason=reason,
        before={"state": before},
        after={
            "state": request.state,
            "submission": step.submission.number,
            "findings": step.findings,
            "remarks": remarks_record(remarks),
            "on_behalf_of": step.on_behalf_of.get_username() if step.on_behalf_of else None,
            "late": at >= step.due_at,
        },
        dealer_id=request.applicant_id,
    )
    if decided == Decision.APPROVE:
        _open_budget_review(request, step, at)
    else:
        tell_applicant(request, step, at=at)
    return request


def _open_budget_review(request: PromoRequest, legal: PromoStep, at: datetime) -> None:
    policy = required_policy(business_day(at))
    routing = route_request(request, pricing_terms(policy).promo)
    step = open_step(
        submission=legal.submission,
        kind=StepKind.BUDGET,
        authority=routing.authority,
        working_days=routing.working_days,
        calendar=current_calendar(),
        at=at,
        routing={**routing.evidence, "policy": str(policy)},
    )
    tell_reviewers(request, step, at=at)


def _clear(request: PromoRequest, step: PromoStep, hit: int, actor: User, at: datetime, note: str) -> None:
    if not 0 <= hit < len(step.findings):
        raise HitUnknown(what="", key=hit)
    finding = step.findings[hit]
    if finding["cleared"] is not None:
        return
    if not note.strip():
        raise NoteMissing
    finding["cleared"] = {"by": actor.get_username(), "name": str(actor), "at": at.isoformat(), "note": note.strip()}
    step.save(update_fields=["findings"])
    record_audit(
        actor=actor,
        action="promo.legal.clear_wording",
        subject=request,
        at=at,
        reason=note,
        after={"wording": finding["text"], "term": finding["term"], "reference": finding["reference"], "hit": hit},
        dealer_id=request.applicant_id,
    )
