"""Price protection (rulebook section 5): what a dealer is credited when a list price falls.

(old − new) × the units that were on hand at the effective instant according to the dealer's last count, received
within the window before, newest receipts first, and not already protected.

Goods leave in the order they came, so units on hand are laid to the newest receipts, and of one receipt the units
still there later are among those that were there before: if an earlier fall protected ``p`` units of a receipt of
which ``n`` are left, the first ``p`` of the ``n`` are protected already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from dealers.rules.stock_layers import Layer
from rebates.rules.quantities import cents_of_micros


class Zero(StrEnum):
    """Why nothing is credited."""

    NOT_COUNTED = "not_counted"
    COUNT_TOO_OLD = "count_too_old"
    NOTHING_ON_HAND = "nothing_on_hand"
    RECEIVED_TOO_LONG_AGO = "received_too_long_ago"
    PROTECTED_ALREADY = "protected_already"


class Window(NamedTuple):
    """The policy's terms: how long before the fall goods may have come, and how old the count may be."""

    received_within: timedelta
    count_no_older_than: timedelta


class Fall(NamedTuple):
    """A list price that falls at an instant; prices in micros, ``old`` above ``new``."""

    at: datetime
    old: int
    new: int


class Stock(NamedTuple):
    """What a dealer held of the product: the last count at or before the fall, laid to receipts, newest first."""

    counted_at: datetime | None = None
    on_hand: int = 0
    layers: tuple[Layer, ...] = ()


class CreditedLayer(NamedTuple):
    """A receipt within the window: the units still held of it, those protected before, and those credited now."""

    receipt: tuple[str, int]
    received_at: datetime
    held: int
    protected_before: int
    credited: int


class Protection(NamedTuple):
    """``amount`` in cents is ``units`` × (old − new), rounded once; ``zero`` says why there is none."""

    fall: Fall
    stock: Stock
    units: int
    amount: int
    zero: Zero | None
    layers: tuple[CreditedLayer, ...] = ()

    @property
    def worth(self) -> int:
        """The same in micros, unrounded: what a sum over several products adds up."""
        return (self.fall.old - self.fall.new) * self.units

    @property
    def protects(self) -> dict[tuple[str, int], int]:
        """By receipt, the units that count as protected after this fall."""
        return {layer.receipt: layer.protected_before + layer.credited for layer in self.layers}


def protection_of(fall: Fall, stock: Stock, protected: Mapping[tuple[str, int], int], window: Window) -> Protection:
    """The credit for one product of one dealer. ``protected`` gives units per receipt that earlier falls credited."""
    if fall.new >= fall.old:
        raise ValueError("a price that does not fall protects nothing")
    if stock.counted_at is None:
        return _nothing(fall, stock, Zero.NOT_COUNTED)
    if fall.at - stock.counted_at > window.count_no_older_than:
        return _nothing(fall, stock, Zero.COUNT_TOO_OLD)
    if stock.on_hand <= 0:
        return _nothing(fall, stock, Zero.NOTHING_ON_HAND)
    earliest = fall.at - window.received_within
    units = 0
    layers = []
    for received_at, doc_no, line_no, _unit_price, held, _received in stock.layers:
        if received_at < earliest:
            break
        receipt = doc_no, line_no
        before = min(protected.get(receipt, 0), held)
        layers.append(CreditedLayer(receipt, received_at, held, before, held - before))
        units += held - before
    amount = cents_of_micros((fall.old - fall.new) * units)
    zero = None if units else Zero.PROTECTED_ALREADY if layers else Zero.RECEIVED_TOO_LONG_AGO
    return Protection(fall, stock, units, amount, zero, tuple(layers))


def protections_of(falls: Iterable[tuple[Fall, Stock]], window: Window) -> list[Protection]:
    """The credits for the falls of one product and dealer in their order; units are protected once."""
    return chain_of((fall, stock, window) for fall, stock in falls)


def chain_of(falls: Iterable[tuple[Fall, Stock, Window]]) -> list[Protection]:
    """The same where each fall has the terms of the policy in force at its instant."""
    protected: dict[tuple[str, int], int] = {}
    found: list[Protection] = []
    for fall, stock, window in falls:
        if found:
            for receipt, units in found[-1].protects.items():
                protected[receipt] = max(protected.get(receipt, 0), units)
        found.append(protection_of(fall, stock, protected, window))
    return found


def total(protections: Sequence[Protection]) -> int:
    """The sum of rounded credits, in cents."""
    return sum(protection.amount for protection in protections)


def _nothing(fall: Fall, stock: Stock, why: Zero) -> Protection:
    return Protection(fall, stock, 0, 0, why)
