"""What becomes of a payment: each step posted, and what was owed reopened when it fails.

Nothing is edited: a payment that fails posts the way back and writes allocations of the opposite sign.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from dealers.foundation.money import ZERO
from dealers.foundation.transitions import TransitionRefused, TransitionTable
from dealers.models import User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import PaymentMethod, PaymentState
from settlement.errors import PaidOtherwise, ReasonMissing, WrongPaymentState
from settlement.models import Allocation, Bill, JournalTransaction, Payable, Payment, PaymentStep
from settlement.rules.allocation import OpenItem, allocate
from settlement.rules.payment_life import BILL_LIFE, NOTES_FREE, REOPENED, TRANSFER_LIFE, home_of
from settlement.selectors.open_amounts import OPEN, open_amounts
from settlement.services.payables import set_off_debts
from settlement.services.payment_news import tell_of_payments
from settlement.services.payment_posting import Movement, open_books, post_movements

LIVES: dict[str, TransitionTable] = {PaymentMethod.BILL: BILL_LIFE, PaymentMethod.TRANSFER: TRANSFER_LIFE}


def move_payment(*, payment: Payment, act: str, reason: str = "", actor: User, at: datetime) -> Payment:
    """Take a payment one step on its way; asking again for the step it has just taken changes nothing.

    A step by which the dealer is not paid needs a reason; it reopens what the payment had paid and sets it off against
    what the dealer owes. Raises :class:`WrongPaymentState`, :class:`ReasonMissing`, and :class:`PaidOtherwise` when an
    overdue bill is settled late after its amount was paid another way.
    """
    permissions.require(actor, "payments.track")
    with transaction.atomic():
        posted_at = open_books(at)
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        before = PaymentState(locked.state)
        try:
            after = PaymentState(LIVES[locked.method].next(before, act))
        except TransitionRefused as error:
            if _was_that_step(locked, act):
                return locked
            raise WrongPaymentState(number=locked.number, state=before.label) from error
        if after in REOPENED and not reason.strip():
            raise ReasonMissing
        locked.state, locked.changed_at = after, posted_at
        locked.save(update_fields=["state", "changed_at"])
        posted = _post(locked, before, after, actor, posted_at)
        if after in REOPENED:
            _reopen(locked, posted_at)
        elif before in REOPENED:
            _close_again(locked, posted_at)
        if after in NOTES_FREE:
            Bill.objects.filter(payment=locked).update(in_use=False)
        PaymentStep.objects.create(
            payment=locked,
            dealer_id=locked.dealer_id,
            before=before,
            after=after,
            reason=reason.strip(),
            at=posted_at,
            by=actor,
            transaction=posted,
        )
        record_audit(
            actor=actor,
            action=f"payment.{act}",
            subject=locked,
            at=at,
            reason=reason.strip(),
            before={"state": before},
            after={"state": after, "number": locked.number, "amount": locked.amount},
            dealer_id=locked.dealer_id,
        )
        tell_of_payments([locked], at=at, reason=reason.strip())
    return locked


def _was_that_step(payment: Payment, act: str) -> bool:
    """Whether the payment is where the step leads, and came there by it."""
    last = payment.steps.last()
    life = LIVES[payment.method]
    return bool(last and last.before and life.allows(last.before, act) and life.next(last.before, act) == payment.state)


def _post(
    payment: Payment, before: PaymentState, after: PaymentState, actor: User, at: datetime
) -> JournalTransaction | None:
    source, target = home_of(before), home_of(after)
    if source == target:
        return None
    movement = Movement(payment.dealer_id, payment.amount, source, target, payment.number)
    return post_movements([movement], actor=actor, at=at)[0]


def _reopen(payment: Payment, at: datetime) -> None:
    """Give back what the payment paid, to the statements it paid; what the dealer owes meanwhile is set off at once."""
    paid = payment.allocations.order_by().values("payable").annotate(net=Sum("amount")).filter(net__gt=0)
    Allocation.objects.bulk_create(
        Allocation(payment=payment, payable_id=row["payable"], dealer_id=payment.dealer_id, amount=-row["net"], at=at)
        for row in paid.order_by("payable")
    )
    set_off_debts(dealer_ids=[payment.dealer_id], at=at)


def _close_again(payment: Payment, at: datetime) -> None:
    """Pay the dealer's oldest open amounts with a bill that was settled late."""
    found = Payable.objects.select_for_update().filter(OPEN, dealer=payment.dealer_id).order_by("ordinal")
    items = [OpenItem(one.payable.pk, one.period, one.available) for one in open_amounts(list(found))]
    still_open: Decimal = sum((item.available for item in items), ZERO)
    if still_open < payment.amount:
        raise PaidOtherwise(number=payment.number, amount=f"{payment.amount:.2f}", open=f"{still_open:.2f}")
    Allocation.objects.bulk_create(
        Allocation(payment=payment, payable_id=share.key, dealer_id=payment.dealer_id, amount=share.amount, at=at)
        for share in allocate(payment.amount, items)
    )
