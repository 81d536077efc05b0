"""Referral leads: which a person may see, and how they are recognised without being named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from dealers.choices import Role
from dealers.foundation.money import ZERO
from dealers.models import Dealer, Region, SupplyHold
from dealers.selectors.covering import dealers_covering
from pricing.models import SaleLine
from rebates.choices import LeadState
from rebates.errors import LeadNotFound
from rebates.models import Lead, LeadAssignment, LeadStep, ReferralReward
from rebates.permissions import can


@dataclass(frozen=True, slots=True)
class LeadWish:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    referrer: str = ""
    words: str = ""


def visible_leads(user: Any) -> QuerySet[Lead]:
    """HQ sees all, a channel manager those of its regions and the unplaced, a dealer those assigned to it."""
    leads = Lead.objects.order_by("-id")
    if not getattr(user, "is_authenticated", False):
        return leads.none()
    if user.dealer_id is not None:
        return leads.filter(dealer=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return leads
    if not can(user, "referrals.view"):
        return leads.none()
    if user.role == Role.CHANNEL_MANAGER:
        own = user.regions.values("pk")
        return leads.filter(Q(region__isnull=True) | Q(region__in=own) | Q(region__parent__in=own))
    return leads


def narrowed_leads(user: Any, wish: LeadWish) -> QuerySet[Lead]:
    """The leads in sight that fit, the newest first, with their running assignment's due instant."""
    running = LeadAssignment.objects.filter(lead=OuterRef("pk"), ended_at=None)
    found = visible_leads(user).select_related("dealer", "region", "partner")
    found = found.annotate(
        due_at=Subquery(running.values("due_at")[:1]),
        breached_at=Subquery(running.values("breached_at")[:1]),
        followed_up_at=Subquery(running.values("followed_up_at")[:1]),
    )
    if wish.state:
        found = found.filter(state=wish.state)
    if wish.referrer:
        found = found.filter(referrer=wish.referrer)
    if wish.words:
        words = wish.words
        found = found.filter(Q(number__icontains=words) | Q(company__icontains=words) | Q(contact__icontains=words))
    return found


def lead_by_number(user: Any, number: str) -> Lead:
    """A lead with what its page shows. Raises :class:`LeadNotFound` also for one not to be seen."""
    return _loaded(visible_leads(user).filter(number=number), number)


def lead_by_token(token: str) -> Lead:
    """The lead a referrer follows. Raises :class:`LeadNotFound`."""
    return _loaded(Lead.objects.filter(token=token), "")


def referred_by(dealer_id: int) -> QuerySet[Lead]:
    """What a partner dealer has referred, the newest first."""
    return Lead.objects.filter(partner=dealer_id).select_related("region", "reward").order_by("-id")


def bought_before(dealer_id: int, *references: str) -> bool:
    """Whether one of these references is an end customer in the dealer's own sales."""
    keyed = hashlib.blake2b(settings.CUSTOMER_HASH_KEY.encode(), digest_size=32).digest()
    known = [
        hashlib.blake2b(text.strip().encode(), digest_size=16, key=keyed).hexdigest() for text in references if text
    ]
    return bool(known) and SaleLine.objects.filter(dealer=dealer_id, customer__in=known).exists()


def candidates(region: Region | None, *, on: date, without: set[int]) -> list[Dealer]:
    """Active dealers that may sell in the region, the one to assign first in front.

    Exclusive territory before shared, then whoever has the fewest open leads, then the code: the same facts always
    give the same dealer.
    """
    exclusive = dealers_covering(region, on=on)
    wanted = [dealer_id for dealer_id in exclusive if dealer_id not in without]
    loads = dict(
        Lead.objects.filter(dealer__in=wanted, state__in=(LeadState.ASSIGNED, LeadState.FOLLOWED_UP))
        .order_by()
        .values_list("dealer")
        .annotate(n=Count("pk"))
    )
    held = set(SupplyHold.objects.filter(dealer__in=wanted, lifted_at=None).values_list("dealer_id", flat=True))
    found = Dealer.objects.filter(pk__in=[dealer_id for dealer_id in wanted if dealer_id not in held])
    return sorted(found, key=lambda dealer: (not exclusive[dealer.pk], loads.get(dealer.pk, 0), dealer.code))


def waiting_leads(user: Any) -> QuerySet[Lead]:
    """What waits for this person: leads to call, to assign, deals to check, call-backs to make."""
    seen = visible_leads(user)
    if getattr(user, "dealer_id", None) is not None:
        return seen.filter(state=LeadState.ASSIGNED)
    wanted = Q(pk__isnull=True)
    if can(user, "referrals.assign"):
        late = Q(state=LeadState.ASSIGNED, assignments__ended_at=None, assignments__breached_at__isnull=False)
        wanted |= Q(state__in=(LeadState.RECEIVED, LeadState.DEAL_REPORTED)) | late
    if can(user, "referrals.call_back"):
        wanted |= Q(state=LeadState.DEAL_CONFIRMED, sampled=True, call_back="") & ~Q(confirmed_by=user)
    return seen.filter(wanted).distinct()


def _loaded(leads: QuerySet[Lead], key: str) -> Lead:
    found = (
        leads.select_related("dealer", "region__parent", "partner", "employee", "policy", "reward", "confirmed_by")
        .prefetch_related(
            Prefetch("steps", LeadStep.objects.order_by("pk")),
            Prefetch("assignments", LeadAssignment.objects.select_related("dealer").order_by("pk")),
        )
        .first()
    )
    if found is None:
        raise LeadNotFound(key=key)
    return found


def quarter_before(partner_id: int, quarter: str) -> tuple[Decimal, Decimal]:
    """The amounts of a partner's rewarded deals of a quarter together, and the rewards of them."""
    rows = ReferralReward.objects.filter(partner=partner_id, quarter=quarter, cancelled_at=None)
    amounts = list(rows.values_list("base", "amount"))
    return sum((base for base, _ in amounts), ZERO), sum((amount for _, amount in amounts), ZERO)
