"""Where the lines of a statement come from: one source per part of the business, listed in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from dealers.foundation.half_months import HalfMonth
from rebates.rules.proof import proof_of
from rebates.selectors.credits import credits_to_settle
from rebates.selectors.facts import RebateFacts
from settlement.choices import LineKind
from settlement.rules.statements import DraftLine
from settlement.selectors.questions import RunQuestion


class LineSource(Protocol):
    """A part of the business that settles. It reads once for all dealers and then answers for each."""

    def dealers(self) -> Collection[int]:
        """Dealers with anything to settle or to show."""

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        """The dealer's lines in the order of the statement."""


class RebateLines:
    """A line for each program and window in which the dealer earns, or which late facts change."""

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
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


class CreditLines:
    """A line for each credit that was decided up to the cutoff and has not been settled yet."""

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        settled_in = question.period.ordinal if question.settled else None
        self.credits = credits_to_settle(cutoff=question.cutoff, shard=question.shard, settled_in=settled_in)

    def dealers(self) -> Collection[int]:
        return self.credits.keys()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        return [
            DraftLine(
                kind=credit.kind,
                program=credit.program,
                for_period=str(HalfMonth.from_ordinal(credit.for_period)),
                base=credit.base,
                rate=credit.rate,
                amount=credit.amount,
                proof={**credit.proof, "credit": credit.reference},
            )
            for credit in self.credits.get(dealer_id, ())
        ]


#: Every source. What a dealer's sources give is shown in the order of the kinds.
LINE_SOURCES: tuple[Callable[[RunQuestion, RebateFacts], LineSource], ...] = (RebateLines, CreditLines)

_PLACES = {str(kind): place for place, kind in enumerate(LineKind.values)}


def in_order(lines: list[DraftLine]) -> list[DraftLine]:
    """The lines by kind, in the order of the vocabulary; those of a kind stay as their source gave them."""
    return sorted(lines, key=lambda line: _PLACES[line.kind])
