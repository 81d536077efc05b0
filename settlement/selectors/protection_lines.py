"""The statement's lines of price protection."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from dealers.foundation.half_months import HalfMonth
from rebates.rules.protected_days import proof_of_day
from rebates.selectors.facts import RebateFacts
from rebates.selectors.protected_days import NO_PROTECTION, PROGRAM, ProtectionQuestion, protection_facts
from settlement.choices import LineKind, RunState
from settlement.models import SettlementRun
from settlement.rules.statements import DraftLine
from settlement.selectors.questions import RunQuestion

_ONE = 1_000_000
#: The edition from which settlements take falls of list prices up.
PROTECTS_FROM = 2


class ProtectionLines:
    """A line for each day on which prices of goods the dealer held or received fell, or which late facts change."""

    def __init__(self, question: RunQuestion, facts: RebateFacts) -> None:
        self.period = str(question.period)
        self._names: dict[date, str] = {}
        self.facts = NO_PROTECTION if question.edition < PROTECTS_FROM else protection_facts(_asked(question))

    def dealers(self) -> Collection[int]:
        return self.facts.dealers()

    def lines_of(self, dealer_id: int) -> list[DraftLine]:
        lines = []
        for due in self.facts.dues_of(dealer_id):
            for_period = self._name(due.day)
            names = [str(HalfMonth.from_ordinal(part.period)) for part in due.settled]
            terms = self.facts.terms[due.day]
            lines.append(
                DraftLine(
                    kind=LineKind.PRICE_PROTECTION.value,
                    program=PROGRAM,
                    for_period=for_period,
                    base=due.worth,
                    rate=_ONE,
                    amount=due.amount,
                    proof=proof_of_day(due, terms, period=self.period, up_to=for_period, names=names),
                )
            )
        return lines

    def _name(self, day: date) -> str:
        """The half-month of a day, remembered: it is asked for with every line."""
        if day not in self._names:
            self._names[day] = str(HalfMonth.containing(day))
        return self._names[day]


def _asked(question: RunQuestion) -> ProtectionQuestion:
    """Falls before the first half-month that settled any are not taken up later."""
    protecting = SettlementRun.objects.filter(
        state=RunState.CLOSED, ordinal__lt=question.period.ordinal, edition__gte=PROTECTS_FROM
    )
    first = protecting.order_by("ordinal").values_list("ordinal", flat=True).first()
    latest = question.books.latest
    return ProtectionQuestion(
        period=question.period,
        cutoff=question.cutoff,
        policy=question.policy,
        since=question.books.since,
        books_from=first,
        unsettled_from=None if latest is None else latest + 1,
        shard=question.shard,
    )
