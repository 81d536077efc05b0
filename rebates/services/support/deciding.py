"""What headquarters decides: the channel manager reserves, another person judges the proof, finance takes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from dealers.errors import OwnWork
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.foundation.periods import Quarter
from dealers.models import User
from rebates.choices import CreditKind
from rebates.errors import SupportReasonMissing
from rebates.models import SupportActivity
from rebates.permissions import require
from rebates.rules.support_life import SupportAct
from rebates.rules.support_plan import proof_due, reserved_until
from rebates.selectors.proof_files import used_before
from rebates.selectors.support_proof import proof_of_support
from rebates.services.credits import NewCredit, record_credits, reverse_credit
from rebates.services.support.acting import locked_activity, move, require_amount, require_state
from rebates.services.support.executing import repeated_refusal
from rebates.services.support.telling import tell_dealer
from rebates.terms import rebates_terms


@transaction.atomic
def reserve_support(*, number: str, amount: Decimal, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Grant all or part of what was asked for; less needs a reason. What is not used in time lapses."""
    activity = _theirs(number, "support.reserve", SupportAct.RESERVE, actor)
    activity.reserved = require_amount(amount, activity.budget)
    if amount < activity.budget:
        _require_reason(reason)
    assert activity.quota is not None
    days = rebates_terms(activity.quota.policy).market_support.reservation_days
    activity.reserved_until = reserved_until(at, days, Quarter.parse(activity.quarter))
    activity.reserved_by, activity.reminded_at = actor, None
    move(activity, SupportAct.RESERVE, amount=amount, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_reserved", amount=amount, at=at)
    return activity


@transaction.atomic
def reject_support(*, number: str, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Refuse a plan; the dealer may change it and ask again."""
    activity = _theirs(number, "support.reserve", SupportAct.REJECT, actor)
    _require_reason(reason)
    move(activity, SupportAct.REJECT, amount=ZERO, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_rejected", amount=activity.budget, at=at)
    return activity


@transaction.atomic
def accept_proof(*, number: str, amount: Decimal, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Accept all or part of what was claimed: it is credited in this half-month, the rest is free again.

    Accepting less, and accepting files that proved something before, needs a reason. Raises
    :class:`~dealers.errors.OwnWork` for whoever reserved the money.
    """
    activity = _theirs(number, "support.verify", SupportAct.ACCEPT, actor)
    assert activity.claimed is not None and activity.quota is not None
    activity.accepted = require_amount(amount, activity.claimed)
    repeated = used_before(activity, own_only=False)
    if repeated and not reason.strip():
        raise repeated_refusal(repeated)
    if amount < activity.claimed:
        _require_reason(reason)
    activity.decided_by = actor
    period = HalfMonth.containing(at)
    credit = NewCredit(
        dealer_id=activity.dealer_id,
        kind=CreditKind.MARKET_SUPPORT,
        program=activity.number,
        reference=f"support:{activity.number}",
        for_period=period,
        base=activity.claimed,
        rate=ZERO,
        amount=amount,
        proof=proof_of_support(activity, period, at=at),
    )
    activity.credit = record_credits([credit], actor=actor, at=at)[0]
    move(activity, SupportAct.ACCEPT, amount=amount, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_accepted", amount=amount, at=at)
    return activity


@transaction.atomic
def send_proof_back(*, number: str, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Ask for better proof; the money stays committed and the days for the proof begin anew."""
    activity = _theirs(number, "support.verify", SupportAct.SEND_BACK, actor)
    _require_reason(reason)
    assert activity.quota is not None and activity.committed is not None
    days = rebates_terms(activity.quota.policy).market_support.proof_days
    activity.proof_due_at = proof_due(max(activity.ends_on, business_day(at) + timedelta(days=1)), days)
    activity.claimed, activity.reminded_at = None, None
    move(activity, SupportAct.SEND_BACK, amount=activity.committed, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_sent_back", amount=activity.committed, at=at)
    return activity


@transaction.atomic
def refuse_proof(*, number: str, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Refuse the proof as a whole; nothing is paid and all of it is free again."""
    activity = _theirs(number, "support.verify", SupportAct.REFUSE, actor)
    _require_reason(reason)
    activity.decided_by = actor
    move(activity, SupportAct.REFUSE, amount=ZERO, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_refused", amount=activity.claimed, at=at)
    return activity


@transaction.atomic
def reverse_support(*, number: str, reason: str, actor: User, at: datetime) -> SupportActivity:
    """Take accepted support back by a credit of the opposite amount; the quota is free again, if it still runs."""
    activity = _theirs(number, "support.reverse", SupportAct.REVERSE, actor)
    _require_reason(reason)
    if activity.decided_by_id == actor.pk:
        raise OwnWork
    assert activity.credit is not None
    reverse_credit(activity.credit, reason=reason.strip(), actor=actor, at=at)
    move(activity, SupportAct.REVERSE, amount=ZERO, actor=actor, at=at, reason=reason.strip())
    tell_dealer(activity, "support_reversed", amount=activity.accepted, at=at)
    return activity


def _theirs(number: str, capability: str, act: SupportAct, actor: User) -> SupportActivity:
    """The activity, locked, if this person may do ``act`` on it now; whoever reserved does not judge the proof."""
    require(actor, capability)
    activity = locked_activity(actor, number)
    require_state(activity, act)
    if capability == "support.verify" and activity.reserved_by_id == actor.pk:
        raise OwnWork
    return activity


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise SupportReasonMissing
