"""The dealers that have left, as a settlement sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dealers.foundation.half_months import HalfMonth
from dealers.selectors.exits import exits
from settlement.choices import RunState, StatementRole
from settlement.models import SettlementRun
from settlement.rules.exits import Settled, clearing_period
from settlement.selectors.questions import RunQuestion


@dataclass(frozen=True, slots=True)
class Leavers:
    """``cleared``: by dealer the half-month that clears its account; ``present``: those that were still there."""

    period: HalfMonth
    cleared: Mapping[int, HalfMonth]
    present: Collection[int]

    def role_of(self, dealer_id: int) -> str:
        """What the dealer's statement of the half-month is, see :class:`StatementRole`; empty for an ordinary one."""
        cleared = self.cleared.get(dealer_id)
        if cleared is None:
            return ""
        return (StatementRole.CLEARING if cleared == self.period else StatementRole.SUPPLEMENTARY).value

    def is_expected(self, dealer_id: int) -> bool:
        """Whether a dealer that has left by now gets a statement also without facts: up to the clearing one."""
        return dealer_id in self.present or self.cleared.get(dealer_id) == self.period


def leavers(question: RunQuestion) -> Leavers:
    """Who had left by the half-month and the cutoff asked for; at most two queries."""
    left = exits(question.shard)
    period = question.period.ordinal
    closed: list[Settled] = []
    if left:
        runs = SettlementRun.objects.filter(state=RunState.CLOSED, ordinal__lt=period)
        closed = [Settled(ordinal, cutoff) for ordinal, cutoff in runs.values_list("ordinal", "cutoff") if cutoff]
    found = {
        one.dealer_id: clearing_period(
            one.period.ordinal, one.known_from, period=period, cutoff=question.cutoff, closed=closed
        )
        for one in left
    }
    return Leavers(
        question.period,
        {dealer: HalfMonth.from_ordinal(cleared) for dealer, cleared in found.items() if cleared is not None},
        {dealer for dealer, cleared in found.items() if cleared is None},
    )
