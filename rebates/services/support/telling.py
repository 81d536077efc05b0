"""Who is told about a supported activity: those who decide when it is theirs, the dealer when it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from dealers.choices import Announcement, NoticeKind, Role
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import User
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.webhooks import announce
from rebates.choices import SupportState
from rebates.models import SupportActivity


def tell_managers(activity: SupportActivity, *, at: datetime) -> int:
    """The channel managers of the dealer's regions: it is theirs to reserve."""
    people = managers_of_dealers([activity.dealer_id]).get(activity.dealer_id, [])
    return _tell(people, "support_asked", activity, amount=activity.budget, at=at)


def tell_verifiers(activity: SupportActivity, *, at: datetime) -> int:
    """Marketing directors and finance approvers, except who reserved it: the proof is theirs to judge."""
    roles = (Role.MARKETING_DIRECTOR, Role.FINANCE_APPROVER)
    people = User.objects.filter(role__in=roles, is_active=True).exclude(pk=activity.reserved_by_id or 0)
    return _tell(people, "support_proven", activity, amount=activity.claimed, at=at)


def tell_dealer(activity: SupportActivity, reason: str, *, amount: Decimal | None, at: datetime) -> int:
    """The dealer's people, and the systems that listen."""
    announce(
        event=Announcement.SUPPORT_DECIDED,
        dealer_id=activity.dealer_id,
        data={
            "number": activity.number,
            "state": str(activity.state),
            "amount": f"{amount or 0:.2f}",
            "reason": activity.reason,
        },
        at=at,
    )
    return _tell(_people(activity), reason, activity, amount=amount, at=at)


def remind_dealer(activity: SupportActivity, due_at: datetime, *, at: datetime) -> int:
    """The dealer's people, shortly before the money lapses."""
    reason = "support_reserved_ends" if activity.state == SupportState.RESERVED else "support_proof_due"
    amount = activity.reserved if activity.state == SupportState.RESERVED else activity.committed
    return _tell(_people(activity), reason, activity, amount=amount, at=at, due_at=due_at)


def _people(activity: SupportActivity) -> list[User]:
    return people_of_dealers([activity.dealer_id]).get(activity.dealer_id, [])


def _tell(
    people: Iterable[User],
    reason: str,
    activity: SupportActivity,
    *,
    amount: Decimal | None,
    at: datetime,
    due_at: datetime | None = None,
) -> int:
    last = activity.steps.order_by("-pk").values_list("pk", flat=True).first()
    due = (
        due_at or activity.reserved_until
        if activity.state == SupportState.RESERVED
        else due_at or activity.proof_due_at
    )
    return tell(
        recipients=people,
        kind=NoticeKind.SUPPORT,
        key=f"{reason}-{activity.pk}-{last}",
        params={
            "reason": reason,
            "number": activity.number,
            "dealer": activity.dealer.name,
            "purpose": activity.purpose,
            "amount": f"{amount or 0:,.2f}",
            "remark": activity.reason,
            "due_at": "" if due is None else due.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"),
        },
        at=at,
        url=reverse("market-support-activity", args=[activity.number]),
    )
