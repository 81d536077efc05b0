"""How a run's draft differs from the one it replaced: by kind, and dealer by dealer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs

from settlement.choices import LineKind
from settlement.models import DraftChange, SettlementRun

#: The opening balance is compared as well; it is no kind of line.
OPENING = "opening"


@dataclass(frozen=True, slots=True)
class KindChange:
    """What changed of one kind of line, over all dealers."""

    kind: str
    dealers: int
    more: Decimal
    less: Decimal

    @property
    def change(self) -> Decimal:
        return self.more + self.less


def changes_by_kind(run: SettlementRun) -> Sequence[KindChange]:
    """What changed since the draft before, in the order of a statement; one query."""
    difference = F("becomes") - F("was")
    rows = (
        DraftChange.objects.filter(run=run, draft=run.draft)
        .order_by()
        .values("kind")
        .annotate(
            dealers=Count("dealer_id"),
            more=Sum(difference, filter=Q(becomes__gt=F("was")), default=Decimal(0)),
            less=Sum(difference, filter=Q(becomes__lt=F("was")), default=Decimal(0)),
        )
    )
    found = {row["kind"]: KindChange(row["kind"], row["dealers"], row["more"], row["less"]) for row in rows}
    return [found[kind] for kind in (*LineKind.values, OPENING) if kind in found]


def changes_by_dealer(run: SettlementRun, *, kind: str = "") -> QuerySet[Any]:
    """Every changed amount with its dealer and ``change``, the largest first."""
    found = DraftChange.objects.filter(run=run, draft=run.draft).select_related("dealer")
    if kind:
        found = found.filter(kind=kind)
    return found.annotate(change=F("becomes") - F("was")).order_by(Abs(F("becomes") - F("was")).desc(), "pk")
