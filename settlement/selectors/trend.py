"""How settlements develop over half-months, from what the runs say of themselves and from their statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.models import Region
from settlement.choices import LineKind, RunState
from settlement.models import SettlementRun, Statement
from settlement.selectors.breakdown import NONE

#: Two half-months a month: a year.
HALF_MONTHS_A_YEAR = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One half-month. ``days`` is how long it is, so that one of 16 days can be held beside one of 15."""

    period: HalfMonth
    state: str
    statements: int
    purchases: Decimal
    sales: Decimal
    total: Decimal
    payable: Decimal
    by_kind: dict[str, Decimal] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return self.period.days

    @property
    def total_per_day(self) -> Decimal:
        """For comparison only; never paid, so it is rounded to the cent for showing."""
        return (self.total / self.days).quantize(Decimal("0.01"))

    @property
    def cost_rate(self) -> Decimal | None:
        """What was earned for each yuan of reported sales."""
        return self.total / self.sales if self.sales > 0 else None


@dataclass(frozen=True, slots=True)
class YearPoint:
    """A half-month of the year beside the same one a year before; either may not have been calculated."""

    period: HalfMonth
    now: Point | None
    before: Point | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.now is None or self.before is None else self.now.total - self.before.total


def points(first: int, last: int) -> dict[int, Point]:
    """The calculated half-months from ``first`` to ``last`` by number; one query, whatever the company's size."""
    runs = SettlementRun.objects.filter(ordinal__gte=first, ordinal__lte=last).exclude(state=RunState.OPEN)
    return {run.ordinal: _point(run) for run in runs.order_by("ordinal")}


def year_against_year(year: int) -> list[YearPoint]:
    """Every half-month of a year that was calculated, or was the year before; one query."""
    first = HalfMonth(year, 1, 1).ordinal
    found = points(first - HALF_MONTHS_A_YEAR, first + HALF_MONTHS_A_YEAR - 1)
    rows = (
        YearPoint(HalfMonth.from_ordinal(at), found.get(at), found.get(at - HALF_MONTHS_A_YEAR))
        for at in range(first, first + HALF_MONTHS_A_YEAR)
    )
    return [row for row in rows if row.now is not None or row.before is not None]


def kinds_of(found: Sequence[Point]) -> list[str]:
    """The kinds of line that occur, in the order of a statement."""
    occurring = {kind for point in found for kind in point.by_kind}
    return [kind for kind in LineKind.values if kind in occurring]


def earned_by_province(first: int, last: int) -> dict[str, dict[int, tuple[Decimal, Decimal]]]:
    """By province code and half-month: what its dealers earned, and their reported sales; one query."""
    rows = (
        Statement.objects.filter(run__ordinal__gte=first, run__ordinal__lte=last, draft=F("run__draft"))
        .exclude(run__state=RunState.OPEN)
        .order_by()
        .values(
            ordinal=F("run__ordinal"),
            province=Coalesce("dealer__home_region__parent__code", "dealer__home_region__code"),
        )
        .annotate(earned=Sum("total"), sold=Sum("sales"))
    )
    found: dict[str, dict[int, tuple[Decimal, Decimal]]] = {}
    for row in rows:
        found.setdefault(row["province"] or NONE, {})[row["ordinal"]] = (row["earned"], row["sold"])
    return found


def provinces() -> dict[str, Region]:
    """The provinces by code, in their order."""
    return {region.code: region for region in Region.objects.filter(parent=None).order_by("code")}


def _point(run: SettlementRun) -> Point:
    known = run.totals or {}
    return Point(
        period=HalfMonth.from_ordinal(run.ordinal),
        state=run.state,
        statements=int(known.get("statements", 0)),
        purchases=Decimal(known.get("purchases", ZERO)),
        sales=Decimal(known.get("sales", ZERO)),
        total=Decimal(known.get("total", ZERO)),
        payable=Decimal(known.get("payable", ZERO)),
        by_kind={kind: Decimal(figures["amount"]) for kind, figures in known.get("by_kind", {}).items()},
    )
