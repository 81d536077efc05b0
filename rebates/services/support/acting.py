"""What every act on a supported activity has in common: the lock, the move of money between pots, the record."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from dealers.foundation.money import ZERO
from dealers.services.audit import record_audit
from pricing.services.promos.acting import Actor, audit_actor, label_of, person_of
from rebates.choices import SupportState
from rebates.errors import AmountTooHigh, QuotaExceeded, SupportNotFound, SupportStateRefused
from rebates.models import SupportActivity, SupportQuota, SupportStep
from rebates.rules.support_life import POT_OF, SUPPORT_LIFE, SupportAct, step_of
from rebates.rules.support_quota import moved
from rebates.selectors.support import visible_support
from rebates.selectors.support_quotas import pots_of

__all__ = [
    "Actor",
    "audit_actor",
    "label_of",
    "locked_activity",
    "move",
    "person_of",
    "require_amount",
    "require_state",
]


def locked_activity(actor: Any, number: str) -> SupportActivity:
    """The activity, if the actor may see it, locked until the transaction ends. Its quota is locked after it.

    Raises :class:`SupportNotFound`.
    """
    key = visible_support(actor).filter(number=number).values_list("pk", flat=True).first()
    if key is None:
        raise SupportNotFound(key=number)
    locked = SupportActivity.objects.select_for_update(of=("self",))
    return locked.select_related("dealer", "quota").get(pk=key)


def require_state(activity: SupportActivity, act: SupportAct) -> None:
    """Raises :class:`SupportStateRefused` when ``act`` is not possible now."""
    if not SUPPORT_LIFE.allows(activity.state, act):
        state = SupportState(activity.state).label
        raise SupportStateRefused(number=activity.number, state=state)


def require_amount(amount: Decimal, most: Decimal) -> Decimal:
    """An amount of whole cents above zero and within ``most``. Raises :class:`AmountTooHigh`."""
    if not ZERO < amount <= most or amount != amount.quantize(ZERO):
        raise AmountTooHigh(most=f"{most:,.2f}")
    return amount


def move(
    activity: SupportActivity,
    act: SupportAct,
    *,
    amount: Decimal,
    actor: Actor | None,
    at: datetime,
    reason: str = "",
) -> SupportStep:
    """Do ``act`` on a locked activity: into its next state, with ``amount`` in that state's pot, the rest released.

    The activity's changed fields are saved with it, the step and the audit record are written. Raises
    :class:`SupportStateRefused`, or :class:`QuotaExceeded` when the quota has no room.
    """
    require_state(activity, act)
    before, step = activity.state, step_of(activity.state, act)
    changes = {"planned": ZERO, "reserved": ZERO, "committed": ZERO, "spent": ZERO}
    quota = None
    if activity.quota_id is not None and (step.pot or POT_OF.get(SupportState(before))):
        quota = SupportQuota.objects.select_for_update().get(pk=activity.quota_id)
        pots = pots_of(quota)
        try:
            found = moved(pots, POT_OF.get(SupportState(before)), _held(activity), step.pot, amount)
        except ValueError as error:
            raise QuotaExceeded(
                quarter=quota.quarter, granted=f"{pots.granted:,.2f}", free=f"{pots.free:,.2f}"
            ) from error
        for pot, change in found.items():
            changes[pot.value] = change
            setattr(quota, pot.value, getattr(quota, pot.value) + change)
        quota.save(update_fields=[*changes])
    activity.state, activity.reason = step.state, reason
    activity.save()
    made = SupportStep.objects.create(
        activity=activity,
        dealer_id=activity.dealer_id,
        quota=quota,
        act=act,
        state=step.state,
        amount=amount,
        reason=reason,
        at=at,
        by=label_of(actor) if actor is not None else "",
        by_hq=actor is not None and actor.dealer_id is None,
        **changes,
    )
    record_audit(
        actor=None if actor is None else audit_actor(actor),
        action=f"support.{act}",
        subject=activity,
        at=at,
        reason=reason,
        before={"state": before},
        after={"state": step.state, "amount": f"{amount:f}", **{name: f"{by:f}" for name, by in changes.items() if by}},
        dealer_id=activity.dealer_id,
    )
    return made


def _held(activity: SupportActivity) -> Decimal:
    """What the activity holds in the pot of its present state: the last step says."""
    last = activity.steps.order_by("-pk").first()
    return ZERO if last is None else last.amount
