"""Plans and payments: which a person may see, and one with everything it pays."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from dealers.principals import MachineClient
from settlement.choices import PaymentMethod, PaymentState
from settlement.errors import BankAccountNotFound, PaymentNotFound, PlanNotFound
from settlement.models import Allocation, BankAccount, Payable, Payment, PaymentPlan
from settlement.permissions import can

#: A dealer is not shown what is only being prepared: a bill it might never get.
_UNSEEN = (PaymentState.DRAFTED, PaymentState.ACCEPTED, PaymentState.ORDERED)


def visible_payments(user: Any) -> QuerySet[Payment]:
    """The payments a person may see: finance all, a dealer its own once they are on their way or have failed."""
    payments = Payment.objects.select_related("dealer", "plan", "bill", "transfer__account").order_by("-pk")
    dealer_id = getattr(user, "dealer_id", None)
    if dealer_id is not None:
        own = payments.filter(dealer=dealer_id).exclude(state__in=_UNSEEN)
        # What was taken back before it was on its way never concerned the dealer.
        own = own.exclude(state=PaymentState.CANCELLED)
        return own if isinstance(user, MachineClient) or can(user, "payments.view_own") else payments.none()
    if isinstance(user, MachineClient) or can(user, "payments.view"):
        return payments
    return payments.none()


def payment_of(user: Any, number: str) -> Payment:
    """One payment. Raises :class:`PaymentNotFound` also for one not to be seen."""
    found = visible_payments(user).filter(number=number).first()
    if found is None:
        raise PaymentNotFound(what="", key=number)
    return found


def allocations_of(payments: Any) -> QuerySet[Allocation]:
    """What these payments paid and, if they failed, gave back, in the order it happened."""
    return Allocation.objects.filter(payment__in=payments).select_related("payable").order_by("payment", "pk")


def visible_payables(user: Any) -> QuerySet[Payable]:
    """What statements added to and took from what dealers are owed: finance sees all, a dealer its own."""
    payables = Payable.objects.select_related("dealer").order_by("-ordinal", "dealer__code")
    dealer_id = getattr(user, "dealer_id", None)
    if dealer_id is not None:
        own = payables.filter(dealer=dealer_id)
        return own if isinstance(user, MachineClient) or can(user, "payments.view_own") else payables.none()
    if isinstance(user, MachineClient) or can(user, "payments.view"):
        return payables
    return payables.none()


def visible_plans(user: Any) -> QuerySet[PaymentPlan]:
    """The plans a person may see, the newest first, with their sums."""
    if isinstance(user, MachineClient) or not can(user, "payments.view"):
        return PaymentPlan.objects.none()
    plans = PaymentPlan.objects.select_related("drawn_up_by", "decided_by").order_by("-pk")
    return plans.annotate(
        amount=Sum("items__amount"), executed=Sum("items__executed"), dealers=Count("items__dealer", distinct=True)
    )


def plan_of(user: Any, number: str) -> PaymentPlan:
    """One plan. Raises :class:`PlanNotFound` also for one not to be seen."""
    found = visible_plans(user).filter(number=number).first()
    if found is None:
        raise PlanNotFound(what="", key=number)
    return found


def plan_dealers(plan: PaymentPlan) -> QuerySet[Any]:
    """What a plan pays to each dealer, by the dealers' codes: how much, and how much of it is paid."""
    return (
        plan.items.values("dealer_id", "dealer__code", "dealer__name")
        .annotate(planned=Sum("amount"), done=Sum("executed"), items=Count("pk"))
        .annotate(rest=F("planned") - F("done"))
        .order_by("dealer__code")
    )


def visible_bank_accounts(user: Any) -> QuerySet[BankAccount]:
    """Bank accounts: finance sees all, a dealer its own."""
    accounts = BankAccount.objects.select_related("dealer", "proposed_by", "decided_by", "proof").order_by("-pk")
    dealer_id = getattr(user, "dealer_id", None)
    if isinstance(user, MachineClient):
        return accounts.none()
    if dealer_id is not None:
        return accounts.filter(dealer=dealer_id) if can(user, "payments.view_own") else accounts.none()
    return accounts if can(user, "payments.view") else accounts.none()


def bank_account_of(user: Any, pk: int) -> BankAccount:
    """One bank account. Raises :class:`BankAccountNotFound` also for one not to be seen."""
    found = visible_bank_accounts(user).filter(pk=pk).first()
    if found is None:
        raise BankAccountNotFound(what="", key=pk)
    return found


def listed_payments(user: Any, *, method: str, state: str, words: str) -> QuerySet[Payment]:
    """The payments in sight that fit; ``words`` is part of a number, of a bill's number, or a dealer."""
    found = visible_payments(user)
    if method in PaymentMethod.values:
        found = found.filter(method=method)
    if state in PaymentState.values:
        found = found.filter(state=state)
    if words:
        found = found.filter(
            Q(number__iexact=words)
            | Q(bill__number__contains="".join(words.split()))
            | Q(dealer__code__iexact=words)
            | Q(dealer__name__icontains=words)
        )
    return found
