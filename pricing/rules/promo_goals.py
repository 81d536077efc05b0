"""What a promotion sets out to reach, as numbers that can be reckoned afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

GOAL_PLACES = 4
_WHOLE_DIGITS = 14


@dataclass(frozen=True, slots=True)
class Goal:
    """`measure` is one of :class:`pricing.choices.GoalMeasure`; what `target` counts is told there."""

    measure: str
    target: Decimal


def faults_in_goals(goals: Sequence[Goal]) -> Iterator[Finding]:
    """Every goal that cannot be meant: twice the same measure, nothing to reach, a number nobody can count to."""
    seen: set[str] = set()
    for number, goal in enumerate(goals):
        field = f"goals.{number}.target"
        if goal.measure in seen:
            yield _fault("goal_repeated", _("The same measure is named twice; keep one goal."), f"goals.{number}")
        seen.add(goal.measure)
        exponent = goal.target.normalize().as_tuple().exponent if goal.target.is_finite() else None
        if not isinstance(exponent, int):
            yield _fault("not_a_number", _("Write a plain number."), field)
        elif goal.target <= 0:
            yield _fault("goal_of_nothing", _("A goal is more than zero."), field)
        elif -exponent > GOAL_PLACES:
            yield Finding(
                "too_many_places",
                Severity.ERROR,
                _("The number has more than %(places)s decimal places."),
                {"places": GOAL_PLACES},
                field=field,
            )
        elif goal.target.adjusted() >= _WHOLE_DIGITS:
            yield _fault("too_large", _("The number is too large."), field)


def _fault(code: str, message: str, field: str) -> Finding:
    return Finding(code, Severity.ERROR, message, {}, field=field)
