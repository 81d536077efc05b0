"""Reading policy versions: which was in force when, and which a person may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.choices import PolicyState
from dealers.errors import Refused
from dealers.foundation.clock import business_day
from dealers.foundation.digest import sha256_hex
from dealers.models import PolicyVersion, User
from dealers.permissions import can


class NoPolicyInForce(Refused):
    code = "no_policy_in_force"
    sentence = _("No channel policy is in force on %(on)s. Publish one that covers this day.")


def first_day(version: PolicyVersion) -> date:
    """The day a version takes effect; a policy never begins in the mists of time."""
    day = version.valid.lower
    if day is None:
        raise ValueError(f"{version} has no first day")
    return day


def published_policies() -> QuerySet[PolicyVersion]:
    """Every version that is or was to be in force, the earliest first. The authored text is left unread."""
    return PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).order_by("valid").defer("source")


def policy_in_force(on: date) -> PolicyVersion | None:
    """The published version that covers a business day; None when there is none."""
    return published_policies().filter(valid__contains=on).first()


def policy_at(instant: datetime) -> PolicyVersion | None:
    """The published version in force at an instant."""
    return policy_in_force(business_day(instant))


def required_policy(on: date) -> PolicyVersion:
    """The published version that covers a business day. Raises :class:`NoPolicyInForce`."""
    policy = policy_in_force(on)
    if policy is None:
        raise NoPolicyInForce(on=on.isoformat())
    return policy


def policies_between(first: date, last: date) -> list[PolicyVersion]:
    """The published versions in force on any day from `first` up to, not including, `last`; the earliest first."""
    return list(published_policies().filter(valid__overlap=(first, last)))


def altered_policies() -> Iterator[PolicyVersion]:
    """The published versions whose stored terms are no longer those their fingerprint was taken of."""
    for version in published_policies():
        if sha256_hex(version.document) != version.digest:
            yield version


def visible_policies(user: User) -> QuerySet[PolicyVersion]:
    """What a person may see: HQ every version, a dealer's people those that were published."""
    if not can(user, "policy.view"):
        return PolicyVersion.objects.none()
    versions = PolicyVersion.objects.select_related("drafted_by", "published_by").defer("source")
    return versions.filter(state=PolicyState.PUBLISHED) if user.is_dealer_side else versions
