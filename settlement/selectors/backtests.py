"""Reading backtests: the list, and one answer by dealer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from dealers.models import JobRun, PolicyVersion, User
from dealers.selectors.policies import visible_policies
from settlement.models import Backtest, BacktestRow, TierMove
from settlement.permissions import can

#: How the dealers of an answer may be ordered: the largest gain, the largest loss, or by code.
ORDERS = {"gain": ("-difference", "dealer__code"), "loss": ("difference", "dealer__code"), "code": ("dealer__code",)}


@dataclass(frozen=True, slots=True)
class KindSum:
    """One kind of line, or one half-month, over the whole answer."""

    key: str
    settled: Decimal
    would_be: Decimal

    @property
    def difference(self) -> Decimal:
        return self.would_be - self.settled


def visible_backtests(user: User) -> QuerySet[Backtest]:
    """The backtests a person may see; they are about the whole company."""
    if not can(user, "backtests.view"):
        return Backtest.objects.none()
    return Backtest.objects.select_related("requested_by").defer("document")


def versions_to_try(user: User) -> QuerySet[PolicyVersion]:
    """Policy versions that can be tried, drafts first, the newest first."""
    return visible_policies(user).order_by("state", "-drafted_at")


def by_dealer(
    asked: Backtest, *, words: str = "", kind: str = "", order: str = "gain"
) -> QuerySet[Any, dict[str, Any]]:
    """One row per dealer: ``settled``, ``would_be``, ``difference``, and the tiers of its last move if it moved."""
    rows = BacktestRow.objects.filter(backtest=asked)
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(dealer__code__istartswith=words) | Q(dealer__name__icontains=words))
    moved = TierMove.objects.filter(backtest=asked, dealer=OuterRef("dealer")).order_by("-review")
    summed: QuerySet[Any, Any] = (
        rows.order_by()
        .values("dealer", code=F("dealer__code"), name=F("dealer__name"))
        .annotate(
            difference=Sum(F("would_be") - F("settled")),
            settled=Sum("settled"),
            would_be=Sum("would_be"),
            tier=Subquery(moved.values("tier")[:1]),
            tier_then=Subquery(moved.values("would_be")[:1]),
        )
    )
    return summed.order_by(*ORDERS.get(order, ORDERS["gain"]))


def moves_of(asked: Backtest) -> QuerySet[TierMove]:
    """The tier moves, by review and dealer."""
    return TierMove.objects.filter(backtest=asked).select_related("dealer").order_by("review", "dealer__code")


def sums_of(totals: dict[str, Any], part: str) -> list[KindSum]:
    """The sums by ``kinds`` or ``periods`` of a stored answer."""
    return [KindSum(key, Decimal(now), Decimal(then)) for key, (now, then) in totals.get(part, {}).items()]


def job_of(asked: Backtest, task: str) -> JobRun | None:
    """The job that answers it."""
    return JobRun.objects.filter(task=task, key=str(asked.pk)).first()


def rows_to_export(asked: Backtest) -> QuerySet[Any, tuple[Any, ...]]:
    """Dealer, half-month number, kind and both amounts, in order."""
    return (
        BacktestRow.objects.filter(backtest=asked)
        .order_by("dealer__code", "period", "kind")
        .values_list("dealer__code", "period", "kind", "settled", "would_be")
    )
