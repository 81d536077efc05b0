"""The rebates of a statement."""

from __future__ import annotations

from collections.abc import Collection

from dealers.foundation.half_months import HalfMonth
from rebates.rules.pools import proof_of_pooled
from rebates.rules.proof import proof_of
from rebates.selectors.facts import RebateFacts
from rebates.selectors.pools import pools_of
from settlement.choices import LineKind
from settlement.rules.statements import DraftLine
from settlement.selectors.questions import RunQuestion


class RebateLines:
    """A line for each program and window in which the dealer earns, or which late facts change.

    Programs that an alliance pools give one line for the part in the pool, one for half-months outside of it.
    """

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        self.facts = facts
        self.period = facts.question.period.ordinal
        self.pools = pools_of(facts)
        self._names: dict[int, str] = {}

    def dealers(self) -> Collection[int]:
        return self.facts.dealers() if self.pools is None else {*self.facts.dealers(), *self.pools.dealers()}

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        return self._alone(dealer_id) + self._pooled(dealer_id)

    def _pooled(self, dealer_id: int) -> list[DraftLine]:
        return [
            DraftLine(
                kind=LineKind.REBATE.value,
                program=due.code,
                for_period=self.name(due.program.up_to),
                base=due.base,
                rate=due.pool.entitlement.rate,
                amount=due.amount,
                proof=proof_of_pooled(due, self.period, self.name),
            )
            for due in (self.pools.dues_of(dealer_id) if self.pools is not None else ())
        ]

    def _alone(self, dealer_id: int) -> list[DraftLine]:
        return [
            DraftLine(
                kind=LineKind.REBATE.value,
                program=due.program.program.code,
                for_period=self.name(due.program.up_to),
                base=due.base,
                rate=due.entitlement.rate,
                amount=due.amount,
                proof=proof_of(due, self.period, self.name),
            )
            for due in self.facts.dues_of(dealer_id)
        ]

    def name(self, ordinal: int) -> str:
        """A half-month's name, remembered: it is asked for with every line."""
        if ordinal not in self._names:
            self._names[ordinal] = str(HalfMonth.from_ordinal(ordinal))
        return self._names[ordinal]
