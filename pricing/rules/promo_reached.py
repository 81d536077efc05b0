"""Whether a promotion reached what it set out to reach: a goal is met at its target, compared before any rounding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pricing.choices import GoalMeasure
from pricing.rules.promo_figures import PromoFigures
from pricing.rules.promo_goals import Goal


@dataclass(frozen=True, slots=True)
class Reached:
    """A goal with what was reached; ``actual`` and ``met`` are None where the figure cannot be computed."""

    measure: str
    target: Decimal
    actual: Decimal | None
    met: bool | None

    def as_record(self) -> dict[str, Any]:
        """The plain form an evaluation keeps."""
        return {
            "measure": self.measure,
            "target": format(self.target, "f"),
            "actual": None if self.actual is None else format(self.actual, "f"),
            "met": self.met,
        }


def reached(goals: Iterable[Goal], figures: PromoFigures) -> tuple[Reached, ...]:
    """Each goal against the figures, in their order."""
    return tuple(_reached(goal, figures) for goal in goals)


def all_met(results: Sequence[Reached]) -> bool | None:
    """Whether every goal was met; None without goals. A goal that cannot be computed is not met."""
    return all(result.met is True for result in results) if results else None


def _reached(goal: Goal, figures: PromoFigures) -> Reached:
    part, whole, rate = _measured(goal.measure, figures)
    if rate is None:
        return Reached(goal.measure, goal.target, None, None)
    return Reached(goal.measure, goal.target, rate, part >= goal.target * whole)


def _measured(measure: str, figures: PromoFigures) -> tuple[Decimal, Decimal, Decimal | None]:
    """What is measured as a part of a whole above zero, and their quotient for showing."""
    result, one = figures.result, Decimal(1)
    match measure:
        case GoalMeasure.QUANTITY:
            return Decimal(figures.quantity), one, Decimal(figures.quantity)
        case GoalMeasure.AMOUNT:
            return result.sales, one, result.sales
        case GoalMeasure.UPLIFT:
            return result.uplift, result.expected, result.rate
        case GoalMeasure.RETURN:
            return result.sales, figures.spend, figures.returned.rate
    raise ValueError(f"there is no goal of {measure}")
