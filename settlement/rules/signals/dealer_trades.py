"""Sales to other dealers: the end customer named on sale lines is itself a dealer.

Only sales to end customers earn. A dealer is recognised by the keyed hash of its own references (credit code, code,
name) among the customers; see :mod:`pricing.rules.customer_references`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Amount, Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Count, Signal, percent, sentence, yuan

VERSION = 1
_BUYERS_NAMED = 5


class Limits(Terms):
    """From which amount, share of the dealer's sales and number of lines on it is more than neighbourly help."""

    least_amount: Amount = Decimal(20_000)
    least_share: Share = Decimal("0.02")
    least_lines: Count = 3


@dataclass(frozen=True, slots=True)
class Trade:
    """What one dealer reported as sold to another in a window, net of returns. A dealer may be its own buyer."""

    seller_id: int
    buyer_id: int
    buyer: str
    amount: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The trades of a seller, and all it sold in the window."""

    dealer_id: int
    window: str
    total: Decimal
    trades: tuple[Trade, ...]


_SAID = _(
    "%(lines)s sale lines of %(window)s over %(amount)s, %(share)s of the sales, name dealers as end customers: "
    "%(buyers)s."
)
_TOLD = _(
    "%(lines)s sale lines of %(window)s over %(amount)s, %(share)s of the sales, name customers that are no end "
    "customers."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal about everything the dealer sold to dealers."""
    bought = sorted(
        (trade for trade in facts.trades if trade.amount > 0), key=lambda trade: (-trade.amount, trade.buyer)
    )
    amount = sum((trade.amount for trade in bought), Decimal(0))
    lines = sum(trade.lines for trade in bought)
    if amount < limits.least_amount or lines < limits.least_lines or amount < limits.least_share * facts.total:
        return
    numbers: dict[str, object] = {
        "lines": lines,
        "window": facts.window,
        "amount": yuan(amount),
        "share": percent(amount, facts.total),
    }
    buyers = ", ".join(f"{trade.buyer} {yuan(trade.amount)}" for trade in bought[:_BUYERS_NAMED])
    if len(bought) > _BUYERS_NAMED:
        buyers += f", … ({len(bought)})"
    yield Signal(
        SignalRule.DEALER_TRADES,
        facts.dealer_id,
        facts.window,
        sentence(SignalRule.DEALER_TRADES, _SAID, buyers=buyers, **numbers),
        amount,
        told=sentence(SignalRule.DEALER_TRADES, _TOLD, **numbers),
    )
