"""What forfeited years take back and cancel."""

from __future__ import annotations

from collections.abc import Collection

from dealers.foundation.half_months import HalfMonth
from rebates.rules.forfeiture import Cancellation, cancellations, proof_of_cancellation
from rebates.selectors.facts import RebateFacts
from rebates.selectors.forfeitures import ForfeitedYear, forfeited_years
from settlement.rules.statements import DraftLine
from settlement.selectors.questions import RunQuestion
from settlement.selectors.rebate_lines import RebateLines


class ForfeitureLines:
    """Beside each rebate of a forfeited year the line that cancels it; what was paid before is taken back."""

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        self.question = question
        self.rebates = RebateLines(question, facts)
        self.years = forfeited_years(cutoff=question.cutoff, before=question.period.ordinal, shard=question.shard)

    def dealers(self) -> Collection[int]:
        return self.years.keys()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        years = self.years.get(dealer_id)
        if not years:
            return []
        now = [
            (line.program, str(line.proof["window"]), HalfMonth.parse(line.for_period).ordinal, line.amount)
            for line in self.rebates.lines_of(dealer_id)
        ]
        found = []
        for year, of_year in sorted(years.items()):
            in_year = {(program, window): (at, due) for program, window, at, due in now if window[:4] == str(year)}
            period = self.question.period.ordinal
            lines = cancellations(of_year.windows(in_year), forfeited=of_year.forfeited, period=period)
            found += [self._line(line, of_year) for line in lines]
        return found

    def _line(self, line: Cancellation, of_year: ForfeitedYear) -> DraftLine:
        policy = self.question.policy
        return DraftLine(
            kind=line.kind,
            program=line.window.program,
            for_period=self.rebates.name(line.for_period),
            base=0,
            rate=0,
            amount=line.amount,
            proof=proof_of_cancellation(
                line,
                period=self.question.period.ordinal,
                policy=(policy.code, policy.version),
                label=self.rebates.name,
                year=of_year.year,
                decisions=of_year.decisions,
            ),
        )
