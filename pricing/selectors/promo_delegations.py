"""Who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dealers.choices import Role
from dealers.models import User
from pricing.models import PromoDelegation
from pricing.permissions import can
from pricing.rules.promo_delegation import STAND_INS
from pricing.rules.promo_duties import Person


def visible_delegations(user: Any) -> QuerySet[PromoDelegation]:
    """The delegations a person may see: their own, given and taken; the general manager and the auditor see all."""
    found = PromoDelegation.objects.select_related("delegator", "delegate", "recorded_by", "ended_by")
    if not can(user, "promos.see_delegations"):
        return found.none()
    if user.role in (Role.GENERAL_MANAGER, Role.AUDITOR):
        return found
    return found.filter(Q(delegator=user) | Q(delegate=user))


def delegations_on(day: date) -> QuerySet[PromoDelegation]:
    """Those in force on a day, of people who still work here."""
    return PromoDelegation.objects.filter(
        days__contains=day, ended_at__isnull=True, delegator__is_active=True, delegate__is_active=True
    )


def person_on(user: User, day: date) -> Person:
    """A person with those it stands in for on that day. One query."""
    return persons_on([user], day)[0]


def persons_on(users: Iterable[User], day: date) -> list[Person]:
    """Several people, each with those they stand in for on that day. One query."""
    people = list(users)
    away: dict[int, list[Person]] = {}
    taken = delegations_on(day).filter(delegate__in=[user.pk for user in people])
    for one in taken.select_related("delegator").order_by("pk"):
        if one.delegate_id is not None:
            away.setdefault(one.delegate_id, []).append(Person(one.delegator.pk, one.delegator.role))
    return [Person(user.pk, user.role if user.is_active else "", tuple(away.get(user.pk, ()))) for user in people]


def deputies_of(users: Iterable[User], day: date) -> list[User]:
    """Those who stand in on that day for any of these people. One query."""
    deputies = delegations_on(day).filter(delegator__in=[user.pk for user in users]).values("delegate")
    return list(User.objects.filter(pk__in=deputies, is_active=True).order_by("pk"))


def possible_stand_ins(delegator: User) -> list[User]:
    """Who may stand in for somebody, by name."""
    roles = STAND_INS.get(delegator.role, ())
    return list(User.objects.filter(role__in=roles, is_active=True).exclude(pk=delegator.pk).order_by("username"))
