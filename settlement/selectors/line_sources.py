"""Where the lines of a statement come from: one source per part of the business, listed in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from dealers.foundation.half_months import HalfMonth
from rebates.rules.proof import proof_of
from rebates.selectors.facts import RebateFacts
from settlement.choices import LineKind
from settlement.rules.statements import DraftLine


class LineSource(Protocol):
    """A part of the business that settles. It reads once for all dealers and then answers for each."""

    def dealers(self) -> Collection[int]:
        """Dealers with anything to settle or to show."""

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        """The dealer's lines in the order of the statement."""


class RebateLines:
    """A line for each program and window in which the dealer earns, or which late facts change."""

    def __init__(self, facts: RebateFacts) -> None:
        self.facts = facts
        self.period = facts.question.period.ordinal
        self._names: dict[int, str] = {}

    def dealers(self) -> Collection[int]:
        return self.facts.dealers()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
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


#: Every source, in the order in which a statement shows its lines. Further kinds of line are added here.
LINE_SOURCES: tuple[Callable[[RebateFacts], LineSource], ...] = (RebateLines,)
