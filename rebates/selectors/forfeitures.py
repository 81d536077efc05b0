"""Which years of which dealers are forfeited, and what their windows have settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum

from dealers.selectors.purchases import ALL_DEALERS, Shard
from rebates.choices import ForfeitureAct, WindowedKind
from rebates.models import Accrual, Forfeiture
from rebates.rules.forfeiture import YearWindow

Key = tuple[str, str]
KINDS = (WindowedKind.REBATE, WindowedKind.FORFEITURE, WindowedKind.CLAWBACK)


@dataclass(slots=True)
class ForfeitedYear:
    """A year some decision forfeited: the decisions in force, those that were lifted, and the year's windows."""

    dealer_id: int
    year: int
    in_force: list[str] = field(default_factory=list)
    lifted: list[str] = field(default_factory=list)
    settled: dict[Key, dict[str, list[tuple[int, int]]]] = field(default_factory=dict)
    reached: dict[Key, int] = field(default_factory=dict)

    @property
    def forfeited(self) -> bool:
        return bool(self.in_force)

    @property
    def decisions(self) -> list[str]:
        """The references a line names: those in force, else those that were lifted."""
        return self.in_force or self.lifted

    def windows(self, now: Mapping[Key, tuple[int, int]]) -> list[YearWindow]:
        """The year's windows; ``now`` tells for those settled now up to where and with how many cents."""
        found = []
        for key in sorted(self.settled.keys() | now.keys(), key=lambda key: (key[1], key[0])):
            kinds = self.settled.get(key, {})
            up_to, due = now.get(key, (0, 0))
            rebates, forfeitures, clawbacks = (kinds.get(str(kind), []) for kind in KINDS)
            reached = self.reached.get(key, up_to)
            found.append(YearWindow(*key, reached, rebates, forfeitures, clawbacks, due, up_to))
        return found


def forfeited_years(
    *, cutoff: datetime, before: int, shard: Shard = ALL_DEALERS
) -> Mapping[int, Mapping[int, ForfeitedYear]]:
    """By dealer and year, every year forfeited as known at ``cutoff``, also when lifted since; two queries at most.

    What the windows settled is told up to half-month ``before``, itself excluded.
    """
    sql = (
        "SELECT f.dealer_id, f.year, f.reference, bool_or(f.act = %s) FROM rebates_forfeiture f"
        f" WHERE f.known_from <= %s {shard.condition('f.dealer_id')} GROUP BY 1, 2, 3 ORDER BY 1, 2, min(f.id)"
    )
    found: dict[int, dict[int, ForfeitedYear]] = {}
    for dealer_id, year, reference, lifted in _rows(sql, [ForfeitureAct.LIFTED, cutoff]):
        of_year = found.setdefault(dealer_id, {}).setdefault(year, ForfeitedYear(dealer_id, year))
        (of_year.lifted if lifted else of_year.in_force).append(reference)
    if found:
        _read_settled(found, before)
    return found


def _read_settled(found: Mapping[int, Mapping[int, ForfeitedYear]], before: int) -> None:
    pairs = [(dealer_id, str(year)) for dealer_id, years in found.items() for year in years]
    sql = (
        'SELECT a.dealer_id, left(a."window", 4)::int, a.program, a."window", a.kind, a.period, a.for_period,'
        " (a.due * 100)::bigint FROM rebates_accrual a"
        " JOIN unnest(%s::bigint[], %s::text[]) y(dealer_id, year) ON y.dealer_id = a.dealer_id"
        ' AND y.year = left(a."window", 4) WHERE a.kind = ANY(%s) AND a.period < %s ORDER BY a.period'
    )
    params = [[dealer_id for dealer_id, _ in pairs], [year for _, year in pairs], [str(kind) for kind in KINDS], before]
    for dealer_id, year, program, window, kind, period, for_period, due in _rows(sql, params):
        of_year, key = found[dealer_id][year], (program, window)
        of_year.settled.setdefault(key, {}).setdefault(kind, []).append((period, due))
        of_year.reached[key] = max(for_period, of_year.reached.get(key, 0))


def rebates_settled_in(dealer_id: int, year: int) -> Decimal:
    """What a dealer's rebates of a calendar year have brought so far, in yuan, less what was cancelled of them."""
    of_year = Accrual.objects.filter(dealer=dealer_id, kind__in=KINDS, window__startswith=str(year))
    total: Decimal = of_year.aggregate(total=Sum("due", default=Decimal("0.00")))["total"]
    return total


def forfeitures_of(dealers: Iterable[int]) -> QuerySet[Forfeiture]:
    """What was imposed on these dealers, the latest first; ``is_lifted`` tells whether it was lifted since."""
    lifting = Forfeiture.objects.filter(
        dealer=OuterRef("dealer"), year=OuterRef("year"), reference=OuterRef("reference"), act=ForfeitureAct.LIFTED
    )
    imposed = Forfeiture.objects.filter(dealer__in=dealers, act=ForfeitureAct.IMPOSED)
    return imposed.annotate(is_lifted=Exists(lifting)).order_by("-known_from", "-pk")


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
