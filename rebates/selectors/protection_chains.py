"""What a dealer held, asked of the rule: fall by fall of each product. Settlements and estimates both come through
here, so that an estimate is what a settlement would say with the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from dealers.selectors.dated_stock import DatedStock
from rebates.rules.price_protection import Fall, Protection, Stock, Window, chain_of
from rebates.rules.quantities import micros
from rebates.selectors.price_falls import PriceFall

_NOTHING = Stock()


class Step(NamedTuple):
    """A fall as the rule takes it: written once for a product, since every dealer that holds it is asked.

    Of an earlier one that is not ``asked`` for only the units count that it protected.
    """

    day: date
    at: datetime
    fall: Fall
    window: Window
    asked: bool = True


class Credited(NamedTuple):
    """What one fall of a product brings a dealer, and what it held then."""

    product_id: int
    step: Step
    stock: DatedStock
    protection: Protection


def step_of(fall: PriceFall, at: datetime, window: Window, *, asked: bool = True) -> Step:
    """The fall, as if it came at ``at``."""
    return Step(fall.day, at, Fall(at, micros(fall.old), micros(fall.new)), window, asked)


def credited(held: Iterable[DatedStock], steps: Mapping[int, Sequence[Step]]) -> Iterator[Credited]:
    """What ``steps``, by product and in their order, bring one dealer who held this; units are protected once.

    A fall is left out when the dealer neither counted nor received the product lately.
    """
    by_product: dict[int, dict[datetime, DatedStock]] = {}
    for one in held:
        by_product.setdefault(one.product_id, {})[one.at] = one
    for product_id, stocks in by_product.items():
        chain = steps[product_id]
        then = [stocks.get(step.at) for step in chain]
        asked = [
            (
                step.fall,
                _NOTHING if stock is None else Stock(stock.counted_at, stock.on_hand, stock.layers.layers),
                step.window,
            )
            for step, stock in zip(chain, then, strict=True)
        ]
        for step, stock, protection in zip(chain, then, chain_of(asked), strict=True):
            if stock is not None:
                yield Credited(product_id, step, stock, protection)
