"""What a reviewer looks at first in a calculated half-month: the largest, the most changed, the odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs, Coalesce

from dealers.foundation.money import ZERO
from settlement.models import SettlementRun, Statement

MOST_SHOWN = 10
_AMOUNT = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Queue:
    """One reason to look, the statements it names and how many there are in all."""

    key: str
    rows: Sequence[Statement]
    count: int


def review_queues(run: SettlementRun, before: SettlementRun | None) -> list[Queue]:
    """The queues of a run; each statement carries ``before`` and ``change``, None without a like half before.

    A fixed number of queries.
    """
    statements = compared(run, before)
    negative = Q(closing__lt=0)
    no_tier = Q(tier="")
    idle = Q(total=0) & (Q(sales__gt=0) | Q(purchases__gt=0))
    counts = statements.aggregate(
        negative=Count("pk", filter=negative), no_tier=Count("pk", filter=no_tier), idle=Count("pk", filter=idle)
    )
    queues = [Queue("largest", list(statements.order_by("-total", "dealer__code")[:MOST_SHOWN]), 0)]
    if before is not None:
        changed = statements.exclude(change=0).order_by(Abs("change").desc(), "dealer__code")
        queues.append(Queue("changed", list(changed[:MOST_SHOWN]), 0))
    for key, condition, order in (
        ("negative", negative, "closing"),
        ("no_tier", no_tier, "-sales"),
        ("idle", idle, "-sales"),
    ):
        found = list(statements.filter(condition).order_by(order, "dealer__code")[:MOST_SHOWN])
        queues.append(Queue(key, found, counts[key]))
    return queues


def compared(run: SettlementRun, before: SettlementRun | None) -> QuerySet[Any]:
    """The statements of a run's draft with what the same dealer earned in the like half before."""
    statements = Statement.objects.filter(run=run, draft=run.draft).select_related("dealer", "run")
    if before is None:
        nothing = Value(None, output_field=_AMOUNT)
        return statements.annotate(before=nothing, change=nothing)
    earlier = Statement.objects.filter(run=before, draft=before.draft, dealer=OuterRef("dealer"))
    total: Subquery = Subquery(earlier.values("total")[:1], output_field=_AMOUNT)
    zero = Value(ZERO, output_field=_AMOUNT)
    return statements.annotate(before=Coalesce(total, zero)).annotate(
        change=ExpressionWrapper(F("total") - F("before"), output_field=_AMOUNT)
    )
