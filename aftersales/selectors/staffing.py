"""After-sales teams: who belongs to them, what they are certified for, and where people are missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from aftersales.choices import CertificateState
from aftersales.models import TeamCertificate, TeamMember
from aftersales.permissions import can
from aftersales.rules.staffing import Certified, Headcount, headcount
from aftersales.terms import aftersales_terms
from dealers.choices import DealerState
from dealers.models import Dealer, DealerTier
from dealers.selectors.policies import policy_in_force
from dealers.selectors.visibility import visible_dealers


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A dealer's team on a day: how many certified people it has and needs, and how many papers wait for a check."""

    dealer: Dealer
    tier: str
    count: Headcount
    pending: int


def visible_members(user: Any) -> QuerySet[TeamMember]:
    """The team members of the dealers in sight."""
    members = TeamMember.objects.order_by("pk")
    if not getattr(user, "is_authenticated", False):
        return members.none()
    if user.dealer_id is not None:
        return members.filter(dealer=user.dealer_id)
    if not getattr(user, "is_hq_system", False) and not can(user, "teams.view"):
        return members.none()
    return members.filter(dealer__in=visible_dealers(user).values("pk"))


def team_of(dealer_id: int) -> list[TeamMember]:
    """Everybody who is or was in a dealer's team, with their certificates; two queries."""
    certificates = Prefetch("certificates", TeamCertificate.objects.select_related("file").order_by("-valid", "pk"))
    return list(TeamMember.objects.filter(dealer=dealer_id).prefetch_related(certificates).order_by("pk"))


def certificates_to_check(user: Any) -> QuerySet[TeamCertificate]:
    """Certificates that wait for headquarters, the oldest first."""
    pending = TeamCertificate.objects.filter(state=CertificateState.PENDING).select_related("member", "dealer", "file")
    if not can(user, "teams.check"):
        return pending.none()
    return pending.filter(dealer__in=visible_dealers(user).values("pk")).order_by("pk")


def headcounts(on: date, dealer_ids: Collection[int] | None = None) -> dict[int, tuple[str, Headcount]]:
    """Of every active dealer, or of those named: its tier and its certified people on a day. Four queries."""
    policy = policy_in_force(on)
    minimum = dict(aftersales_terms(policy).min_staff.items()) if policy is not None else {}
    wanted = Q(pk__gt=0, state=DealerState.ACTIVE) if dealer_ids is None else Q(pk__in=list(dealer_ids))
    dealers = list(Dealer.objects.filter(wanted).values_list("pk", flat=True))
    tiers = dict(DealerTier.objects.filter(dealer__in=dealers, valid__contains=on).values_list("dealer", "tier"))
    certified = _certified(on, dealers)
    return {
        dealer_id: (
            tiers.get(dealer_id, ""),
            headcount(certified.get(dealer_id, ()), on=on, tier=tiers.get(dealer_id), minimum=minimum),
        )
        for dealer_id in dealers
    }


def staff_shortfalls(on: date) -> dict[int, int]:
    """How many certified people each active dealer lacks on a day; dealers that lack none are absent."""
    return {dealer_id: count.short for dealer_id, (_tier, count) in headcounts(on).items() if count.short}


def standings(dealers: Collection[Dealer], on: date) -> list[TeamStanding]:
    """The teams of some dealers on a day, in their order."""
    keys = [dealer.pk for dealer in dealers]
    counts = headcounts(on, keys)
    pending: dict[int, int] = {}
    waiting = TeamCertificate.objects.filter(dealer__in=keys, state=CertificateState.PENDING)
    for dealer_id in waiting.values_list("dealer_id", flat=True):
        pending[dealer_id] = pending.get(dealer_id, 0) + 1
    return [TeamStanding(dealer, *counts[dealer.pk], pending.get(dealer.pk, 0)) for dealer in dealers]


def _certified(on: date, dealers: list[int]) -> dict[int, list[Certified]]:
    rows = TeamCertificate.objects.filter(
        dealer__in=dealers, state=CertificateState.CONFIRMED, valid__contains=on, member__valid__contains=on
    ).select_related("member")
    found: dict[int, list[Certified]] = {}
    for row in rows:
        one = Certified(row.member_id, row.member.first_day, row.member.valid.upper, row.first_day, row.until)
        found.setdefault(row.dealer_id, []).append(one)
    return found
