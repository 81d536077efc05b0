"""One end customer who takes an implausible share of what a dealer sells.

A business with an addendum in force may well be a dealer's largest customer: bulk sales count only towards the limit
for all sales, retail sales towards a lower one of their own.
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
_SHOWN = 8


class Limits(Terms):
    """From which share on, bought on at least ``least_days`` days: one large purchase is no share. Only dealers with so
    many lines and so much sold are looked at, for a share of little says nothing."""

    retail_share: Share = Decimal("0.20")
    all_share: Share = Decimal("0.80")
    least_days: Count = 4
    least_lines: Count = 60
    least_amount: Amount = Decimal(50_000)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one customer took of a dealer in a window, net of returns; ``customer`` is the keyed hash of its reference.

    ``next_retail`` and ``next_amount`` are what the next largest customer took.
    """

    dealer_id: int
    window: str
    customer: str
    lines: int
    days: int
    retail: Decimal
    amount: Decimal
    next_retail: Decimal
    next_amount: Decimal
    dealer_lines: int
    dealer_retail: Decimal
    dealer_amount: Decimal


_RETAIL = _(
    "One customer (%(customer)s) took %(amount)s of the retail sales of %(window)s, %(share)s of %(total)s, in "
    "%(lines)s lines on %(days)s days; the next largest took %(next)s."
)
_ALL = _(
    "One customer (%(customer)s) took %(amount)s of the sales of %(window)s, %(share)s of %(total)s, in %(lines)s "
    "lines on %(days)s days; the next largest took %(next)s."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal, about retail when that limit is passed."""
    if facts.dealer_lines < limits.least_lines or facts.days < limits.least_days:
        return
    for message, amount, following, total, share in (
        (_RETAIL, facts.retail, facts.next_retail, facts.dealer_retail, limits.retail_share),
        (_ALL, facts.amount, facts.next_amount, facts.dealer_amount, limits.all_share),
    ):
        if total < limits.least_amount or amount < share * total:
            continue
        said = sentence(
            SignalRule.CUSTOMER_SHARE,
            message,
            customer=facts.customer[:_SHOWN],
            amount=yuan(amount),
            window=facts.window,
            share=percent(amount, total),
            total=yuan(total),
            lines=facts.lines,
            days=facts.days,
            next=percent(max(following, Decimal(0)), total),
        )
        yield Signal(
            SignalRule.CUSTOMER_SHARE, facts.dealer_id, facts.window, said, amount, subject=facts.customer[:_SHOWN]
        )
        return
