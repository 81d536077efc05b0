"""Paying employees and customers: a list of everything that waits, made by one person and approved by another."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from dealers.errors import OwnWork
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.money import ZERO
from dealers.models import User
from dealers.services.audit import record_audit
from rebates.choices import PayoutState, Referrer
from rebates.errors import NothingToPay, PayoutDecided, PayoutNotFound
from rebates.models import ReferralPayout, ReferralReward
from rebates.permissions import require

PAYOUT_LOCK = 0x5041


def unpaid_rewards() -> Q:
    """Rewards of people that stand on no list yet."""
    return Q(payout=None, cancelled_at=None) & ~Q(referrer=Referrer.PARTNER)


@transaction.atomic
def prepare_payout(*, actor: User, at: datetime) -> ReferralPayout:
    """Put everything that waits on one list. Raises :class:`NothingToPay`."""
    require(actor, "referrals.pay_prepare")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PAYOUT_LOCK])
    rewards = list(ReferralReward.objects.select_for_update().filter(unpaid_rewards()).order_by("pk"))
    if not rewards:
        raise NothingToPay
    prefix = f"RP-{at.astimezone(BUSINESS_ZONE):%y%m}-"
    payout = ReferralPayout.objects.create(
        number=f"{prefix}{ReferralPayout.objects.filter(number__startswith=prefix).count() + 1:03d}",
        total=sum((reward.amount for reward in rewards), ZERO),
        made_by=actor,
        made_at=at,
    )
    ReferralReward.objects.filter(pk__in=[reward.pk for reward in rewards]).update(payout=payout)
    _audit(payout, "referral_payout.prepare", actor, at)
    return payout


@transaction.atomic
def decide_payout(*, number: str, approve: bool, reason: str, actor: User, at: datetime) -> ReferralPayout:
    """Approve a list, or give its rewards back so that another list takes them up. Never by who made it."""
    require(actor, "referrals.pay_approve")
    payout = ReferralPayout.objects.select_for_update().filter(number=number).first()
    if payout is None:
        raise PayoutNotFound(key=number)
    if payout.state != PayoutState.PREPARED:
        raise PayoutDecided(number=number)
    if payout.made_by_id == actor.pk:
        raise OwnWork
    payout.state = PayoutState.APPROVED if approve else PayoutState.RELEASED
    payout.decided_by, payout.decided_at = actor, at
    payout.save()
    if not approve:
        payout.rewards.update(payout=None)
    _audit(payout, "referral_payout.approve" if approve else "referral_payout.release", actor, at, reason)
    return payout


def _audit(payout: ReferralPayout, action: str, actor: User, at: datetime, reason: str = "") -> None:
    record_audit(
        actor=actor,
        action=action,
        subject=payout,
        at=at,
        reason=reason.strip(),
        after={"number": payout.number, "total": f"{payout.total:f}", "state": payout.state},
    )
