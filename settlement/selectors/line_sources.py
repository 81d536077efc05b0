"""Where the lines of a statement come from: one source per part of the business, listed in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from dealers.foundation.half_months import HalfMonth
from rebates.selectors.credits import credits_to_settle
from rebates.selectors.facts import RebateFacts
from settlement.choices import LineKind
from settlement.rules.statements import DraftLine
from settlement.selectors.forfeiture_lines import ForfeitureLines
from settlement.selectors.protection_lines import ProtectionLines
from settlement.selectors.questions import RunQuestion
from settlement.selectors.rebate_lines import RebateLines
from settlement.selectors.remote_subsidy_lines import RemoteSubsidyLines


class LineSource(Protocol):
    """A part of the business that settles. It reads once for all dealers and then answers for each."""

    def dealers(self) -> Collection[int]:
        """Dealers with anything to settle or to show."""

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        """The dealer's lines in the order of the statement. Dealers are asked for once, in the order of their keys."""


class CreditLines:
    """A line for each credit that was decided up to the cutoff and has not been settled yet."""

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        settled_in = question.period.ordinal if question.settled else None
        self.credits = credits_to_settle(cutoff=question.cutoff, shard=question.shard, settled_in=settled_in)
        periods = {credit.for_period for credits in self.credits.values() for credit in credits}
        self._names = {ordinal: str(HalfMonth.from_ordinal(ordinal)) for ordinal in periods}

    def dealers(self) -> Collection[int]:
        return self.credits.keys()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        return [
            DraftLine(
                kind=credit.kind,
                program=credit.program,
                for_period=self._names[credit.for_period],
                base=credit.base,
                rate=credit.rate,
                amount=credit.amount,
                proof={**credit.proof, "credit": credit.reference},
            )
            for credit in self.credits.get(dealer_id, ())
        ]


#: Every source. What a dealer's sources give is shown in the order of the kinds.
LINE_SOURCES: tuple[Callable[[RunQuestion, RebateFacts], LineSource], ...] = (
    RebateLines,
    ForfeitureLines,
    RemoteSubsidyLines,
    ProtectionLines,
    CreditLines,
)

_PLACES = {str(kind): place for place, kind in enumerate(LineKind.values)}


def in_order(lines: list[DraftLine]) -> list[DraftLine]:
    """The lines by kind, in the order of the vocabulary; those of a kind stay as their source gave them."""
    return sorted(lines, key=lambda line: _PLACES[line.kind])
