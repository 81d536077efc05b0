"""A burst that just crosses a bracket and is returned when the window is over.

Within a window returns settle themselves: they lower the base again. What comes back after its end lowers another
window's base, and the rate reached stays. So three things together are a signal: the base passed the bracket only
just, it did so in a burst, and afterwards so much came back that without it the bracket would not have been reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Days, Factor, Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Signal, percent, sentence, times, yuan

VERSION = 1


class Limits(Terms):
    """A burst is ``burst_days`` of at least ``burst_times`` the pace before; just above is within ``margin`` of the
    bracket; at least ``returned_share`` of the burst comes back within ``return_days`` of the window's end."""

    burst_days: Days = 5
    burst_times: Factor = Decimal(2)
    margin: Share = Decimal("0.15")
    returned_share: Share = Decimal("0.30")
    return_days: Days = 21


@dataclass(frozen=True, slots=True)
class Facts:
    """The base of a program in a window, day by day in order, and what came back afterwards (above zero).

    ``edges`` are where its brackets begin; 0 is none.
    """

    dealer_id: int
    window: str
    program: str
    first_day: date
    edges: tuple[Decimal, ...]
    days: tuple[tuple[date, Decimal], ...]
    returned: Decimal


_SAID = _(
    "%(burst)s in the %(days)s days up to %(crossed)s, %(times)s times the pace before, lifted the base of "
    "%(program)s in %(window)s over the bracket of %(edge)s, by %(margin)s in the end; within %(return_days)s days "
    "after the window %(returned)s came back, %(share)s of the burst: without it the bracket would not have been "
    "reached."
)


def edge_reached(base: Decimal, edges: tuple[Decimal, ...]) -> Decimal:
    """The highest bracket the base has reached, 0 when it is in the first."""
    return max((edge for edge in edges if edge <= base), default=Decimal(0))


def may_be_one(base: Decimal, returned: Decimal, edges: tuple[Decimal, ...], limits: Limits) -> bool:
    """Whether base and returns alone leave it possible, so that the days are worth looking at."""
    edge = edge_reached(base, edges)
    return edge > 0 and base - edge <= limits.margin * edge and returned > base - edge


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal about the bracket reached last."""
    base = sum((amount for _day, amount in facts.days), Decimal(0))
    if not may_be_one(base, facts.returned, facts.edges, limits):
        return
    edge = edge_reached(base, facts.edges)
    crossed = _crossed_on(facts, edge)
    begins = crossed - timedelta(days=limits.burst_days - 1)
    burst = sum((amount for day, amount in facts.days if begins <= day <= crossed and amount > 0), Decimal(0))
    before = sum((amount for day, amount in facts.days if day < begins), Decimal(0))
    days_before = (begins - facts.first_day).days
    if days_before < limits.burst_days or before <= 0:
        return  # nothing to compare the pace with
    pace, pace_before = burst / limits.burst_days, before / days_before
    if pace < limits.burst_times * pace_before or facts.returned < limits.returned_share * burst:
        return
    said = sentence(
        SignalRule.BRACKET_BURST,
        _SAID,
        burst=yuan(burst),
        days=limits.burst_days,
        crossed=crossed.isoformat(),
        times=times(pace, pace_before),
        program=facts.program,
        window=facts.window,
        edge=yuan(edge),
        margin=yuan(base - edge),
        return_days=limits.return_days,
        returned=yuan(facts.returned),
        share=percent(facts.returned, burst),
    )
    yield Signal(SignalRule.BRACKET_BURST, facts.dealer_id, facts.window, said, burst, subject=facts.program[:24])


def _crossed_on(facts: Facts, edge: Decimal) -> date:
    """The day since which the base never was below the edge again."""
    reached = Decimal(0)
    crossed = facts.days[-1][0]
    is_above = False
    for day, amount in facts.days:
        reached += amount
        if reached >= edge and not is_above:
            crossed = day
        is_above = reached >= edge
    return crossed
