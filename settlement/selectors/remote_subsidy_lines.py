"""The remote-area subsidies of a statement."""

from __future__ import annotations

from collections.abc import Collection

from dealers.foundation.half_months import HalfMonth
from rebates.rules.remote_subsidy import proof_of_subsidy
from rebates.selectors.facts import RebateFacts
from rebates.selectors.remote_subsidies import DealerSubsidy, subsidies
from settlement.choices import LineKind
from settlement.rules.statements import DraftLine
from settlement.selectors.questions import RunQuestion


class RemoteSubsidyLines:
    """A line with the quarter's last half-month for each dealer with a right, also when it earned nothing and why.

    A closed quarter appears again when later facts change what it earned.
    """

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        self.period = question.period.ordinal
        self.subsidies = subsidies(facts.question)

    def dealers(self) -> Collection[int]:
        return self.subsidies.keys()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        return [self._line(one) for one in self.subsidies.get(dealer_id, ())]

    def _line(self, one: DealerSubsidy) -> DraftLine:
        up_to = one.up_to
        return DraftLine(
            kind=LineKind.REMOTE_SUBSIDY.value,
            program="",
            for_period=str(up_to),
            base=max(one.found.remote, 0),
            rate=one.by.terms.rate,
            amount=one.found.amount,
            proof=proof_of_subsidy(
                one.found,
                one.by.terms,
                policy=one.by.policy,
                quarter=str(one.quarter),
                up_to=up_to.ordinal,
                period=self.period,
                label=lambda ordinal: str(HalfMonth.from_ordinal(ordinal)),
            ),
        )
