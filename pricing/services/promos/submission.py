"""Submitting a request: lead time, what is submitted, and the legal review that opens with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.foundation.working_days import WorkCalendar, latest_submission, lead_is_sufficient
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import required_policy
from dealers.services.audit import record_audit
from pricing.choices import Authority, StepKind
from pricing.errors import LeadTooShort, PromoInvalid
from pricing.models import PromoRequest, PromoSubmission
from pricing.rules.ad_clearances import carried_clearances
from pricing.rules.ad_terms import Hit, scan_ad_copy
from pricing.rules.lead_time import Lead, lead_before
from pricing.rules.promo_content import faults_in
from pricing.rules.promo_flow import PromoAct
from pricing.selectors.ad_terms import load_ad_terms
from pricing.services.promos.acting import (
    Actor,
    audit_actor,
    label_of,
    locked_promo,
    move,
    person_of,
    require_applicant_side,
)
from pricing.services.promos.attachments import attachments_record
from pricing.services.promos.drafts import content_of
from pricing.services.promos.notices import tell_reviewers
from pricing.services.promos.steps import open_step
from pricing.terms import pricing_terms


@transaction.atomic
def submit_promo(*, code: str, actor: Actor, at: datetime) -> PromoRequest:
    """Hand a draft or a returned request in for review.

    Raises :class:`~pricing.errors.LeadTooShort` when the start is too near, naming the earliest one possible.
    """
    request = locked_promo(actor, code)
    require_applicant_side(actor, request)
    before = request.state
    move(request, PromoAct.SUBMIT)
    content = content_of(request)
    if findings := faults_in(content):
        raise PromoInvalid(findings)
    policy = required_policy(business_day(at))
    terms = pricing_terms(policy).promo
    calendar = current_calendar()
    _require_lead(at, content.starts_on, terms.lead_working_days, calendar)

    request.submitted_at = at
    request.submitted_by = person_of(actor)
    submission = PromoSubmission.objects.create(
        request=request,
        number=request.submissions.count() + 1,
        content={**content.as_record(), "attachments": attachments_record(request)},
        lead=lead_record(lead_before(content.starts_on, terms.lead_working_days, calendar), terms.lead_working_days),
        submitted_at=at,
        submitted_by=label_of(actor),
    )
    move(request, PromoAct.OPEN_REVIEW)
    request.save(update_fields=["state", "submitted_at", "submitted_by"])
    step = open_step(
        submission=submission,
        kind=StepKind.LEGAL,
        authority=Authority.LEGAL,
        working_days=terms.legal_working_days,
        calendar=calendar,
        at=at,
        routing={"policy": str(policy)},
        findings=_findings_in(content.ad_copy, submission),
    )
    record_audit(
        actor=audit_actor(actor),
        action="promo.submit",
        subject=request,
        at=at,
        before={"state": before},
        after={"state": request.state, "submission": submission.number, "policy": str(policy), **submission.content},
        dealer_id=request.applicant_id,
    )
    tell_reviewers(request, step, at=at)
    return request


def earliest_start(submitted_on: date, working_days: int, calendar: WorkCalendar) -> date:
    """The first day a promotion submitted on ``submitted_on`` may start."""
    day = submitted_on + timedelta(days=1)
    while latest_submission(day, working_days, calendar) < submitted_on:
        day += timedelta(days=1)
    return day


def lead_record(lead: Lead, working_days: int) -> dict[str, Any]:
    """How the lead was counted, as the submission keeps it."""
    return {
        "working_days": working_days,
        "latest": lead.latest.isoformat(),
        "counted": [day.isoformat() for day in lead.counted],
        "skipped": [[day.isoformat(), why.value] for day, why in lead.skipped],
        "provisional": lead.provisional,
        "calendar": lead.calendar_version,
    }


def _require_lead(at: datetime, starts_on: date, working_days: int, calendar: WorkCalendar) -> None:
    if not lead_is_sufficient(at, starts_on, working_days, calendar):
        raise LeadTooShort(
            starts_on=starts_on.isoformat(),
            latest=latest_submission(starts_on, working_days, calendar).isoformat(),
            days=working_days,
            earliest=earliest_start(business_day(at), working_days, calendar).isoformat(),
        )


def _findings_in(ad_copy: str, submission: PromoSubmission) -> list[dict[str, Any]]:
    """The scan's hits as the legal step keeps them; each waits to be cleared, unless legal did so before."""
    hits = scan_ad_copy(ad_copy, load_ad_terms())
    cleared = _cleared_before(submission, ad_copy, hits)
    return [
        {
            "start": hit.start,
            "end": hit.end,
            "text": hit.text,
            "term": hit.term,
            "category": hit.category,
            "reference": hit.reference,
            "cleared": clearance,
        }
        for hit, clearance in zip(hits, cleared, strict=True)
    ]


def _cleared_before(submission: PromoSubmission, ad_copy: str, hits: Sequence[Hit]) -> list[dict[str, Any] | None]:
    """The clearances the submission before gave to wordings whose sentence stayed the same, with its number."""
    earlier = submission.request.submissions.filter(number=submission.number - 1).first()
    legal = earlier.steps.filter(kind=StepKind.LEGAL).first() if earlier else None
    if earlier is None or legal is None:
        return [None] * len(hits)
    carried = carried_clearances(earlier.content["ad_copy"], legal.findings, ad_copy, hits)
    return [None if clearance is None else {"carried_from": earlier.number, **clearance} for clearance in carried]
