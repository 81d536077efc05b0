"""Who is told what after a promotion: its applicant what to record by when, HQ what can be judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from dealers.choices import DEALER_ROLES, NoticeKind, Role
from dealers.models import User
from dealers.services.notices import managers_of_dealers, tell
from pricing.choices import Decision, StepKind
from pricing.models import PromoAccount, PromoRequest, PromoStep
from pricing.services.promos.judges import parts_of
from pricing.services.promos.steps import day_text

#: Who is asked to judge what a promotion brought; others who may need no asking.
_ASKED = (Role.MARKETING_DIRECTOR, Role.POLICY_MANAGER)


def tell_spend_due(request: PromoRequest, account: PromoAccount, *, at: datetime) -> int:
    """The applicant's people, once the promotion has ended."""
    return _tell(_applicants(request), "promo_spend_due", request, at, due_at=day_text(account.due_at))


def tell_spend_late(request: PromoRequest, account: PromoAccount, spend: Decimal, *, at: datetime) -> int:
    """The applicant's people, and those at HQ who can judge it now."""
    people = {*_applicants(request), *_evaluators(request)}
    return _tell(people, "promo_spend_late", request, at, due_at=day_text(account.due_at), spend=money(spend))


def tell_evaluators(request: PromoRequest, spend: Decimal, *, at: datetime) -> int:
    """Those at HQ who can judge it, when the spend is complete."""
    return _tell(_evaluators(request), "promo_to_evaluate", request, at, spend=money(spend))


def tell_over_budget(request: PromoRequest, spend: Decimal, *, at: datetime) -> int:
    """Whoever granted the budget, and the applicant's people; the first time it is exceeded."""
    steps = PromoStep.objects.filter(
        submission__request=request, kind=StepKind.BUDGET, decision=Decision.APPROVE, decided_by__is_active=True
    ).select_related("decided_by")
    granters = {step.decided_by for step in steps if step.decided_by is not None}
    people = {*_applicants(request), *granters}
    return _tell(people, "promo_over_budget", request, at, spend=money(spend), budget=money(request.budget))


def tell_evaluated(request: PromoRequest, version: int, *, at: datetime) -> int:
    """The applicant's people, for each version."""
    return _tell(_applicants(request), "promo_evaluated", request, at, number=version)


def money(amount: Decimal) -> str:
    """An amount as notices write it."""
    return f"¥{amount:,.2f}"


def _applicants(request: PromoRequest) -> set[User]:
    if request.applicant_id is not None:
        return set(User.objects.filter(dealer=request.applicant_id, is_active=True, role__in=DEALER_ROLES))
    asked = {request.created_by, request.submitted_by}
    return {person for person in asked if person is not None and person.is_active}


def _evaluators(request: PromoRequest) -> set[User]:
    people = set(User.objects.filter(role__in=_ASKED, is_active=True))
    if request.applicant_id is not None:
        people.update(managers_of_dealers([request.applicant_id]).get(request.applicant_id, ()))
    parts = parts_of(request)
    return {person for person in people if person.pk not in parts.barred}


def _tell(
    people: Iterable[User], reason: str, request: PromoRequest, at: datetime, number: int = 0, **given: str
) -> int:
    params = {
        "reason": reason,
        "code": request.code,
        "applicant": request.applicant.name if request.applicant else "HQ",
        **given,
    }
    key = f"{reason}-{request.pk}-{number}"
    url = reverse("promo-results", args=[request.code])
    return tell(recipients=people, kind=NoticeKind.PROMO, key=key, params=params, url=url, at=at)
