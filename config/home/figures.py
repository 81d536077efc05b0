"""The charts of headquarters: compliance by province and half-month, promotions, settlements, holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from config.display.figures import percent_text
from dealers.choices import HoldKind, Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Region
from dealers.selectors.supply import visible_holds
from dealers.selectors.visibility import visible_dealers
from pricing.models import SalesTally
from pricing.permissions import can as pricing_can
from pricing.selectors.promo_inbox import promo_funnel
from settlement.choices import AccountCode, RunState, StatementState
from settlement.models import AccountBalance, SettlementRun, Statement

HALF_MONTHS_SHOWN = 8
RUNS_SHOWN = 12
#: A share of lines in breach that takes the darkest colour even when none is higher.
_DARKEST_AT_LEAST = 0.05
#: A half-month of ten thousand dealers is a million tallies or so. The present one is added up anew after the first
#: number of seconds, one that is over after the second.
_KEPT_SECONDS, _KEPT_SECONDS_PAST = 300, 1800


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map: columns, rows with cells, and the share that is darkest."""

    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]
    worst: float


def compliance(user: Any, present: HalfMonth) -> Heat | None:
    """The share of sale lines in breach by the dealers' home province; None without any in sight.

    A cell leads to the lines in breach; for whoever sees no sale lines, to the violations gathered from them.
    """
    if not (pricing_can(user, "sales.view") or pricing_can(user, "violations.view")):
        return None
    list_name = "sale-lines" if pricing_can(user, "sales.view") else "violations"
    last = present.ordinal
    found = _by_province(user, last, present)
    if not found:
        latest = _tallies_in_sight(user).aggregate(latest=Max("period"))["latest"]
        if latest is None:
            return None
        last = int(latest)
        found = _by_province(user, last, present)
    periods = range(last - HALF_MONTHS_SHOWN + 1, last + 1)
    keys = {key for key, _period in found}
    provinces: dict[int | None, Region] = {
        region.pk: region for region in Region.objects.filter(pk__in=[key for key in keys if key])
    }
    rows: list[dict[str, Any]] = [
        {
            "label": provinces[key].name if key in provinces else _("Without a region"),
            "cells": [_cell(found.get((key, period)), period, provinces.get(key), list_name) for period in periods],
        }
        for key in sorted(keys, key=lambda key: provinces[key].code if key in provinces else "~")
    ]
    shares: list[float] = [cell["value"] for row in rows for cell in row["cells"] if cell["value"] is not None]
    columns = [_short(HalfMonth.from_ordinal(period)) for period in periods]
    return Heat(columns, rows, max([_DARKEST_AT_LEAST, *shares]))


def funnel_rows(user: Any) -> list[dict[str, Any]]:
    """How far the requests in sight have come, each step a part of the one before."""
    return [
        {"label": label, "value": count, "shown": str(count), "url": f"{reverse('promos')}?tab={key}"}
        for key, label, count in promo_funnel(user)
    ]


def settlement_trend() -> tuple[list[str], dict[str, list[Decimal]], list[str]] | None:
    """What dealers earned per half-month, the earliest first, and the runs' pages; None before two were calculated."""
    runs = list(SettlementRun.objects.exclude(state=RunState.OPEN).order_by("-ordinal")[:RUNS_SHOWN])[::-1]
    if len(runs) < 2:
        return None
    labels = [_short(HalfMonth.from_ordinal(run.ordinal)) for run in runs]
    totals = {_("Earned by dealers"): [Decimal(run.totals.get("total", "0")) for run in runs]}
    return labels, totals, [reverse("run-detail", args=[run.period]) for run in runs]


def holds_by_kind(user: Any) -> list[dict[str, Any]]:
    """Open holds on dealers in sight."""
    held = visible_holds(user).filter(lifted_at__isnull=True).order_by().values_list("kind")
    counts = dict(held.annotate(number=Count("pk")))
    return [
        {
            "label": kind.label,
            "value": counts[kind],
            "shown": str(counts[kind]),
            "url": f"{reverse('holds')}?{urlencode({'kind': kind.value})}",
            "tone": "bad",
        }
        for kind in HoldKind
        if kind in counts
    ]


@dataclass(frozen=True, slots=True)
class Money:
    """Where the settlement cycle stands, for finance."""

    latest: SettlementRun | None
    owed: Decimal
    awaiting: int
    next_deadline: datetime | None


def money() -> Money:
    """The latest run, what all dealers are owed, and how many statements await an answer. Three queries."""
    latest = SettlementRun.objects.order_by("-ordinal").first()
    balance = AccountBalance.objects.filter(account=AccountCode.DEALER_PAYABLE).aggregate(sum=Sum("balance"))["sum"]
    awaiting = Statement.objects.filter(state=StatementState.ISSUED).aggregate(
        count=Count("pk"), next=Min("confirm_due_at")
    )
    return Money(latest, -(balance or Decimal(0)), awaiting["count"], awaiting["next"])


def _tallies_in_sight(user: Any) -> QuerySet[SalesTally]:
    sales = SalesTally.objects.filter(dealer__gt=0)
    return sales.filter(dealer__in=visible_dealers(user)) if user.role == Role.CHANNEL_MANAGER else sales


def _by_province(user: Any, last: int, present: HalfMonth) -> dict[tuple[int | None, int], tuple[int, int]]:
    """(province, half-month) to lines in breach and lines in all, kept for some minutes per half-month."""
    scope = user.pk if user.role == Role.CHANNEL_MANAGER else "all"
    keys = {f"home:compliance:{scope}:{period}": period for period in range(last - HALF_MONTHS_SHOWN + 1, last + 1)}
    kept: dict[str, dict[int | None, tuple[int, int]]] = cache.get_many(keys)
    missing = {key: period for key, period in keys.items() if key not in kept}
    if missing:
        added_up = _add_up(user, list(missing.values()))
        for over in (False, True):
            fresh = {key: added_up.get(of, {}) for key, of in missing.items() if (of < present.ordinal) == over}
            cache.set_many(fresh, _KEPT_SECONDS_PAST if over else _KEPT_SECONDS)
            kept |= fresh
    return {
        (province, keys[key]): sums
        for key, provinces in kept.items()
        for province, sums in provinces.items()
        if sums[1] > 0
    }


def _add_up(user: Any, periods: list[int]) -> dict[int, dict[int | None, tuple[int, int]]]:
    province = Coalesce("dealer__home_region__parent", "dealer__home_region")
    rows = (
        _tallies_in_sight(user)
        .filter(period__in=periods)
        .order_by()
        .values_list(province, "period")
        .annotate(breaches=Sum("breach_lines"), lines=Sum("lines"))
    )
    added_up: dict[int, dict[int | None, tuple[int, int]]] = {}
    for key, period, breaches, lines in rows:
        added_up.setdefault(period, {})[key] = (breaches, lines)
    return added_up


def _cell(sums: tuple[int, int] | None, period: int, province: Region | None, list_name: str) -> dict[str, Any]:
    if sums is None:
        return {"value": None, "shown": None}
    share = Decimal(sums[0]) / Decimal(sums[1])
    cell = {"value": float(share), "shown": percent_text(share)}
    if province is None:  # no list is narrowed to dealers without a region
        return cell
    query = {"period": str(HalfMonth.from_ordinal(period)), "home": province.code}
    if list_name == "sale-lines":
        query["breach"] = "1"
    return {**cell, "url": f"{reverse(list_name)}?{urlencode(query)}"}


def _short(half: HalfMonth) -> str:
    """``05-H1``: short enough for the head of a column; the year is on the page's title."""
    return f"{half.month:02d}-H{half.half}"
