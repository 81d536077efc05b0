"""What a dealer is owed and what it owes, statement by statement.

A statement's closing balance carries what was not paid before, so adding up what statements call payable counts the
same yuan several times. What is open is therefore told apart: each closed statement contributes its own total. One
that took something away (a penalty, a clawback) is set off against the oldest contributions still open; what is left
of it is carried and meets the next contributions. Either nothing is open or nothing is carried, so that

    sum of what is open − what is carried = what the ledger owes the dealer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """What is left of one statement's contribution, positive on either side; the oldest come first."""

    key: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class Setting:
    """So much of ``debt`` is set off against ``credit``."""

    credit: int
    debt: int
    amount: Decimal


def set_off(credits: Iterable[Part], debts: Iterable[Part]) -> Iterator[Setting]:
    """Set debts off against credits, both in the order given, until one side is used up."""
    open_credits = ((part.key, part.left) for part in credits if part.left > 0)
    credit, left = next(open_credits, (0, Decimal(0)))
    for debt in debts:
        owed = debt.left
        while owed > 0 and left > 0:
            amount = min(owed, left)
            yield Setting(credit, debt.key, amount)
            owed -= amount
            left -= amount
            if left == 0:
                credit, left = next(open_credits, (0, Decimal(0)))
        if left == 0:
            return
