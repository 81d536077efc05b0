"""Drawing up one dealer's statement from its opening balance and its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class DraftLine(NamedTuple):
    """One amount (cents) with its proof; ``base`` in micros, ``rate`` in millionths, ``for_period`` by name."""

    kind: str
    program: str
    for_period: str
    base: int
    rate: int
    amount: int
    proof: dict[str, object]


class DraftStatement(NamedTuple):
    """A statement before it is written. Amounts in cents, positive in the dealer's favour.

    ``role`` says what it is to a dealer that has left, empty for an ordinary one.
    """

    dealer_id: int
    dealer: str
    tier: str
    purchases: int
    sales: int
    opening: int
    total: int
    closing: int
    payable: int
    lines: Sequence[DraftLine]
    role: str = ""


def payable(closing: int, minimum_payout: int) -> int:
    """What is paid of a closing balance: all of it, or nothing when it is below the minimum payout.

    A negative balance, and one below the minimum, is carried forward.
    """
    return closing if closing > 0 and closing >= minimum_payout else 0


def draw_up(
    *,
    dealer_id: int,
    dealer: str,
    tier: str,
    purchases: int,
    sales: int,
    opening: int,
    lines: Sequence[DraftLine],
    minimum_payout: int,
    role: str = "",
) -> DraftStatement:
    """The statement: closing is opening plus the lines.

    With a ``role`` the dealer has left: nothing below the minimum is carried forward, everything is paid.
    """
    total = sum(line.amount for line in lines)
    closing = opening + total
    to_pay = payable(closing, 0 if role else minimum_payout)
    return DraftStatement(dealer_id, dealer, tier, purchases, sales, opening, total, closing, to_pay, lines, role)
