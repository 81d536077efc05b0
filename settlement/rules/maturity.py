"""The maturity ladder: which bills fall due by when, in steps that leave no day out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from settlement.rules.tenor import months_after


@dataclass(frozen=True, slots=True)
class Rung:
    """Due from ``first`` (None: earlier than today) up to ``until`` (not included; None: no end)."""

    key: str
    first: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.until is None or day < self.until)


def ladder(today: date, months: int = 6) -> tuple[Rung, ...]:
    """What is past its day, the next 7 days, the rest of the first month, each month after, and what comes later."""
    week = today + timedelta(days=7)
    firsts = [months_after(today, number) for number in range(1, months + 1)]
    rungs = [Rung("past", None, today), Rung("week", today, week), Rung("month", week, firsts[0])]
    rungs += [Rung(f"month_{n}", *pair) for n, pair in enumerate(pairwise(firsts), start=2)]
    return (*rungs, Rung("later", firsts[-1], None))
