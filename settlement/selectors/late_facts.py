"""What has arrived since the cutoff of a run and belongs to its half-month or an earlier one: it settles later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Abs

from dealers.foundation.money import ZERO
from dealers.models import Dealer, ShipmentTally
from pricing.models import SalesTally
from rebates.models import Credit
from settlement.models import SettlementRun

#: Late facts of windows that still run matter; a year back nothing is open any more.
_PERIODS_BACK = 24
MOST_DEALERS = 20


@dataclass(frozen=True, slots=True)
class LateKind:
    """Late facts of one kind: how many dealers they are of, what they change, and when the latest came."""

    kind: str
    dealers: int
    lines: int
    amount: Decimal
    latest: datetime


@dataclass(frozen=True, slots=True)
class LateDealer:
    """A dealer with late sales or shipments, and what they change."""

    dealer: Dealer
    amount: Decimal


def late_facts(run: SettlementRun) -> list[LateKind]:
    """Late facts by kind, those without any left out; three queries."""
    if run.cutoff is None:
        return []
    sums = {"dealers": Count("dealer_id", distinct=True), "amount": Sum("amount")}
    entries = {**sums, "count": Sum("lines"), "latest": Max("known_at")}
    rows = [("sales", _late(SalesTally, run).aggregate(**entries))]
    rows.append(("shipments", _late(ShipmentTally, run).aggregate(**entries)))
    late = Credit.objects.filter(known_from__gt=run.cutoff, for_period__lte=run.ordinal, settlement=None)
    rows.append(("credits", late.aggregate(**sums, count=Count("pk"), latest=Max("known_from"))))
    return [
        LateKind(kind, row["dealers"], row["count"] or 0, row["amount"] or ZERO, row["latest"])
        for kind, row in rows
        if row["dealers"]
    ]


def late_dealers(run: SettlementRun) -> Sequence[LateDealer]:
    """The dealers whose late sales and shipments change most, the most first; three queries."""
    if run.cutoff is None:
        return []
    changed: dict[int, Decimal] = {}
    for tally in (SalesTally, ShipmentTally):
        rows = _late(tally, run).values("dealer_id").annotate(change=Sum("amount"))
        for row in rows.order_by(Abs("change").desc())[:MOST_DEALERS]:
            changed[row["dealer_id"]] = changed.get(row["dealer_id"], ZERO) + row["change"]
    dealers = Dealer.objects.in_bulk(changed.keys())
    most = sorted(changed.items(), key=lambda entry: (-abs(entry[1]), entry[0]))[:MOST_DEALERS]
    return [LateDealer(dealers[dealer_id], amount) for dealer_id, amount in most if dealer_id in dealers]


def _late(tally: Any, run: SettlementRun) -> QuerySet[Any]:
    window = Q(period__gt=run.ordinal - _PERIODS_BACK, period__lte=run.ordinal, known_at__gt=run.cutoff)
    found: QuerySet[Any] = tally.objects.filter(window).order_by()
    return found
