"""What of the open amounts a payment plan takes in: all of it, or up to a cap per dealer and for the whole plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from settlement.rules.allocation import Share


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could be paid of one statement of a dealer; a dealer's come together, its oldest first."""

    key: int
    dealer_id: int
    available: Decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken in, and the dealers left out because less than the minimum would be paid to them."""

    shares: Sequence[Share]
    below_minimum: Sequence[int]


def choose(
    candidates: Iterable[Candidate],
    *,
    minimum: Decimal,
    dealer_cap: Decimal | None = None,
    plan_cap: Decimal | None = None,
    gone: Collection[int] = (),
) -> Choice:
    """Take the candidates in order up to the caps. Less than ``minimum`` (the policy's payout) is not paid to anyone
    but the dealers in ``gone``, who have left and are paid everything.

    When the plan's cap is reached within a dealer, that dealer gets what is left of it, if that is worth paying.
    """
    left = plan_cap
    shares: list[Share] = []
    below: list[int] = []
    for dealer_id, group in groupby(candidates, key=lambda one: one.dealer_id):
        of_dealer, room = list(group), dealer_cap
        if left is not None:
            room = left if room is None else min(room, left)
        taken: list[Share] = []
        for one in of_dealer:
            amount = one.available if room is None else min(one.available, room)
            if amount <= 0:
                continue
            taken.append(Share(one.key, amount))
            if room is not None:
                room -= amount
        total = sum((share.amount for share in taken), Decimal(0))
        if not taken:
            continue
        if total < minimum and dealer_id not in gone:
            below.append(dealer_id)
            continue
        shares += taken
        if left is not None:
            left -= total
    return Choice(shares, below)
