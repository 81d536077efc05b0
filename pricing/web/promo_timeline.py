"""What happened to a promotion request, the oldest first, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealers.choices import Role
from dealers.foundation.clock import start_of_day
from dealers.models import User
from pricing.choices import Authority, Decision, PromoState, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_flow import IN_REVIEW

_TONES = {Decision.APPROVE: "ok", Decision.REJECT: "bad", Decision.RETURN: "warn"}


def timeline_of(request: PromoRequest, user: Any, *, at: datetime, open_votes: bool = True) -> list[dict[str, Any]]:
    """Entries for the timeline component. A dealer reads offices where HQ reads names.

    Votes of an open meeting are told only to those who may see them.
    """
    return list(_entries(request, at, named=user.dealer_id is None, open_votes=open_votes))


def _entries(request: PromoRequest, at: datetime, *, named: bool, open_votes: bool) -> Iterator[dict[str, Any]]:
    if request.taken_over:
        yield {"title": _("Approved elsewhere and taken over"), "at": request.approved_at, "tone": "ok"}
        return
    names = [submission.submitted_by for submission in request.submissions.all()]
    people = {person.username: str(person) for person in User.objects.filter(username__in=names)}
    author = str(request.created_by) if request.created_by else request.created_by_key
    yield {"title": _("Drafted"), "at": request.created_at, "actor": author}
    for submission in request.submissions.all():
        title = _("Submitted") if submission.number == 1 else _("Submitted again, no. %d") % submission.number
        actor = people.get(submission.submitted_by, submission.submitted_by)
        yield {"title": title, "at": submission.submitted_at, "actor": actor}
        for step in submission.steps.all():
            yield from _step_entries(request, step, at, named, open_votes or bool(step.decision))
    if request.withdrawn_at:
        yield {"title": _("Withdrawn by the applicant"), "at": request.withdrawn_at, "tone": "warn"}
    elif request.state in (PromoState.APPROVED, PromoState.RUNNING, PromoState.ENDED, PromoState.EVALUATED):
        yield _clock_entry(_("Promotion starts"), _("Promotion started"), start_of_day(request.starts_on), at)
        yield _clock_entry(_("Promotion ends"), _("Promotion ended"), start_of_day(request.ends_on), at)


def _step_entries(
    request: PromoRequest, step: PromoStep, at: datetime, named: bool, open_votes: bool
) -> Iterator[dict[str, Any]]:
    office = Authority(step.authority).label
    if named:
        yield from _escalations(step)
    if named and open_votes:
        for vote in step.votes.all():
            yield {
                "title": _("Vote for") if vote.in_favour else _("Vote against"),
                "at": vote.voted_at,
                "actor": str(vote.voter),
                "quote": vote.reason,
            }
    if step.decision:
        late = _("late") if step.decided_at and step.decided_at >= step.due_at else ""
        yield {
            "title": f"{StepKind(step.kind).label} · {_outcomes()[Decision(step.decision)]}",
            "at": step.decided_at,
            "actor": str(step.decided_by) if step.decided_by and named else office,
            "note": " · ".join(filter(None, [_behalf(step) if named else "", late])),
            "quote": step.reason,
            "tone": _TONES[Decision(step.decision)],
        }
    elif request.state in IN_REVIEW:
        overdue = at >= step.due_at
        yield {
            "title": _("%(step)s waits for: %(office)s") % {"step": StepKind(step.kind).label, "office": office},
            "at": step.due_at,
            "note": _("was due then") if overdue else _("due then"),
            "tone": "bad" if overdue else "wait",
        }


def _behalf(step: PromoStep) -> str:
    return _("on behalf of %(name)s") % {"name": step.on_behalf_of} if step.on_behalf_of else ""


def _escalations(step: PromoStep) -> Iterator[dict[str, Any]]:
    for escalation in step.escalations.all():
        words = _("Called out as late, level %(level)s: %(office)s was told")
        yield {
            "title": words % {"level": escalation.level, "office": Role(escalation.office).label},
            "at": escalation.at,
            "note": ngettext("%(count)d person", "%(count)d people", escalation.told) % {"count": escalation.told},
            "tone": "bad",
        }


def _outcomes() -> dict[Decision, str]:
    return {Decision.APPROVE: _("approved"), Decision.REJECT: _("rejected"), Decision.RETURN: _("returned")}


def _clock_entry(ahead: str, past: str, moment: datetime, at: datetime) -> dict[str, Any]:
    return {"title": past if at >= moment else ahead, "at": moment, "tone": "ok" if at >= moment else "wait"}
