"""Making payments out of released plans: lock what is open, spread the amount over it, post it, write it down.

Bills and transfers are made by their own services, which call this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.foundation.refusals import Refused as NotPossible
from dealers.foundation.refusals import msgid as _
from dealers.models import Dealer, User
from dealers.services.audit import AuditEvent, record_audits
from settlement.choices import AccountCode, PaymentMethod, PaymentState, PlanState
from settlement.errors import NotInPlan, PaymentRefused, WrongPlanState
from settlement.models import Allocation, Payable, Payment, PaymentPlan, PaymentStep, PlanItem
from settlement.rules.allocation import OpenItem, Share, allocate
from settlement.rules.payment_life import PLAN_LIFE, PlanAct, home_of
from settlement.selectors.disputes import frozen_amounts
from settlement.services.numbers import PAYMENT, next_numbers
from settlement.services.payment_posting import Movement, open_books, post_movements


@dataclass(frozen=True, slots=True)
class Wish:
    """A payment to one dealer: ``amount`` None is all that is left; ``shares`` says how much of which half-month."""

    dealer: Dealer
    amount: Decimal | None = None
    shares: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class _Decided:
    dealer: Dealer
    amount: Decimal
    shares: Sequence[Share]


def make_payments(
    *, plan: PaymentPlan, method: PaymentMethod, state: PaymentState, wishes: Sequence[Wish], actor: User, at: datetime
) -> list[Payment]:
    """Make one payment per wish in the caller's transaction, all or none; the statements they pay are locked.

    Two people who pay at once follow one another, and the second finds what the first has left. Raises
    :class:`WrongPlanState`, :class:`NotInPlan` and :class:`PaymentRefused`.
    """
    posted_at = open_books(at)
    plan = PaymentPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != PlanState.RELEASED:
        raise WrongPlanState(number=plan.number, state=PlanState(plan.state).label)
    items = _items(plan, [wish.dealer.pk for wish in wishes])
    left = _left(items)
    decided = [_decide(plan, wish, items.get(wish.dealer.pk, []), left) for wish in wishes]
    by_payable = {item.payable_id: item for found in items.values() for item in found}
    payments = _write(plan, method, state, decided, by_payable, actor, posted_at)
    if not plan.items.filter(amount__gt=F("executed")).exists():
        plan.state = PLAN_LIFE.next(plan.state, PlanAct.COMPLETE)
        plan.ended_at = at
        plan.save(update_fields=["state", "ended_at"])
    return payments


def _items(plan: PaymentPlan, dealer_ids: Sequence[int]) -> dict[int, list[PlanItem]]:
    """What the plan pays to these dealers, the oldest first, with its payables locked."""
    found = plan.items.filter(dealer__in=dealer_ids)
    locked = Payable.objects.select_for_update().filter(pk__in=found.values("payable")).order_by("pk")
    payables = {payable.pk: payable for payable in locked}
    by_dealer: dict[int, list[PlanItem]] = {}
    for item in found.order_by("payable__ordinal", "pk"):
        item.payable = payables[item.payable_id]
        by_dealer.setdefault(item.dealer_id, []).append(item)
    return by_dealer


def _left(items: Mapping[int, Sequence[PlanItem]]) -> dict[int, Decimal]:
    """What may be paid of each item now: what the plan has left, and no more than is open and undisputed."""
    everything = [item for found in items.values() for item in found]
    frozen = frozen_amounts([item.payable.statement_id for item in everything])
    return {
        item.payable_id: max(
            ZERO,
            min(
                item.amount - item.executed,
                item.payable.left - max(ZERO, frozen.get(item.payable.statement_id, ZERO)),
            ),
        )
        for item in everything
    }


def _decide(plan: PaymentPlan, wish: Wish, items: Sequence[PlanItem], left: Mapping[int, Decimal]) -> _Decided:
    open_items = [OpenItem(item.payable_id, _name(item.payable), left[item.payable_id]) for item in items]
    available = sum((item.available for item in open_items), ZERO)
    if not available:
        raise NotInPlan(number=plan.number, dealer=wish.dealer.code)
    amount = available if wish.amount is None else wish.amount
    try:
        shares = allocate(amount, open_items, _keyed(wish.shares, open_items))
    except NotPossible as refusal:
        raise PaymentRefused.of("amount", f"{amount:.2f}", refusal) from refusal
    return _Decided(wish.dealer, amount, shares)


def _keyed(shares: Mapping[str, Decimal] | None, items: Sequence[OpenItem]) -> Mapping[int, Decimal] | None:
    if shares is None:
        return None
    keys = {item.name: item.key for item in items}
    for name in shares:
        if name not in keys:
            raise PaymentRefused.of("period", name, NotPossible("not_planned", _("is not in the plan")))
    return {keys[name]: share for name, share in shares.items()}


def _write(
    plan: PaymentPlan,
    method: PaymentMethod,
    state: PaymentState,
    decided: Sequence[_Decided],
    items: Mapping[int, PlanItem],
    actor: User,
    at: datetime,
) -> list[Payment]:
    numbers = next_numbers(PAYMENT, len(decided), at)
    payments = Payment.objects.bulk_create(
        Payment(
            number=number,
            plan=plan,
            dealer=one.dealer,
            method=method,
            amount=one.amount,
            state=state,
            made_at=at,
            made_by=actor,
            changed_at=at,
        )
        for number, one in zip(numbers, decided, strict=True)
    )
    posted = post_movements(
        [
            Movement(one.dealer_id, one.amount, AccountCode.DEALER_PAYABLE, home_of(state), one.number)
            for one in payments
        ],
        actor=actor,
        at=at,
    )
    Allocation.objects.bulk_create(
        Allocation(
            payment=payment,
            payable_id=share.key,
            plan_item=items[share.key],
            dealer_id=payment.dealer_id,
            amount=share.amount,
            at=at,
        )
        for payment, one in zip(payments, decided, strict=True)
        for share in one.shares
    )
    PaymentStep.objects.bulk_create(
        PaymentStep(payment=payment, dealer_id=payment.dealer_id, after=state, at=at, by=actor, transaction=transaction)
        for payment, transaction in zip(payments, posted, strict=True)
    )
    record_audits(
        AuditEvent(
            actor=actor,
            action="payment.make",
            subject=payment,
            at=at,
            after={
                "number": payment.number,
                "plan": plan.number,
                "method": method,
                "amount": payment.amount,
                "pays": {_name(items[share.key].payable): share.amount for share in one.shares},
            },
            dealer_id=payment.dealer_id,
        )
        for payment, one in zip(payments, decided, strict=True)
    )
    return payments


def _name(payable: Payable) -> str:
    return str(HalfMonth.from_ordinal(payable.ordinal))
