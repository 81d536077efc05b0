"""Violations for people: those in sight, narrowed, read on without counting, and what a half-month adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from dealers.selectors.visibility import visible_dealers
from pricing.choices import ViolationState
from pricing.errors import ViolationNotFound
from pricing.models import Violation
from pricing.permissions import can
from pricing.selectors.ladder import Ladder, at_standing, confirmed_violations, ladder, with_standing

CLEARED, CHANGED = "cleared", "changed"
#: From this place on the ladder's last step is usual; a list offers it as "or later".
LATER_FROM = 3


class ViolationPlace(NamedTuple):
    """Where a row stands in the list."""

    period: int
    shortfall: Decimal
    id: int


@dataclass(frozen=True, slots=True)
class ViolationWish:
    """What a list is narrowed to; empty means all. ``state`` may also be ``cleared`` (no lines left) or ``changed``
    (decided about other lines); ``home`` is a province by code, ``standing`` the place in the rolling window.
    """

    period: HalfMonth | None = None
    kind: str = ""
    state: str = ""
    dealer: str = ""
    home: str = ""
    standing: int | None = None


def visible_violations(user: Any) -> QuerySet[Violation]:
    """The violations ``user`` may see: a dealer its own, a channel manager those of its regions, HQ all."""
    violations = Violation.objects.select_related("dealer", "decided_by")
    if not getattr(user, "is_authenticated", False):
        return violations.none()
    if user.dealer_id is not None:
        return violations.filter(dealer_id=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return violations
    if not can(user, "violations.view"):
        return violations.none()
    if user.role == Role.CHANNEL_MANAGER:
        return violations.filter(dealer_id__in=visible_dealers(user).values("pk"))
    return violations


def narrowed_violations(user: Any, wish: ViolationWish, terms: Ladder) -> QuerySet[Violation]:
    """The violations in sight that fit, the latest half-month first and in it the largest shortfall."""
    found = visible_violations(user).order_by("-period", "-shortfall", "-id")
    if wish.period is not None:
        found = found.filter(period=wish.period.ordinal)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.state == CLEARED:
        found = found.filter(lines=0)
    elif wish.state == CHANGED:
        found = found.filter(state=ViolationState.HANDED_OVER).exclude(decided_version=F("version"))
    elif wish.state:
        found = found.filter(state=wish.state, lines__gt=0)
    else:
        # What no longer exists is looked for by name, unless somebody acted on it.
        found = found.exclude(lines=0, state=ViolationState.GATHERED)
    if wish.dealer:
        found = found.filter(dealer__code=wish.dealer)
    if wish.home:
        at_home = Q(home_region__code=wish.home) | Q(home_region__parent__code=wish.home)
        found = found.filter(dealer_id__in=Dealer.objects.filter(at_home).values("pk"))
    found = with_standing(found, terms)
    if wish.standing is not None:
        found = at_standing(found, wish.standing, or_later=wish.standing >= LATER_FROM)
    return found


def violations_after(violations: QuerySet[Violation], place: ViolationPlace) -> QuerySet[Violation]:
    """The violations that follow ``place`` in the list."""
    return violations.filter(TupleLessThan(Tuple("period", "shortfall", "id"), tuple(place)))


def violation_of(user: Any, key: int) -> Violation:
    """One violation with its standing. Raises :class:`ViolationNotFound` also for one not to be seen."""
    found = with_standing(visible_violations(user).filter(pk=key), ladder()).first()
    if found is None:
        raise ViolationNotFound(key=key)
    return found


def earlier_violations(violation: Violation) -> QuerySet[Violation]:
    """The confirmed violations of the same dealer and kind in the window before this one, the latest first."""
    window: int = violation.window  # type: ignore[attr-defined]
    return (
        confirmed_violations()
        .filter(dealer_id=violation.dealer_id, kind=violation.kind)
        .filter(period__lt=violation.period, period__gt=violation.period - window)
        .order_by("-period")
    )


@dataclass(frozen=True, slots=True)
class HalfMonthSum:
    """What the violations in sight of a half-month add up to."""

    violations: int
    dealers: int
    waiting: int
    lines: int
    shortfall: Decimal


def sum_of(user: Any, period: HalfMonth) -> HalfMonthSum:
    """The figures above the list, in one query over the half-month."""
    found: dict[str, Any] = (
        visible_violations(user)
        .filter(period=period.ordinal, lines__gt=0)
        .order_by()
        .aggregate(
            violations=Count("pk"),
            dealers=Count("dealer", distinct=True),
            waiting=Count("pk", filter=Q(state=ViolationState.GATHERED)),
            lines=Sum("lines", default=0),
            shortfall=Sum("shortfall", default=Decimal(0)),
        )
    )
    return HalfMonthSum(**found)
