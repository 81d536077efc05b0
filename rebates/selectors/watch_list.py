"""Who is about to reach or to miss a bracket in the running windows, and who crossed one in a burst."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dealers.foundation.half_months import HalfMonth
from pricing.selectors.lately import Lately, lately, together
from rebates.rules.distance import Outlook
from rebates.rules.loading import Course, Loading, LoadingTerms, purchases_loaded, sales_loaded
from rebates.rules.programs import PURCHASES
from rebates.rules.quantities import micros
from rebates.selectors.standings import Standing, Standings
from rebates.terms import WatchTerms

_MILLION = 1_000_000
#: So many times the last days are looked back on for what is sold on an ordinary day.
_LOOK_BACK = 4


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A dealer in a program, and the burst by which it crossed the bracket it has reached, if it was one."""

    standing: Standing
    loading: Loading | None = None


@dataclass(slots=True)
class WindowSum:
    """One program in one window over the rows shown; bases in micros, amounts in cents.

    ``brings`` is what it costs HQ if every dealer close to its bracket, or on the way to it, reaches it and buys or
    sells no more.
    """

    program: str
    window: str
    dealers: int = 0
    close: int = 0
    reaching: int = 0
    base: int = 0
    projected: int = 0
    earned: int = 0
    projected_earned: int = 0
    brings: int = 0

    def add(self, row: Standing) -> None:
        found = row.distance
        self.dealers += 1
        self.close += found.outlook is Outlook.CLOSE
        self.reaching += found.outlook is Outlook.REACHES
        self.base += found.base
        self.projected += found.projected
        self.earned += found.earned
        self.projected_earned += found.projected_earned
        if found.outlook in (Outlook.CLOSE, Outlook.REACHES):
            self.brings += found.brings


def sums_of(rows: Iterable[WatchRow]) -> list[WindowSum]:
    """What the rows add up to by program and window, in the order they first appear."""
    found: dict[tuple[str, str], WindowSum] = {}
    for row in rows:
        key = row.standing.program.program.code, row.standing.program.window
        found.setdefault(key, WindowSum(*key)).add(row.standing)
    return list(found.values())


def watched(known: Standings) -> list[WatchRow]:
    """Every standing, with the hint that a bracket was reached by loading. Four queries, none without a suspicion."""
    terms = known.terms
    split = known.today - timedelta(days=terms.burst_days - 1)
    suspects = [row for row in known.rows if _crossed_lately(row, terms, split)]
    first = split - timedelta(days=terms.burst_days * _LOOK_BACK)
    facts = lately({row.dealer_id for row in suspects}, first=first, split=split, until=known.today + timedelta(days=1))
    hints = {
        (row.dealer_id, row.program.key): hint
        for row in suspects
        if (hint := _hint(row, facts.get(row.dealer_id, {}), terms)) is not None
    }
    return [WatchRow(row, hints.get((row.dealer_id, row.program.key))) for row in known.rows]


def _crossed_lately(row: Standing, terms: WatchTerms, split: date) -> bool:
    """Whether the half-months that hold the last days could have carried the base over its bracket."""
    if not row.distance.reached or row.pace.elapsed <= terms.burst_days:
        return False
    since = HalfMonth.containing(split).ordinal
    latest = sum(part.amount for part in row.inputs if part.period >= since)
    return row.distance.base - latest < row.distance.reached


def _hint(row: Standing, by_category: Mapping[str, Lately], terms: WatchTerms) -> Loading | None:
    program = row.program.program
    parts: Collection[Lately] = [part for category, part in by_category.items() if program.covers(category)]
    found = together(parts)
    rule = LoadingTerms(terms.burst_days, micros(terms.burst_times), terms.cover_days)
    days_before = row.pace.elapsed - terms.burst_days
    if program.base == PURCHASES:
        sold_a_day = max(found.units_sold_before, 0) * _MILLION // (terms.burst_days * _LOOK_BACK)
        course = Course(
            row.distance.base, found.bought_recent, row.distance.reached, days_before, found.held_now, sold_a_day
        )
        return purchases_loaded(course, rule)
    to_sell = None if found.held_then is None else found.held_then + max(found.units_bought_recent, 0)
    return sales_loaded(
        Course(
            row.distance.base,
            found.earning_recent,
            row.distance.reached,
            days_before,
            units_booked=found.units_sold_recent,
            units_to_sell=to_sell,
        ),
        rule,
    )
