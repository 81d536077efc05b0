"""What is on the shelf was bought at which price: units on hand, laid to the newest receipts (first in, first out).

Goods are sold in the order they came, so what is left came last: the same order in which price protection counts
(rulebook section 5, "newest receipts first"). A return to headquarters takes its units back from the newest earlier
receipts at the same unit price; what finds none there, from the newest earlier receipts at any price.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Receipt(NamedTuple):
    """A line of goods sent to a dealer; a negative quantity went back."""

    at: datetime
    doc_no: str
    line_no: int
    quantity: int
    unit_price: Decimal


class Layer(NamedTuple):
    """Units on hand that came with one receipt, of which ``received`` were left after returns."""

    at: datetime
    doc_no: str
    line_no: int
    unit_price: Decimal
    units: int
    received: int


class StockLayers(NamedTuple):
    """Layers, the newest first. ``unexplained`` units are on hand though no known receipt brought them."""

    layers: tuple[Layer, ...]
    unexplained: int

    @property
    def value(self) -> Decimal:
        """What the explained units cost, unrounded."""
        return sum((layer.units * layer.unit_price for layer in self.layers), Decimal(0))


def stock_layers(on_hand: int, receipts: Iterable[Receipt]) -> StockLayers:
    """Lay ``on_hand`` units to ``receipts``, given in any order; the layers and what is left unexplained add up."""
    layers: list[Layer] = []
    wanted = max(on_hand, 0)
    for receipt, received in reversed(kept_receipts(receipts)):
        if not wanted:
            break
        at, doc_no, line_no, _quantity, unit_price = receipt
        units = min(wanted, received)
        layers.append(Layer(at, doc_no, line_no, unit_price, units, received))
        wanted -= units
    return StockLayers(tuple(layers), wanted)


def kept_receipts(receipts: Iterable[Receipt]) -> list[tuple[Receipt, int]]:
    """Receipts by time with the units of each that were not sent back; those sent back whole are left out.

    A return of more than had come before it is taken from nothing: it cannot make a later receipt smaller.
    """
    told = list(receipts)
    if all(receipt.quantity > 0 for receipt in told):
        # As by `_by_time`, since nothing goes back: so it is almost always.
        return [(receipt, receipt.quantity) for receipt in sorted(told)]
    came: list[tuple[Receipt, int]] = []
    for receipt in sorted(told, key=_by_time):
        if receipt.quantity > 0:
            came.append((receipt, receipt.quantity))
            continue
        left = _take_back(came, -receipt.quantity, receipt.unit_price)
        if left:
            _take_back(came, left, None)
    return [(receipt, units) for receipt, units in came if units]


def _take_back(came: list[tuple[Receipt, int]], units: int, unit_price: Decimal | None) -> int:
    """Take units from the newest receipts, of one price or of any; how many found no receipt."""
    for place in range(len(came) - 1, -1, -1):
        if not units:
            break
        receipt, left = came[place]
        if left and (unit_price is None or receipt.unit_price == unit_price):
            taken = min(units, left)
            came[place] = (receipt, left - taken)
            units -= taken
    return units


def _by_time(receipt: Receipt) -> tuple[datetime, bool, str, int]:
    """At one instant goods arrive before any go back."""
    return receipt.at, receipt.quantity < 0, receipt.doc_no, receipt.line_no
