"""Everything the detail pane of a promotion request shows, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from dealers.errors import NotPermitted
from dealers.foundation.clock import business_day
from pricing.choices import Authority, PromoKind, PromoState, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_flow import IN_REVIEW, PROMO_LIFE, PromoAct, objection_to_withdrawal
from pricing.selectors.counted_days import clock_days
from pricing.selectors.promo_results import BEGUN
from pricing.selectors.promo_review import Review, last_step
from pricing.services.promos.acting import require_applicant_side
from pricing.web.promo_changes import changes_of_last_submission, changes_since_submission, remark_lines
from pricing.web.promo_copy import copy_pieces, finding_lines
from pricing.web.promo_decision import decision_of, meeting_of
from pricing.web.promo_record import performance_context
from pricing.web.promo_rows import band_lines, check_words, counted_days
from pricing.web.promo_timeline import timeline_of


def pane_of(review: Review, user: Any, *, at: datetime) -> dict[str, Any]:
    """The context of `promos/pane.html`."""
    request = review.request
    step = last_step(request)
    open_step = step if step is not None and request.state in IN_REVIEW else None
    legal = last_step(request, StepKind.LEGAL)
    budget = last_step(request, StepKind.BUDGET)
    decision = decision_of(request, open_step, user, at)
    meeting = meeting_of(request, user)
    acts = _applicant_acts(request, user, at)
    return {
        "request_": request,
        "review": review,
        "checks": [check_words(check) for check in review.checks],
        "bands": band_lines(review),
        "open_step": open_step,
        "counted": counted_days(open_step) if open_step else "",
        "copy": list(copy_pieces(request.ad_copy, legal.findings if legal else [])),
        "findings": finding_lines(legal),
        "attachments": [one for one in request.attachments.all() if one.removed_at is None],
        "routing": budget.routing if budget else None,
        "authority": Authority(budget.authority).label if budget else "",
        "routing_added": _with_amounts(budget),
        "passed_over": [Authority(name).label for name in (budget.routing.get("passed_over") or ())] if budget else [],
        "clocks": list(clocks_of(request)),
        "changes": changes_of_last_submission(request),
        "changes_since": changes_since_submission(request) if acts else None,
        "remarks": remark_lines(request),
        "submissions": len(request.submissions.all()),
        "timeline": timeline_of(request, user, at=at, open_votes=meeting is None or meeting["open_votes"]),
        "decision": decision,
        "meeting": meeting,
        "applicant_acts": acts,
        "kind_label": PromoKind(request.kind).label,
        "last_day": request.ends_on - timedelta(days=1),
        "days": (request.ends_on - request.starts_on).days,
        "is_dealer": user.dealer_id is not None,
        "selected": request.code,
        "begun": request.state in BEGUN,
        **({} if user.dealer_id is not None else performance_context(request)),
    }


def _with_amounts(budget: PromoStep | None) -> list[dict[str, Any]]:
    if budget is None:
        return []
    return [
        {
            "code": added["code"],
            "budget": Decimal(added["budget"]),
            "starts_on": date.fromisoformat(added["starts_on"]),
            "ends_on": date.fromisoformat(added["ends_on"]),
        }
        for added in budget.routing.get("added", [])
    ]


def clocks_of(request: PromoRequest) -> Iterator[dict[str, Any]]:
    """How every deadline of the request was counted, the latest first: its reviews, then the lead of its submission."""
    submissions = list(request.submissions.all())
    for submission in reversed(submissions):
        for step in reversed(submission.steps.all()):
            if step.deadline:
                yield {
                    "label": step.get_kind_display(),
                    "submission": submission.number if len(submissions) > 1 else None,
                    "started_at": step.started_at,
                    "due_at": step.due_at,
                    "open": not step.decision and request.state in IN_REVIEW,
                    **clock_days(step.deadline),
                }
        if submission.lead:
            yield {
                "label": gettext("Lead time"),
                "submission": submission.number if len(submissions) > 1 else None,
                "starts_on": date.fromisoformat(submission.content["starts_on"]),
                "submitted_at": submission.submitted_at,
                **clock_days(submission.lead),
            }


def _applicant_acts(request: PromoRequest, user: Any, at: datetime) -> dict[str, bool]:
    """What the applicant's side can do with the request now."""
    try:
        require_applicant_side(user, request)
    except NotPermitted:
        return {}
    return {
        "edit": PROMO_LIFE.allows(request.state, PromoAct.EDIT),
        "delete": request.state == PromoState.DRAFT,
        "submit": PROMO_LIFE.allows(request.state, PromoAct.SUBMIT),
        "withdraw": objection_to_withdrawal(request.state, request.starts_on, business_day(at)) is None,
        "withdraw_approved": request.state == PromoState.APPROVED,
    }
