"""Recording who stands in for an approver who is away, and ending it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from dealers.choices import NoticeKind
from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.services.audit import record_audit
from dealers.services.notices import tell
from pricing.errors import DelegationNotFound, DelegationOverlaps, Objected, ReasonMissing
from pricing.models import PromoDelegation
from pricing.rules.promo_delegation import objection_to_delegation
from pricing.rules.promo_duties import Person
from pricing.selectors.promo_delegations import visible_delegations
from pricing.services.promos.steps import day_text


@transaction.atomic
def record_delegation(
    *, delegator: User, delegate: User, first_day: date, last_day: date, reason: str, actor: User, at: datetime
) -> PromoDelegation:
    """Let ``delegate`` decide in ``delegator``'s place from the first through the last day.

    Raises what :func:`~pricing.rules.promo_delegation.objection_to_delegation` objects, or
    :class:`~pricing.errors.DelegationOverlaps` when somebody stands in already on one of the days.
    """
    end = last_day + timedelta(days=1)
    objection = objection_to_delegation(
        _person(delegator), _person(delegate), _person(actor), first_day, end, business_day(at)
    )
    if objection is not None:
        raise Objected(objection, status=422)
    if not reason.strip():
        raise ReasonMissing
    try:
        with transaction.atomic():
            delegation = PromoDelegation.objects.create(
                delegator=delegator,
                delegate=delegate,
                days=(first_day, end),
                reason=reason.strip()[:500],
                recorded_by=actor,
                recorded_at=at,
            )
    except IntegrityError as refused:
        if "one_delegate_at_a_time" not in str(refused):
            raise
        raise DelegationOverlaps from refused
    record_audit(
        actor=actor,
        action="promo.delegate",
        subject=delegation,
        at=at,
        reason=reason,
        after={
            "from": delegator.get_username(),
            "to": delegate.get_username(),
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
        },
    )
    tell(
        recipients={delegate, delegator} - {actor},
        kind=NoticeKind.PROMO,
        key=f"promo-delegation-{delegation.pk}",
        params={
            "reason": "promo_delegated",
            "delegator": str(delegator),
            "delegate": str(delegate),
            "first_day": day_text(first_day),
            "last_day": day_text(last_day),
            "remark": reason.strip(),
        },
        url=reverse("promo-delegations"),
        at=at,
    )
    return delegation


@transaction.atomic
def end_delegation(*, delegation: int, actor: User, at: datetime) -> PromoDelegation:
    """End it now: the approver is back. Ending it again changes nothing.

    The delegator and whoever recorded it may; raises :class:`~pricing.errors.DelegationNotFound` for anybody else's.
    """
    seen = visible_delegations(actor).filter(pk=delegation).first()
    if seen is None or actor.pk not in (seen.delegator_id, seen.recorded_by_id):
        raise DelegationNotFound(key=delegation)
    found = PromoDelegation.objects.select_for_update().get(pk=seen.pk)
    if found.ended_at is not None:
        return found
    found.ended_at, found.ended_by = at, actor
    found.save(update_fields=["ended_at", "ended_by"])
    record_audit(actor=actor, action="promo.delegation_end", subject=found, at=at, after={"ended_at": at.isoformat()})
    return found


def _person(user: User) -> Person:
    return Person(user.pk, user.role if user.is_active else "")
