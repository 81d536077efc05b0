"""Sales beyond stock: what the stock check cannot reconcile, gathered per dealer.

Units reported as sold that never came, that went below zero in between, or that still lie on the shelf at the next
count. Windows in which something is unknown, our own outages among them, are no findings of the stock check and
never reach this rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Count, Signal, percent, sentence, yuan

VERSION = 1


class Limits(Terms):
    """At least so many units, and so large a share of the units sold in the window."""

    least_units: Count = 30
    least_share: Share = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the stock check found in a window: of each product the larger of its findings counts.

    ``amount`` values the units at the prices the dealer reported; ``sold`` are all units it sold in the window.
    """

    dealer_id: int
    window: str
    products: int
    units: int
    amount: Decimal
    sold: int
    worst_sku: str
    worst_units: int


_SAID = _(
    "The stock check finds %(units)s units of %(products)s products reported as sold that were not there or still lie "
    "on the shelf (%(amount)s at the prices reported), %(share)s of the %(sold)s units sold in %(window)s; most of "
    "%(sku)s, by %(worst)s units."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal when enough units do not add up."""
    if facts.units < limits.least_units or facts.units < limits.least_share * facts.sold:
        return
    said = sentence(
        SignalRule.BEYOND_STOCK,
        _SAID,
        units=facts.units,
        products=facts.products,
        amount=yuan(facts.amount),
        share=percent(facts.units, facts.sold),
        sold=facts.sold,
        window=facts.window,
        sku=facts.worst_sku,
        worst=facts.worst_units,
    )
    yield Signal(SignalRule.BEYOND_STOCK, facts.dealer_id, facts.window, said, facts.amount)
