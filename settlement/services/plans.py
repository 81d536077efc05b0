"""Payment plans: drawn up by one person, released or refused by another, ended when what is left is not to be paid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.errors import OwnWork
from dealers.foundation.clock import business_day
from dealers.foundation.money import ZERO
from dealers.foundation.transitions import TransitionRefused
from dealers.models import DealerExit, User
from dealers.selectors.policies import required_policy
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import PlanState
from settlement.errors import NothingToPlan, PlanNotFound, PlanOutdated, ReasonMissing, WrongPlanState
from settlement.models import Payable, PaymentPlan, PlanItem
from settlement.rules.payment_life import PLAN_LIFE, PlanAct
from settlement.rules.plan_choice import Candidate, Choice, choose
from settlement.selectors.open_amounts import OPEN, open_amounts
from settlement.services.numbers import PLAN, next_numbers
from settlement.terms import settlement_terms


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What a plan is to take in: these dealers and half-months (None: all), up to these caps (None: no cap)."""

    dealers: Collection[int] | None = None
    periods: Collection[int] | None = None
    dealer_cap: Decimal | None = None
    plan_cap: Decimal | None = None


def draw_up_plan(*, wish: PlanWish, note: str = "", actor: User, at: datetime) -> PaymentPlan:
    """Draw up a plan of what is open, undisputed and not in another plan. Raises :class:`NothingToPlan`.

    The minimum payout is the one of the policy in force today; less than that is not paid to a dealer,
    unless its contract has ended.
    """
    permissions.require(actor, "payments.plan")
    minimum = settlement_terms(required_policy(business_day(at))).minimum_payout
    with transaction.atomic():
        choice = _choose(wish, minimum)
        if not choice.shares:
            raise NothingToPlan(minimum=f"{minimum:.2f}")
        plan = PaymentPlan.objects.create(
            number=next_numbers(PLAN, 1, at)[0],
            note=note.strip(),
            minimum=minimum,
            drawn_up_by=actor,
            drawn_up_at=at,
        )
        owners = dict(Payable.objects.filter(pk__in=[s.key for s in choice.shares]).values_list("pk", "dealer_id"))
        PlanItem.objects.bulk_create(
            [
                PlanItem(plan=plan, payable_id=share.key, dealer_id=owners[share.key], amount=share.amount)
                for share in choice.shares
            ],
            batch_size=2000,
        )
        record_audit(
            actor=actor,
            action="plan.draw_up",
            subject=plan,
            at=at,
            reason=plan.note,
            after={
                "number": plan.number,
                "dealers": len(set(owners.values())),
                "items": len(choice.shares),
                "amount": sum((share.amount for share in choice.shares), ZERO),
                "below_minimum": len(choice.below_minimum),
            },
        )
    return plan


def release_plan(*, plan: PaymentPlan, note: str = "", actor: User, at: datetime) -> PaymentPlan:
    """Allow a plan to be paid; never by whoever drew it up. Repeated by the same person it changes nothing.

    Raises :class:`~dealers.errors.OwnWork`, :class:`WrongPlanState`, and :class:`PlanOutdated` when something it pays
    has been disputed or set off since.
    """
    permissions.require(actor, "payments.release")
    with transaction.atomic():
        locked = _locked(plan)
        if locked.state == PlanState.RELEASED and locked.decided_by_id == actor.pk:
            return locked
        if locked.drawn_up_by_id == actor.pk:
            raise OwnWork
        _refuse_outdated(locked)
        return _decide(locked, PlanAct.RELEASE, note, actor, at)


def refuse_plan(*, plan: PaymentPlan, note: str, actor: User, at: datetime) -> PaymentPlan:
    """Send a plan back for good, with a reason; what it kept is free again."""
    permissions.require(actor, "payments.release")
    if not note.strip():
        raise ReasonMissing
    with transaction.atomic():
        locked = _locked(plan)
        if locked.drawn_up_by_id == actor.pk:
            raise OwnWork
        return _decide(locked, PlanAct.REFUSE, note, actor, at)


def withdraw_plan(*, plan: PaymentPlan, actor: User, at: datetime) -> PaymentPlan:
    """Take a plan back before it is decided; by anyone who may draw plans up."""
    permissions.require(actor, "payments.plan")
    return _close(plan, PlanAct.WITHDRAW, "", actor, at)


def end_plan(*, plan: PaymentPlan, note: str, actor: User, at: datetime) -> PaymentPlan:
    """Give up what a released plan has not paid yet, with a reason; another plan may take it in."""
    permissions.require(actor, "payments.plan")
    if not note.strip():
        raise ReasonMissing
    return _close(plan, PlanAct.END, note, actor, at)


def _choose(wish: PlanWish, minimum: Decimal) -> Choice:
    found = Payable.objects.select_for_update().filter(OPEN)
    if wish.dealers is not None:
        found = found.filter(dealer__in=wish.dealers)
    if wish.periods is not None:
        found = found.filter(ordinal__in=wish.periods)
    # Locked in one order by everybody, then read: two clerks at once follow one another.
    rows = sorted(found.order_by("pk"), key=lambda row: (row.dealer_id, row.ordinal))
    return choose(
        (Candidate(one.payable.pk, one.payable.dealer_id, one.available) for one in open_amounts(rows)),
        minimum=minimum,
        dealer_cap=wish.dealer_cap,
        plan_cap=wish.plan_cap,
        gone=set(
            DealerExit.objects.filter(dealer__in={row.dealer_id for row in rows}).values_list("dealer", flat=True)
        ),
    )


def _refuse_outdated(plan: PaymentPlan) -> None:
    items = list(plan.items.select_related("payable"))
    locked = Payable.objects.select_for_update().filter(pk__in=[item.payable_id for item in items]).order_by("pk")
    now = {one.payable.pk: one for one in open_amounts(list(locked))}
    for item in items:
        one = now[item.payable_id]
        if item.amount > one.undisputed:
            raise PlanOutdated(
                dealer=PlanItem.objects.select_related("dealer").get(pk=item.pk).dealer.code,
                period=one.period,
                planned=f"{item.amount:.2f}",
                available=f"{one.undisputed:.2f}",
            )


def _decide(plan: PaymentPlan, act: PlanAct, note: str, actor: User, at: datetime) -> PaymentPlan:
    before = plan.state
    plan.state = _next(plan, act)
    plan.decided_by, plan.decided_at, plan.decision_note = actor, at, note.strip()
    plan.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    _note(plan, act, before, note, actor, at)
    return plan


def _close(plan: PaymentPlan, act: PlanAct, note: str, actor: User, at: datetime) -> PaymentPlan:
    with transaction.atomic():
        locked = _locked(plan)
        before = locked.state
        locked.state = _next(locked, act)
        locked.ended_at = at
        locked.save(update_fields=["state", "ended_at"])
        _note(locked, act, before, note, actor, at)
    return locked


def _locked(plan: PaymentPlan) -> PaymentPlan:
    found = PaymentPlan.objects.select_for_update().filter(pk=plan.pk).first()
    if found is None:
        raise PlanNotFound(what="", key=plan.number)
    return found


def _next(plan: PaymentPlan, act: PlanAct) -> str:
    try:
        return PLAN_LIFE.next(plan.state, act)
    except TransitionRefused as error:
        raise WrongPlanState(number=plan.number, state=PlanState(plan.state).label) from error


def _note(plan: PaymentPlan, act: PlanAct, before: str, note: str, actor: User, at: datetime) -> None:
    record_audit(
        actor=actor,
        action=f"plan.{act}",
        subject=plan,
        at=at,
        reason=note.strip(),
        before={"state": before},
        after={"state": plan.state, "number": plan.number},
    )
