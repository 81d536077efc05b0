"""The figures of a half-month by tier, region, industry and kind of line, beside those of the like half before.

Every figure is summed by the database from the statements of the run's present draft; the number of queries does
not depend on how many dealers there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from dealers.choices import Industry, Tier
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.models import Region
from settlement.choices import LineKind, RunState
from settlement.models import SettlementRun, Statement, StatementLine

AMOUNTS = ("purchases", "sales", "opening", "total", "closing", "payable")
#: Dimension to what it is read from.
DIMENSIONS = ("tier", "region", "industry", "kind")
#: What stands for a dealer without tier or home region; the list of statements filters by it too.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over some statements; of a kind of line only ``total`` and ``lines`` have a meaning."""

    statements: int = 0
    lines: int = 0
    purchases: Decimal = ZERO
    sales: Decimal = ZERO
    opening: Decimal = ZERO
    total: Decimal = ZERO
    closing: Decimal = ZERO
    payable: Decimal = ZERO


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a dimension, now and in the like half before (None when that was never calculated)."""

    key: str
    now: Figures
    before: Figures | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None else self.now.total - self.before.total

    @property
    def change(self) -> Decimal | None:
        """The difference in proportion to the like half before, where there is anything to compare with."""
        if self.before is None or self.before.total == 0 or self.difference is None:
            return None
        return self.difference / abs(self.before.total)


def like_half_before(run: SettlementRun) -> SettlementRun | None:
    """The same half of the month before, if it was calculated."""
    like = HalfMonth.from_ordinal(run.ordinal).previous_like_half()
    return SettlementRun.objects.filter(ordinal=like.ordinal).exclude(state=RunState.OPEN).first()


def like_half_of_year_before(run: SettlementRun) -> SettlementRun | None:
    """The same half of the same month a year before, if it was calculated."""
    like = HalfMonth.from_ordinal(run.ordinal).same_half_last_year()
    return SettlementRun.objects.filter(ordinal=like.ordinal).exclude(state=RunState.OPEN).first()


def of_draft(runs: Iterable[SettlementRun]) -> QuerySet[Statement]:
    """The statements of the present drafts of these runs."""
    return Statement.objects.filter(run__in=[run.pk for run in runs], draft=F("run__draft"))


def breakdown(run: SettlementRun, before: SettlementRun | None) -> dict[str, list[Row]]:
    """The rows of every dimension, each in the order of its vocabulary. Five queries, whatever the company's size."""
    found = {
        "tier": _by(run, before, F("tier")),
        "region": _by(run, before, Coalesce("dealer__home_region__parent__code", "dealer__home_region__code")),
        "industry": _by(run, before, F("dealer__industry")),
        "kind": breakdown_by_kind(run, before),
    }
    orders: dict[str, list[str]] = {
        "tier": [*Tier.values],
        "region": list(Region.objects.filter(parent=None).order_by("code").values_list("code", flat=True)),
        "industry": [*Industry.values],
        "kind": [*LineKind.values],
    }
    return {name: _ordered(rows, orders[name]) for name, rows in found.items()}


def totals(run: SettlementRun, before: SettlementRun | None) -> Row:
    """The whole half-month beside the like half before, from what the runs say of themselves; no query."""
    return Row("", _of_run(run), None if before is None else _of_run(before))


def _of_run(run: SettlementRun) -> Figures:
    known = run.totals or {}
    amounts = {name: Decimal(known.get(name, "0")) for name in AMOUNTS}
    return Figures(statements=int(known.get("statements", 0)), lines=int(known.get("lines", 0)), **amounts)


def _by(run: SettlementRun, before: SettlementRun | None, key: Any) -> list[Row]:
    sums = {name: Sum(name) for name in AMOUNTS}
    runs = [one for one in (run, before) if one is not None]
    rows = of_draft(runs).order_by().values("run_id", key=key).annotate(statements=Count("pk"), **sums)
    return _rows(run, before, rows)


def breakdown_by_kind(run: SettlementRun, before: SettlementRun | None) -> list[Row]:
    """The kinds of line alone, in the order of a statement; one query."""
    runs = [one.pk for one in (run, before) if one is not None]
    lines = StatementLine.objects.filter(statement__run__in=runs, statement__draft=F("statement__run__draft"))
    rows = (
        lines.order_by()
        .values(run_id=F("statement__run_id"), key=F("kind"))
        .annotate(lines=Count("pk"), statements=Count("statement", distinct=True), total=Sum("amount"))
    )
    return _ordered(_rows(run, before, rows), [*LineKind.values])


def _rows(run: SettlementRun, before: SettlementRun | None, rows: Iterable[Any]) -> list[Row]:
    found: dict[str, dict[int, Figures]] = {}
    for row in rows:
        key, run_id = str(row.pop("key") or NONE), row.pop("run_id")
        found.setdefault(key, {})[run_id] = Figures(**row)
    return [
        Row(key, of.get(run.pk, NOTHING), None if before is None else of.get(before.pk, NOTHING))
        for key, of in found.items()
    ]


def _ordered(rows: list[Row], order: list[str]) -> list[Row]:
    places = {key: place for place, key in enumerate(order)}
    return sorted(rows, key=lambda row: (places.get(row.key, len(places)), row.key))


def flat(rows_by_dimension: dict[str, list[Row]]) -> Iterator[tuple[str, Row]]:
    """Every row with its dimension, in the order of the page; what the exports write."""
    for dimension in DIMENSIONS:
        for row in rows_by_dimension[dimension]:
            yield dimension, row
