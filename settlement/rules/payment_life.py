"""The ways of payment plans, bills and transfers, each one table; and on which account a payment stands by its state.

A payment takes its amount off what the dealer is owed the moment it is made. Until the dealer has it, the amount
stands among payments under way; a bill delivered is a note payable; settled, it has left the bank. Refused, returned
or overdue, it stands again with what the dealer is owed. Every step posts from the account before to the account
after, so that at any instant each account is the sum of the payments in its states.
"""

from __future__ import annotations

from enum import StrEnum

from dealers.foundation.transitions import TransitionTable
from settlement.choices import AccountCode, PaymentState, PlanState


class PlanAct(StrEnum):
    RELEASE = "release"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"
    END = "end"


PLAN_LIFE = TransitionTable(
    "payment plan",
    {
        (PlanState.DRAFTED, PlanAct.RELEASE): PlanState.RELEASED,
        (PlanState.DRAFTED, PlanAct.REFUSE): PlanState.REFUSED,
        (PlanState.DRAFTED, PlanAct.WITHDRAW): PlanState.WITHDRAWN,
        (PlanState.RELEASED, PlanAct.COMPLETE): PlanState.COMPLETED,
        (PlanState.RELEASED, PlanAct.END): PlanState.ENDED,
    },
    initial=PlanState.DRAFTED,
)

#: While a plan is in one of these, what it has not paid yet is kept for it.
RESERVING = (PlanState.DRAFTED, PlanState.RELEASED)


class BillAct(StrEnum):
    ACCEPT = "accept"
    DELIVER = "deliver"
    SETTLE = "settle"
    REFUSE = "refuse"
    RETURN = "return"
    OVERDUE = "overdue"


BILL_LIFE = TransitionTable(
    "bill",
    {
        (PaymentState.DRAFTED, BillAct.ACCEPT): PaymentState.ACCEPTED,
        (PaymentState.DRAFTED, BillAct.REFUSE): PaymentState.REFUSED,
        (PaymentState.ACCEPTED, BillAct.DELIVER): PaymentState.DELIVERED,
        (PaymentState.ACCEPTED, BillAct.REFUSE): PaymentState.REFUSED,
        (PaymentState.DELIVERED, BillAct.SETTLE): PaymentState.SETTLED,
        (PaymentState.DELIVERED, BillAct.RETURN): PaymentState.RETURNED,
        (PaymentState.DELIVERED, BillAct.OVERDUE): PaymentState.OVERDUE,
        # The acceptor paid late after all: the reopened amount is closed again, as far as it is still open.
        (PaymentState.OVERDUE, BillAct.SETTLE): PaymentState.SETTLED,
    },
    initial=PaymentState.DRAFTED,
)


class TransferAct(StrEnum):
    SEND = "send"
    SETTLE = "settle"
    RETURN = "return"
    CANCEL = "cancel"


TRANSFER_LIFE = TransitionTable(
    "transfer",
    {
        (PaymentState.ORDERED, TransferAct.SEND): PaymentState.SENT,
        (PaymentState.ORDERED, TransferAct.CANCEL): PaymentState.CANCELLED,
        (PaymentState.SENT, TransferAct.SETTLE): PaymentState.SETTLED,
        (PaymentState.SENT, TransferAct.RETURN): PaymentState.RETURNED,
        # The bank of the payee may send money back days after it left ours.
        (PaymentState.SETTLED, TransferAct.RETURN): PaymentState.RETURNED,
    },
    initial=PaymentState.ORDERED,
)

#: Where the credit of a payment stands in each state.
_HOMES = {
    PaymentState.DRAFTED: AccountCode.PAYMENTS_UNDER_WAY,
    PaymentState.ACCEPTED: AccountCode.PAYMENTS_UNDER_WAY,
    PaymentState.ORDERED: AccountCode.PAYMENTS_UNDER_WAY,
    PaymentState.SENT: AccountCode.PAYMENTS_UNDER_WAY,
    PaymentState.DELIVERED: AccountCode.NOTES_PAYABLE,
    PaymentState.SETTLED: AccountCode.BANK,
    PaymentState.REFUSED: AccountCode.DEALER_PAYABLE,
    PaymentState.RETURNED: AccountCode.DEALER_PAYABLE,
    PaymentState.OVERDUE: AccountCode.DEALER_PAYABLE,
    PaymentState.CANCELLED: AccountCode.DEALER_PAYABLE,
}

#: In these the dealer has not been paid after all.
REOPENED = tuple(state for state, home in _HOMES.items() if home == AccountCode.DEALER_PAYABLE)
#: A bill in one of these is with us again or was never issued: its notes may be handed over another time. One that
#: went unpaid is with the dealer and may not.
NOTES_FREE = (PaymentState.REFUSED, PaymentState.RETURNED)


def home_of(state: str) -> AccountCode:
    """The account on which a payment's credit stands in that state."""
    return _HOMES[PaymentState(state)]


def states_at(account: AccountCode) -> tuple[PaymentState, ...]:
    """The states in which a payment stands on the account."""
    return tuple(state for state, home in _HOMES.items() if home == account)
