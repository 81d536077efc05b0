"""Spreading a payment over what is open: never more than is open, and never a part of the payment left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.money import ZERO
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What may still be paid of one statement; ``name`` is its half-month."""

    key: int
    name: str
    available: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    key: int
    amount: Decimal


def allocate(amount: Decimal, items: Sequence[OpenItem], wanted: Mapping[int, Decimal] | None = None) -> list[Share]:
    """Spread ``amount`` over the items, the oldest first, or as ``wanted`` says item by item.

    The shares sum to the amount exactly. Raises ``Refused`` when the amount is not above zero, when it is more than is
    available in all or of one item, and when the wanted shares do not sum to it.
    """
    if amount <= 0:
        raise Refused("nothing_to_pay", _("is not above zero"))
    if wanted is not None:
        return _as_wanted(amount, {item.key: item for item in items}, wanted)
    available = sum((item.available for item in items), ZERO)
    if amount > available:
        raise Refused(
            "more_than_open", _("is more than the %(available)s that may be paid now"), available=f"{available:.2f}"
        )
    shares: list[Share] = []
    for item in items:
        taken = min(amount, item.available)
        if taken > 0:
            shares.append(Share(item.key, taken))
            amount -= taken
    return shares


def _as_wanted(amount: Decimal, items: Mapping[int, OpenItem], wanted: Mapping[int, Decimal]) -> list[Share]:
    if sum(wanted.values(), ZERO) != amount:
        raise Refused(
            "shares_do_not_sum",
            _("is not the sum of its shares, %(shares)s"),
            shares=f"{sum(wanted.values(), ZERO):.2f}",
        )
    for key, share in wanted.items():
        item = items.get(key)
        if share <= 0:
            raise Refused("nothing_to_pay", _("is not above zero"))
        if item is None or share > item.available:
            raise Refused(
                "more_than_open_of_one",
                _("would pay %(share)s of %(name)s, of which %(available)s may be paid now"),
                share=f"{share:.2f}",
                name=item.name if item else key,
                available=f"{item.available if item else ZERO:.2f}",
            )
    return [Share(key, share) for key, share in wanted.items()]
