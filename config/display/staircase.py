"""Geometry of what is earned over the base: slopes, cliffs, and where somebody stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.display.charts import BOTTOM, HALF, HEIGHT, LEFT, RIGHT, TOP, Tick, nice_ticks

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the drawing with the values it stands for."""

    x: float
    y: float
    base: float
    earned: float


@dataclass(frozen=True, slots=True)
class Cliff:
    """A base at which what is earned jumps."""

    x: float
    below: float
    above: float
    base: float


@dataclass(frozen=True, slots=True)
class Staircase:
    width: int
    height: int
    left: float
    right: float
    baseline: float
    line: str
    cliffs: tuple[Cliff, ...]
    here: Mark
    ahead: Mark | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def staircase(corners: Sequence[Spot], here: Spot, ahead: Spot | None = None) -> Staircase:
    """Lay out the line through ``corners`` (base, earned), the cliffs where two share a base, and the marks."""
    most_base = max([base for base, _ in corners] + [here[0]], default=1.0) or 1.0
    y_ticks = nice_ticks(0, max([earned for _, earned in corners] + [here[1]], default=1.0) or 1.0)
    x_ticks = [tick for tick in nice_ticks(0, most_base) if tick <= most_base]
    top = y_ticks[-1]

    def x_of(base: float) -> float:
        return round(LEFT + min(base / most_base, 1.0) * (HALF - LEFT - RIGHT), 1)

    def y_of(earned: float) -> float:
        return round(TOP + (top - earned) / top * (HEIGHT - TOP - BOTTOM), 1)

    def mark(spot: Spot) -> Mark:
        return Mark(x_of(spot[0]), y_of(spot[1]), *spot)

    parts, cliffs = [], []
    for number, (base, earned) in enumerate(corners):
        falls_from = number and corners[number - 1][0] == base
        if falls_from:
            below = corners[number - 1][1]
            cliffs.append(Cliff(x_of(base), y_of(below), y_of(earned), base))
        parts.append(f"{'M' if falls_from or not number else 'L'}{x_of(base)},{y_of(earned)}")
    return Staircase(
        width=HALF,
        height=HEIGHT,
        left=LEFT,
        right=HALF - RIGHT,
        baseline=y_of(0),
        line=" ".join(parts),
        cliffs=tuple(cliffs),
        here=mark(here),
        ahead=None if ahead is None else mark(ahead),
        x_ticks=tuple(Tick(x_of(tick), _figure(tick)) for tick in x_ticks),
        y_ticks=tuple(Tick(y_of(tick), _figure(tick)) for tick in y_ticks),
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"
