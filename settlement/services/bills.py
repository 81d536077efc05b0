"""Paying by electronic commercial bill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import IntegrityError, transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext

from dealers.foundation.clock import business_day
from dealers.models import Dealer, User
from dealers.selectors.policies import required_policy
from settlement import permissions
from settlement.choices import PaymentMethod, PaymentState
from settlement.errors import BillUsedAlready, NoConsentToBills, PaymentRefused
from settlement.models import Bill, Payment, PaymentPlan
from settlement.rules.bills import BillChecked, BillGiven, FieldRefused, check_bill
from settlement.selectors.consents import takes_bills
from settlement.services.paying import Wish, make_payments
from settlement.terms import settlement_terms

_NOTES_CONSTRAINT = "no_note_of_a_bill_is_paid_twice"


def draw_bill(
    *,
    plan: PaymentPlan,
    dealer: Dealer,
    given: BillGiven,
    shares: Mapping[str, Decimal] | None = None,
    actor: User,
    at: datetime,
) -> Payment:
    """Enter a bill that pays a dealer out of a released plan; its amount is allocated and posted at once.

    It pays the oldest half-months of the plan, or each as much as ``shares`` says. Raises :class:`PaymentRefused`
    naming the field, :class:`NoConsentToBills`, :class:`BillUsedAlready` and what
    :func:`~settlement.services.paying.make_payments` raises.
    """
    permissions.require(actor, "payments.execute")
    months = settlement_terms(required_policy(business_day(at))).bill.max_tenor_months
    try:
        checked = check_bill(given, months)
    except FieldRefused as refusal:
        raise PaymentRefused.of(refusal.field, refusal.value, refusal.why) from refusal
    if not takes_bills(dealer.pk, at=at):
        raise NoConsentToBills(dealer=dealer.code)
    _refuse_used(checked)
    try:
        with transaction.atomic():
            made = make_payments(
                plan=plan,
                method=PaymentMethod.BILL,
                state=PaymentState.DRAFTED,
                wishes=[Wish(dealer, checked.amount, shares)],
                actor=actor,
                at=at,
            )[0]
            _write(made, given, checked)
    except IntegrityError as error:
        if _NOTES_CONSTRAINT in str(error):
            _refuse_used(checked)  # somebody else was quicker; theirs is committed now
        raise
    return made


def _write(payment: Payment, given: BillGiven, checked: BillChecked) -> None:
    Bill.objects.create(
        payment=payment,
        dealer_id=payment.dealer_id,
        number=checked.number.number,
        range_start=checked.notes.start if checked.notes else None,
        range_end=checked.notes.end if checked.notes else None,
        amount=checked.amount,
        kind=checked.kind,
        drawer=given.drawer.strip(),
        acceptor=given.acceptor.strip(),
        issued_on=given.issued_on,
        due_on=given.due_on,
    )


def _refuse_used(checked: BillChecked) -> None:
    """Name the payment by which notes of the bill are handed over already; the constraint has the last word."""
    notes = checked.notes
    wanted = _notes(Value(notes.start if notes else None), Value(notes.end if notes else None))
    bills = Bill.objects.filter(number=checked.number.number, in_use=True).annotate(
        used=_notes(F("range_start"), F("range_end")), wanted=wanted
    )
    other = bills.filter(used__overlap=F("wanted")).select_related("payment").first()
    if other is not None:
        shown = str(other.range or gettext("the whole bill"))
        raise BillUsedAlready(number=other.number, payment=other.payment.number, range=shown)


def _notes(start: Value | F, end: Value | F) -> Func:
    cast = "int8range(%(expressions)s, '[]')"
    return Func(start, end, template=cast, output_field=BigIntegerRangeField())
