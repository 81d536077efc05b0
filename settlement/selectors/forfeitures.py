"""Forfeited years for finance: what was earned in full, cancelled beside it and taken back, by dealer and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet

from dealers.foundation.money import ZERO
from dealers.models import Dealer
from rebates.choices import ForfeitureAct, WindowedKind
from rebates.models import Forfeiture
from settlement.choices import LineKind, RunState
from settlement.models import StatementLine

Pair = tuple[int, int]
KINDS = (WindowedKind.REBATE, WindowedKind.FORFEITURE, WindowedKind.CLAWBACK)
LINE_KINDS = (LineKind.REBATE, LineKind.FORFEITURE, LineKind.CLAWBACK)


@dataclass(slots=True)
class YearSums:
    """A dealer's calendar year that some decision forfeited, with what closed half-months settled; in yuan.

    ``earned`` is the gross entitlement, ``cancelled`` and ``taken_back`` are negative while the year is forfeited and
    come back to zero once every decision is lifted.
    """

    dealer: Dealer
    year: int
    acts: list[Forfeiture] = field(default_factory=list)
    earned: Decimal = ZERO
    cancelled: Decimal = ZERO
    taken_back: Decimal = ZERO

    @property
    def in_force(self) -> list[str]:
        """The decisions that still forfeit the year."""
        lifted = {act.reference for act in self.acts if act.act == ForfeitureAct.LIFTED}
        imposed = (act.reference for act in self.acts if act.act == ForfeitureAct.IMPOSED)
        return [reference for reference in imposed if reference not in lifted]

    @property
    def to_come(self) -> Decimal:
        """What the next settlement takes back (negative) or gives back, as far as nothing else changes."""
        if self.in_force:
            return -(self.earned + self.cancelled + self.taken_back)
        return -(self.cancelled + self.taken_back)


def forfeited_pairs(*, words: str = "", year: int | None = None) -> QuerySet[Any, Pair]:
    """(dealer, year) of everything that was ever forfeited, what was acted on last first."""
    found = Forfeiture.objects.all()
    if words:
        named = Q(dealer__code__icontains=words) | Q(dealer__name__icontains=words)
        found = found.filter(named | Q(reference__icontains=words))
    if year is not None:
        found = found.filter(year=year)
    latest = found.values_list("dealer_id", "year").annotate(latest=Max("known_from")).order_by("-latest", "dealer_id")
    return latest.values_list("dealer_id", "year")


def forfeited_years() -> list[int]:
    """The calendar years there is anything about, the latest first."""
    return sorted(set(Forfeiture.objects.values_list("year", flat=True)), reverse=True)


def year_sums(pairs: Sequence[Pair]) -> list[YearSums]:
    """The sums of these dealers' years, in their order; three queries."""
    dealers = Dealer.objects.in_bulk({dealer_id for dealer_id, _ in pairs})
    found = {pair: YearSums(dealers[pair[0]], pair[1]) for pair in pairs}
    acts = Forfeiture.objects.filter(dealer_id__in=dealers, year__in={year for _, year in pairs})
    for act in acts.select_related("recorded_by").order_by("known_from", "pk"):
        if (one := found.get((act.dealer_id, act.year))) is not None:
            one.acts.append(act)
    for (dealer_id, year), sums in _settled(pairs).items():
        one = found[dealer_id, year]
        one.earned, one.cancelled, one.taken_back = (sums.get(kind.value, ZERO) for kind in KINDS)
    return list(found.values())


def lines_of_year(dealer_id: int, year: int) -> QuerySet[StatementLine]:
    """The settled lines of a dealer's year: rebates, what cancels them, what takes them back; in the order settled."""
    lines = StatementLine.objects.filter(
        statement__dealer=dealer_id,
        statement__run__state=RunState.CLOSED,
        kind__in=LINE_KINDS,
        proof__window__startswith=str(year),
    )
    return lines.select_related("statement__run").order_by("statement__run__ordinal", "line_no")


def _settled(pairs: Iterable[Pair]) -> dict[Pair, dict[str, Decimal]]:
    asked = list(pairs)
    sql = (
        "SELECT a.dealer_id, y.year, a.kind, sum(a.due) FROM rebates_accrual a"
        " JOIN unnest(%s::bigint[], %s::int[]) y(dealer_id, year) ON y.dealer_id = a.dealer_id"
        ' AND y.year::text = left(a."window", 4) WHERE a.kind = ANY(%s) GROUP BY 1, 2, 3'
    )
    found: dict[Pair, dict[str, Decimal]] = defaultdict(dict)
    with connection.cursor() as cursor:
        kinds = [kind.value for kind in KINDS]
        cursor.execute(sql, [[dealer for dealer, _ in asked], [year for _, year in asked], kinds])
        for dealer_id, year, kind, amount in cursor.fetchall():
            found[dealer_id, year][kind] = amount
    return found
