"""The points of a scorecard, part by part (rulebook section 9).

A part without facts neither helps nor harms: it is left out, and the others share its weight in proportion. Up to the
zero of its scale a part earns nothing, from the full mark on all it can, between them in proportion. What each part
can earn adds up to 100 to the hundredth; points are rounded half up to hundredths part by part, so that the shown
parts sum to the shown score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from dealers.foundation.money import split_largest_remainder
from rebates.rules.scorecard.measured import Lacking, Measured

HUNDRED = Decimal("100.00")
_HUNDREDTH = Decimal("0.01")
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MarkScale:
    """Where a part begins to earn, and where it has earned everything."""

    zero: Decimal
    full: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """One part: value, scale and weight, and the points it earned of those it could. ``lacking`` says why none."""

    name: str
    value: Decimal | None
    zero: Decimal
    full: Decimal
    weight: Decimal
    possible: Decimal
    points: Decimal
    lacking: Lacking | None = None

    @property
    def lost(self) -> Decimal:
        """The points the part could still earn."""
        return self.possible - self.points


@dataclass(frozen=True, slots=True)
class Card:
    """The score of 100 and its parts; no score when no part that weighs has facts."""

    score: Decimal | None
    marks: tuple[Mark, ...]


def score_card(parts: Sequence[Measured], scales: Mapping[str, MarkScale], weights: Mapping[str, Decimal]) -> Card:
    """Score the measured parts by a tier's scales and weights."""
    weighing = {part.name: weights[part.name] for part in parts if part.value is not None and weights[part.name] > 0}
    possible = split_largest_remainder(HUNDRED, weighing) if weighing else {}
    marks = tuple(
        _mark(part, scales[part.name], weights[part.name], possible.get(part.name, _NOTHING)) for part in parts
    )
    score = sum((mark.points for mark in marks), _NOTHING) if weighing else None
    return Card(score, marks)


def _mark(part: Measured, scale: MarkScale, weight: Decimal, possible: Decimal) -> Mark:
    points = _NOTHING
    if part.value is not None:
        within = min(max(part.value, scale.zero), scale.full) - scale.zero
        points = (possible * within / (scale.full - scale.zero)).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return Mark(part.name, part.value, scale.zero, scale.full, weight, possible, points, part.lacking)
