"""Stock adjustments out of proportion: more declared as damaged, lost, used, given away or found than dealers do.

Losses explain goods that were sold past the reports, surpluses goods that were never bought here. Opening stock and
transfers are no losses. Compared with what the dealer handled, and with the median of its industry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Factor, Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Count, Signal, percent, sentence

VERSION = 1

LOSSES, GAINS = "losses", "gains"


class Limits(Terms):
    """At least so many units, so large a share of the units handled, and so many times the industry's median."""

    least_units: Count = 50
    lost_share: Share = Decimal("0.05")
    gained_share: Share = Decimal("0.03")
    median_times: Factor = Decimal(3)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a dealer declared in a window, in units; ``handled`` is the larger of what was shipped to it and sold.

    The medians are shares of the units handled, over the dealers of its industry that handled any. ``lost_amount`` and
    ``gained_amount`` value the units at what the dealer paid for the product.
    """

    dealer_id: int
    window: str
    lost: int
    gained: int
    handled: int
    lost_amount: Decimal = Decimal(0)
    gained_amount: Decimal = Decimal(0)
    median_lost: Decimal = Decimal(0)
    median_gained: Decimal = Decimal(0)


_LOST = _(
    "%(units)s units were declared as damaged, lost, used or given away in %(window)s, %(share)s of the %(handled)s "
    "units handled; dealers of the industry declare %(median)s in the median."
)
_GAINED = _(
    "%(units)s units were declared as found in %(window)s, %(share)s of the %(handled)s units handled; dealers of the "
    "industry declare %(median)s in the median."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """A signal about losses and one about gains."""
    for subject, message, units, amount, share, median in (
        (LOSSES, _LOST, facts.lost, facts.lost_amount, limits.lost_share, facts.median_lost),
        (GAINS, _GAINED, facts.gained, facts.gained_amount, limits.gained_share, facts.median_gained),
    ):
        handled = max(facts.handled, units)
        if units < limits.least_units or units < max(share, limits.median_times * median) * handled:
            continue
        said = sentence(
            SignalRule.ADJUSTMENTS,
            message,
            units=units,
            window=facts.window,
            share=percent(units, handled),
            handled=facts.handled,
            median=percent(median, 1),
        )
        yield Signal(SignalRule.ADJUSTMENTS, facts.dealer_id, facts.window, said, amount, subject=subject)
