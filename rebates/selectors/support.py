"""Supported activities: which a person may see, and which wait for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from dealers.choices import Role
from dealers.selectors.visibility import dealers_in_regions
from rebates.choices import SupportState
from rebates.errors import SupportNotFound
from rebates.models import SupportActivity, SupportFile, SupportStep
from rebates.permissions import can


@dataclass(frozen=True, slots=True)
class SupportWish:
    """What a list of activities is narrowed to; empty means all."""

    state: str = ""
    quarter: str = ""
    words: str = ""


def visible_support(user: Any) -> QuerySet[SupportActivity]:
    """The activities ``user`` may see: a dealer its own, HQ those asked for, a channel manager of its regions."""
    found = SupportActivity.objects.order_by("-id")
    if not getattr(user, "is_authenticated", False):
        return found.none()
    if user.dealer_id is not None:
        return found.filter(dealer=user.dealer_id)
    asked = found.filter(asked_at__isnull=False)
    if getattr(user, "is_hq_system", False):
        return asked
    if not can(user, "support.view"):
        return found.none()
    return asked.filter(dealer__in=dealers_in_regions(user)) if user.role == Role.CHANNEL_MANAGER else asked


def narrowed_support(user: Any, wish: SupportWish) -> QuerySet[SupportActivity]:
    """The activities in sight that fit, the newest first, with their dealers."""
    found = visible_support(user).select_related("dealer")
    if wish.state:
        found = found.filter(state=wish.state)
    if wish.quarter:
        found = found.filter(quarter=wish.quarter)
    if wish.words:
        words = wish.words
        found = found.filter(
            Q(number__icontains=words) | Q(purpose__icontains=words) | Q(dealer__name__icontains=words)
        )
    return found


def support_by_number(user: Any, number: str) -> SupportActivity:
    """The activity with everything its page shows. Raises :class:`SupportNotFound` also for one not to be seen."""
    found = (
        visible_support(user)
        .filter(number=number)
        .select_related("dealer", "quota__policy", "promo", "reserved_by", "decided_by", "credit__reversed_by")
        .prefetch_related(
            "regions",
            Prefetch("steps", SupportStep.objects.order_by("pk")),
            Prefetch("files", SupportFile.objects.filter(removed_at=None).select_related("file").order_by("pk")),
        )
        .first()
    )
    if found is None:
        raise SupportNotFound(key=number)
    return found


def support_file(user: Any, number: str, key: int) -> SupportFile:
    """A file of an activity in sight. Raises :class:`SupportNotFound` or ``SupportFile.DoesNotExist``."""
    seen = visible_support(user).filter(number=number).values_list("pk", flat=True).first()
    if seen is None:
        raise SupportNotFound(key=number)
    return SupportFile.objects.select_related("file").get(activity=seen, pk=key)


def waiting_support(user: Any) -> QuerySet[SupportActivity]:
    """The activities this person can decide about now."""
    states = [
        state
        for state, capability in (
            (SupportState.PLANNED, "support.reserve"),
            (SupportState.PROVEN, "support.verify"),
        )
        if can(user, capability)
    ]
    found = visible_support(user).filter(state__in=states)
    return found.exclude(state=SupportState.PROVEN, reserved_by=user) if states else found.none()
