"""Everything the detail pane of a promotion request shows, in the reader's language."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import business_day
from dealers.foundation.working_days import DayOff
from dealers.models import User
from pricing.choices import AdClaim, AdRule, Authority, PromoKind, PromoState, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_content import Change, changes_between
from pricing.rules.promo_duties import Person, objection_to_reviewer
from pricing.rules.promo_flow import IN_REVIEW, PROMO_LIFE, PromoAct, objection_to_withdrawal
from pricing.selectors.promo_review import Review, last_step
from pricing.services.promos.acting import require_applicant_side
from pricing.services.promos.budget import tally_of
from pricing.services.promos.steps import parts_in
from pricing.web.promo_rows import band_lines, check_words, counted_days
from pricing.web.promo_timeline import timeline_of

FIELD_LABELS = {
    "title": _("Title"),
    "kind": _("Kind"),
    "starts_on": _("First day"),
    "ends_on": _("Ends before"),
    "budget": _("Budget"),
    "brand_share": _("Share borne by the brand"),
    "goal": _("Goals"),
    "ad_copy": _("Ad copy"),
    "items": _("Promo price"),
    "regions": _("Regions"),
    "dealers": _("Dealers"),
}
DAY_OFF_WORDS = {
    DayOff.WEEKEND: _("weekend"),
    DayOff.HOLIDAY: _("holiday"),
    DayOff.PROVISIONAL_HOLIDAY: _("expected holiday"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of the ad copy, or of a difference; `tone` marks it, `number` names the finding."""

    text: str
    tone: str = ""
    number: int | None = None


def pane_of(review: Review, user: Any, *, at: datetime) -> dict[str, Any]:
    """The context of `promos/pane.html`."""
    request = review.request
    step = last_step(request)
    open_step = step if step is not None and request.state in IN_REVIEW else None
    legal = last_step(request, StepKind.LEGAL)
    budget = last_step(request, StepKind.BUDGET)
    decision = _decision(request, open_step, user, at)
    return {
        "request_": request,
        "review": review,
        "checks": [check_words(check) for check in review.checks],
        "bands": band_lines(review),
        "open_step": open_step,
        "counted": counted_days(open_step) if open_step else "",
        "copy": list(copy_pieces(request.ad_copy, legal.findings if legal else [])),
        "findings": _findings(legal),
        "routing": budget.routing if budget else None,
        "authority": Authority(budget.authority).label if budget else "",
        "routing_added": _with_amounts(budget),
        "passed_over": [Authority(name).label for name in (budget.routing.get("passed_over") or ())] if budget else [],
        "deadline_days": deadline_days(open_step) if open_step else [],
        "changes": _changes(request),
        "submissions": len(request.submissions.all()),
        "timeline": timeline_of(request, user, at=at),
        "decision": decision,
        "applicant_acts": _applicant_acts(request, user, at),
        "kind_label": PromoKind(request.kind).label,
        "last_day": request.ends_on - timedelta(days=1),
        "days": (request.ends_on - request.starts_on).days,
        "is_dealer": user.dealer_id is not None,
        "selected": request.code,
    }


def copy_pieces(copy: str, findings: list[dict[str, Any]]) -> Iterator[Piece]:
    """The ad copy cut at the wordings found in it."""
    at = 0
    for number, finding in enumerate(findings):
        if finding["start"] < at or copy[finding["start"] : finding["end"]] != finding["text"]:
            continue  # the copy was changed after the scan; the next submission scans it anew
        yield Piece(copy[at : finding["start"]])
        yield Piece(finding["text"], "ok" if finding["cleared"] else "bad", number)
        at = finding["end"]
    yield Piece(copy[at:])


def difference_pieces(before: str, after: str) -> Iterator[Piece]:
    """Both texts as one, with what was taken out (`del`) and put in (`ins`)."""
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(before[i:j])
            continue
        if i < j:
            yield Piece(before[i:j], "del")
        if k < m:
            yield Piece(after[k:m], "ins")


def deadline_days(step: PromoStep) -> list[dict[str, Any]]:
    """Every day from the one after the trigger to the last counted: counted as which, or why not."""
    counted = step.deadline.get("counted", [])
    skipped = dict(step.deadline.get("skipped", []))
    days = sorted({*counted, *skipped})
    return [
        {
            "day": date.fromisoformat(day),
            "number": counted.index(day) + 1 if day in counted else None,
            "make_up": day in counted and date.fromisoformat(day).weekday() >= 5,
            "why": DAY_OFF_WORDS[DayOff(skipped[day])] if day in skipped else "",
        }
        for day in days
    ]


def _findings(legal: PromoStep | None) -> list[dict[str, Any]]:
    if legal is None:
        return []
    return [
        {
            **finding,
            "number": number,
            "category_label": AdClaim(finding["category"]).label,
            "reference_label": AdRule(finding["reference"]).label,
        }
        for number, finding in enumerate(legal.findings)
    ]


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


def _changes(request: PromoRequest) -> list[dict[str, Any]]:
    """What the last submission changed against the one before."""
    submissions = list(request.submissions.all())
    if len(submissions) < 2:
        return []
    changes = changes_between(submissions[-2].content, submissions[-1].content)
    return [_change_words(change) for change in changes]


def _change_words(change: Change) -> dict[str, Any]:
    label = str(FIELD_LABELS[change.field])
    text = change.field in ("ad_copy", "goal", "title")
    return {
        "label": f"{label} · {change.key}" if change.key else label,
        "before": change.before,
        "after": change.after,
        "is_money": change.field in ("budget", "items"),
        "pieces": list(difference_pieces(change.before, change.after)) if text else [],
    }


def _decision(request: PromoRequest, step: PromoStep | None, user: Any, at: datetime) -> dict[str, Any] | None:
    """The form in place for whoever may decide the open step, or why a reviewer may not."""
    if step is None or not isinstance(user, User) or user.is_dealer_side:
        return None
    parts = parts_in(request)
    objection = objection_to_reviewer(Person(user.pk, user.role), step.authority, parts)
    meeting = step.authority == Authority.GM_OFFICE_MEETING
    tally = tally_of(request, step, parts) if meeting else None
    voted = next((vote for vote in step.votes.all() if vote.voter_id == user.pk), None)
    if objection is not None and objection.code == "not_the_authority":
        return {"allowed": False, "why": "", "tally": tally, "meeting": meeting, "office": step.get_authority_display()}
    is_chair = user.role == Role.GENERAL_MANAGER
    return {
        "allowed": objection is None and voted is None,
        "why": objection.render() if objection else "",
        "voted": voted,
        "meeting": meeting,
        "tally": tally,
        "chair": meeting and is_chair and objection is None,
        "can_close": meeting and is_chair and objection is None and tally is not None and tally.has_quorum,
        "may_return": not meeting or is_chair,
        "legal": step.kind == StepKind.LEGAL,
        "uncleared": sum(1 for finding in step.findings if finding["cleared"] is None),
        "over": business_day(at) >= request.ends_on,
        "office": step.get_authority_display(),
    }


def _applicant_acts(request: PromoRequest, user: Any, at: datetime) -> dict[str, bool]:
    """What the applicant's side can do with the request now."""
    try:
        require_applicant_side(user, request)
    except NotPermitted:
        return {}
    return {
        "edit": PROMO_LIFE.allows(request.state, PromoAct.EDIT),
        "submit": PROMO_LIFE.allows(request.state, PromoAct.SUBMIT),
        "withdraw": objection_to_withdrawal(request.state, request.starts_on, business_day(at)) is None,
        "withdraw_approved": request.state == PromoState.APPROVED,
    }
