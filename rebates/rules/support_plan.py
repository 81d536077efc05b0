"""What a plan for a supported activity must say before it can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.money import ZERO
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import msgid as _

LONGEST_DAYS = 92
LARGEST_BUDGET = Decimal("100000000")


@dataclass(frozen=True, slots=True)
class SupportPlan:
    """What a dealer wants to do. ``ends_on`` is the first day after it, ``regions`` are codes, none: everywhere.

    ``promo`` is the number of an approved promotion request that the activity belongs to, empty for none.
    """

    kind: str
    purpose: str
    starts_on: date
    ends_on: date
    budget: Decimal
    description: str = ""
    regions: tuple[str, ...] = ()
    promo: str = ""

    @property
    def quarter(self) -> Quarter:
        """The quarter whose quota it uses: the one in which it begins."""
        return Quarter.containing(self.starts_on)


def faults_in(plan: SupportPlan) -> Iterator[Finding]:
    """What is wrong with a plan in itself, also with a draft."""
    if plan.ends_on <= plan.starts_on:
        yield _error("ends_first", _("The last day lies before the first."), "ends_on")
    elif (plan.ends_on - plan.starts_on).days > LONGEST_DAYS:
        yield _error("too_long", _("It may last at most %(days)s days; plan the rest by itself."), "ends_on")
    if not ZERO < plan.budget <= LARGEST_BUDGET:
        yield _error("bad_budget", _("The budget lies between 0.01 and 100,000,000."), "budget")
    if plan.budget.as_tuple().exponent < -2:  # type: ignore[operator]
        yield _error("too_fine", _("The budget has at most two decimal places."), "budget")
    if not plan.purpose.strip():
        yield _error("no_purpose", _("Say in a line what it is for."), "purpose")


def faults_to_ask(plan: SupportPlan, *, today: date, own_places: Collection[str]) -> Iterator[Finding]:
    """What stands in the way of asking for it today; ``own_places`` are the regions the dealer may sell in then."""
    yield from faults_in(plan)
    if plan.starts_on < today:
        yield _error("begun", _("It begins on a day that is over; support is asked for beforehand."), "starts_on")
    if plan.quarter > Quarter.containing(today).next():
        yield _error("too_early", _("Ask at most one quarter ahead."), "starts_on")
    foreign = sorted(set(plan.regions) - set(own_places))
    if foreign:
        yield Finding(
            "not_own_region",
            Severity.ERROR,
            _("You may not sell in %(value)s then."),
            {"value": ", ".join(foreign)},
            field="regions",
            value=", ".join(foreign),
        )


def reserved_until(at: datetime, days: int, quarter: Quarter) -> datetime:
    """When an unused reservation lapses: at the end of the day so many days later, at the latest with its quarter."""
    return min(start_of_day(business_day(at) + timedelta(days=days + 1)), start_of_day(quarter.end))


def proof_due(ends_on: date, days: int) -> datetime:
    """By when execution is to be proven: so many days after the activity's last day."""
    return start_of_day(ends_on + timedelta(days=days))


def _error(code: str, message: str, field: str) -> Finding:
    return Finding(code, Severity.ERROR, message, {"days": LONGEST_DAYS}, field=field)
