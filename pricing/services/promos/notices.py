"""Who is told about a request: reviewers when it is theirs, the applicant when it is decided, all when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from dealers.choices import DEALER_ROLES, NoticeKind, Role
from dealers.models import User
from dealers.services.notices import tell
from pricing.choices import Authority, Decision
from pricing.models import PromoRequest, PromoStep
from pricing.services.promos.routes import people_holding
from pricing.services.promos.steps import day_text, parts_in

_REASON_OF = {
    Decision.APPROVE: "promo_approved",
    Decision.REJECT: "promo_rejected",
    Decision.RETURN: "promo_returned",
}


def tell_reviewers(request: PromoRequest, step: PromoStep, *, at: datetime) -> None:
    """Everybody who may decide the step."""
    _tell(_deciders(request, step), "promo_submitted", f"promo-step-{step.pk}", request, step, at)


def tell_applicant(request: PromoRequest, step: PromoStep, *, at: datetime) -> None:
    """The dealer's people, or whoever drafted it at HQ."""
    if request.applicant_id is not None:
        people = list(User.objects.filter(dealer=request.applicant_id, is_active=True, role__in=DEALER_ROLES))
    else:
        people = [person for person in (request.created_by, request.submitted_by) if person is not None]
    key = f"promo-decided-{step.pk}"
    _tell(set(people), _REASON_OF[Decision(step.decision)], key, request, step, at)


def tell_late(request: PromoRequest, step: PromoStep, *, at: datetime) -> int:
    """Those who let the step pass its deadline, and one office above them. Each once; returns how many were new."""
    above = {Authority.LEGAL: Role.MARKETING_DIRECTOR}.get(Authority(step.authority), Role.GENERAL_MANAGER)
    superiors = User.objects.filter(role=above, is_active=True)
    people = {*_deciders(request, step), *superiors}
    return _tell(people, "promo_late", f"promo-late-{step.pk}", request, step, at)


def _deciders(request: PromoRequest, step: PromoStep) -> list[User]:
    parts = parts_in(request)
    barred = parts.proposers if step.authority == Authority.LEGAL else parts.barred
    return [person for person in people_holding(step.authority) if person.pk not in barred]


def _tell(people: Iterable[User], reason: str, key: str, request: PromoRequest, step: PromoStep, at: datetime) -> int:
    params: dict[str, Any] = {
        "reason": reason,
        "code": request.code,
        "applicant": request.applicant.name if request.applicant else "HQ",
        "due_at": day_text(step.due_at),
        "remark": step.reason,
    }
    url = reverse("promo-detail", args=[request.code])
    return tell(recipients=people, kind=NoticeKind.PROMO, key=key, params=params, url=url, at=at)
