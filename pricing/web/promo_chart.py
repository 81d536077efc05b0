"""A promotion's sales over time as the line chart wants them: by day, or by week when the days are too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from dealers.foundation.money import round_money
from pricing.rules.uplift import Stretch

_MOST_DAYS = 80
_WEEK = 7


@dataclass(frozen=True, slots=True)
class SalesPicture:
    """Points of the chart: sales per day beside the mean of the baseline, the promotion's own days marked."""

    labels: list[str]
    series: dict[str, list[Decimal]]
    marked: tuple[int, int] | None
    weekly: bool


def picture_of(
    days: Sequence[tuple[date, Decimal]], window: Stretch, baseline: Stretch, before: Decimal
) -> SalesPicture:
    """The picture of some days; ``before`` is what the whole baseline sold. A point is a day, or a week's mean."""
    step = _WEEK if len(days) > _MOST_DAYS else 1
    chunks = [days[at : at + step] for at in range(0, len(days), step)]
    inside = [
        number for number, chunk in enumerate(chunks) if chunk[-1][0] >= window.first and chunk[0][0] < window.end
    ]
    return SalesPicture(
        labels=[f"{chunk[0][0]:%m-%d}" for chunk in chunks],
        series={
            gettext("Sales per day"): [_mean([amount for _day, amount in chunk]) for chunk in chunks],
            gettext("Mean of the weeks before"): [_mean([before / baseline.days])] * len(chunks),
        },
        marked=(inside[0], inside[-1]) if inside else None,
        weekly=step > 1,
    )


def _mean(amounts: Sequence[Decimal]) -> Decimal:
    return round_money(sum(amounts, Decimal(0)) / len(amounts))
