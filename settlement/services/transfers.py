"""Paying by bank transfer, and the file by which the bank is told."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from dealers.foundation.money import ZERO
from dealers.foundation.tabular import CsvWriter
from dealers.models import Dealer, User
from dealers.services.audit import AuditEvent, record_audit, record_audits
from dealers.services.files import keep_file
from settlement import permissions
from settlement.choices import BankAccountState, PaymentMethod, PaymentState, PlanState
from settlement.errors import NoBankAccount, NothingToSend, WrongPlanState
from settlement.models import BankAccount, BankFile, Payment, PaymentPlan, PaymentStep, Transfer
from settlement.rules.payment_life import TRANSFER_LIFE, TransferAct
from settlement.services.numbers import BANK_FILE, next_numbers
from settlement.services.paying import Wish, make_payments
from settlement.services.payment_news import tell_of_payments
from settlement.services.payment_posting import open_books

#: The layout of the bank file; docs/payments.md says what stands in each column.
BANK_COLUMNS = (
    "payment",
    "payee",
    "payee_account",
    "payee_bank",
    "payee_bank_number",
    "currency",
    "amount",
    "purpose",
)
_MOST_NAMED = 10
#: One file holds so many transfers at most, so that it stays a file a bank takes and a person can check.
MOST_IN_A_FILE = 5000


def order_transfers(
    *,
    plan: PaymentPlan,
    dealers: Sequence[Dealer] | None = None,
    amount: Decimal | None = None,
    actor: User,
    at: datetime,
) -> list[Payment]:
    """Order one transfer per dealer out of a released plan: to these dealers, or to all it still pays anything.

    Each over all the plan has left for the dealer, or over ``amount``. To the account in force now. Raises
    :class:`NoBankAccount` naming dealers without one; nothing is ordered then.
    """
    permissions.require(actor, "payments.execute")
    with transaction.atomic():
        payees = list(_payees(plan) if dealers is None else dealers)
        if not payees:
            raise WrongPlanState(number=plan.number, state=PlanState(plan.state).label)
        accounts = accounts_in_force([dealer.pk for dealer in payees], at=at)
        without = [dealer.code for dealer in payees if dealer.pk not in accounts]
        if without:
            raise NoBankAccount(dealers=", ".join(without[:_MOST_NAMED]) + ("…" if without[_MOST_NAMED:] else ""))
        made = make_payments(
            plan=plan,
            method=PaymentMethod.TRANSFER,
            state=PaymentState.ORDERED,
            wishes=[Wish(dealer, amount) for dealer in payees],
            actor=actor,
            at=at,
        )
        Transfer.objects.bulk_create(
            Transfer(payment=payment, dealer_id=payment.dealer_id, account=accounts[payment.dealer_id])
            for payment in made
        )
    return made


def accounts_in_force(dealer_ids: Collection[int], *, at: datetime) -> dict[int, BankAccount]:
    """The confirmed account of each of these dealers at an instant; one query."""
    confirmed = BankAccount.objects.filter(state=BankAccountState.CONFIRMED, valid__contains=at)
    return {account.dealer_id: account for account in confirmed.filter(dealer__in=dealer_ids)}


def make_bank_file(*, actor: User, at: datetime) -> BankFile:
    """Write the ordered transfers into a file for the bank and mark them as sent; the file is kept as it is.

    Two people at once get two files with different transfers, never one transfer twice. Raises :class:`NothingToSend`.
    """
    permissions.require(actor, "payments.execute")
    with transaction.atomic():
        posted_at = open_books(at)
        waiting = Payment.objects.filter(method=PaymentMethod.TRANSFER, state=PaymentState.ORDERED)
        payments = list(
            waiting.select_for_update(of=("self",), skip_locked=True)
            .select_related("transfer__account", "dealer")
            .order_by("pk")[:MOST_IN_A_FILE]
        )
        if not payments:
            raise NothingToSend
        number = next_numbers(BANK_FILE, 1, at)[0]
        kept = keep_file(actor=actor, name=f"{number}.csv", content=_written(payments), dealer_id=None, at=at)
        made = BankFile.objects.create(
            number=number,
            file=kept,
            transfers=len(payments),
            amount=sum((payment.amount for payment in payments), ZERO),
            made_at=at,
            made_by=actor,
        )
        Transfer.objects.filter(payment__in=payments).update(bank_file=made)
        _mark_sent(payments, actor, posted_at)
        record_audit(
            actor=actor,
            action="bank_file.make",
            subject=made,
            at=at,
            after={
                "number": number,
                "transfers": made.transfers,
                "amount": made.amount,
                "sha256": kept.sha256,
            },
        )
        tell_of_payments(payments, at=at)
    return made


def _payees(plan: PaymentPlan) -> Iterable[Dealer]:
    left = plan.items.filter(amount__gt=F("executed")).order_by().values("dealer").annotate(left=Sum("amount"))
    return Dealer.objects.filter(pk__in=left.values("dealer")).order_by("pk")


def _mark_sent(payments: Sequence[Payment], actor: User, at: datetime) -> None:
    state = TRANSFER_LIFE.next(PaymentState.ORDERED, TransferAct.SEND)
    for payment in payments:
        payment.state, payment.changed_at = state, at
    Payment.objects.bulk_update(payments, ["state", "changed_at"], batch_size=1000)
    PaymentStep.objects.bulk_create(
        PaymentStep(
            payment=payment,
            dealer_id=payment.dealer_id,
            before=PaymentState.ORDERED,
            after=state,
            at=at,
            by=actor,
        )
        for payment in payments
    )
    record_audits(
        AuditEvent(
            actor=actor,
            action="payment.send",
            subject=payment,
            at=at,
            before={"state": PaymentState.ORDERED},
            after={"state": state, "number": payment.number, "amount": payment.amount},
            dealer_id=payment.dealer_id,
        )
        for payment in payments
    )


def _written(payments: Iterable[Payment]) -> bytes:
    """The transfers as CSV: account numbers are text of digits, names that begin like a formula are defused."""
    file = io.BytesIO()
    with CsvWriter(file, BANK_COLUMNS, for_machines=True) as writer:
        for payment in payments:
            account = payment.transfer.account
            writer.write(
                (
                    payment.number,
                    account.holder,
                    account.number,
                    account.bank,
                    account.bank_number,
                    "CNY",
                    payment.amount,
                    f"{payment.number} {payment.dealer.code}",
                )
            )
    return file.getvalue()
