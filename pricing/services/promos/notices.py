"""Who is told about a request: reviewers when it is theirs, the applicant when it is decided, all when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from dealers.choices import DEALER_ROLES, Announcement, NoticeKind
from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.services.notices import tell
from dealers.services.webhooks import announce
from pricing.choices import Decision
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_duties import objection_to_reviewer
from pricing.rules.promo_escalation import Level
from pricing.selectors.promo_delegations import deputies_of, persons_on
from pricing.services.promos.routes import people_holding
from pricing.services.promos.steps import day_text, parts_in

_REASON_OF = {
    Decision.APPROVE: "promo_approved",
    Decision.REJECT: "promo_rejected",
    Decision.RETURN: "promo_returned",
}


def tell_reviewers(request: PromoRequest, step: PromoStep, *, at: datetime) -> None:
    """Everybody who may decide the step, and who stands in for one of them."""
    _tell(_deciders(request, step, at), "promo_submitted", f"promo-step-{step.pk}", request, step, at)


def tell_applicant(request: PromoRequest, step: PromoStep, *, at: datetime) -> None:
    """The dealer's people, or whoever drafted it at HQ; and the systems that listen."""
    if request.applicant_id is not None:
        people = list(User.objects.filter(dealer=request.applicant_id, is_active=True, role__in=DEALER_ROLES))
    else:
        people = [person for person in (request.created_by, request.submitted_by) if person is not None]
    key = f"promo-decided-{step.pk}"
    announce(
        event=Announcement.PROMO_DECIDED,
        dealer_id=request.applicant_id,
        data={"code": request.code, "state": str(request.state), "decision": str(step.decision), "reason": step.reason},
        at=at,
    )
    _tell(set(people), _REASON_OF[Decision(step.decision)], key, request, step, at)


def tell_late(request: PromoRequest, step: PromoStep, level: Level, *, at: datetime) -> int:
    """Those who let the step pass its deadline, and the office of this level above them.

    Each once per level; returns how many were told.
    """
    superiors = User.objects.filter(role=level.office, is_active=True)
    people = {*_deciders(request, step, at), *superiors}
    return _tell(people, "promo_late", f"promo-late-{step.pk}-{level.number}", request, step, at)


def _deciders(request: PromoRequest, step: PromoStep, at: datetime) -> list[User]:
    parts, day = parts_in(request), business_day(at)
    holders = people_holding(step.authority)
    people = list(dict.fromkeys([*holders, *deputies_of(holders, day)]))
    return [
        user
        for user, person in zip(people, persons_on(people, day), strict=True)
        if objection_to_reviewer(person, step.authority, parts) is None
    ]


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
