"""Geometry of the charts: values become coordinates, pages only print them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HALF, WIDE = 620, 1140
HEIGHT = 240
LEFT, RIGHT, TOP, BOTTOM = 52, 28, 12, 28
SPARK_WIDTH, SPARK_HEIGHT = 84, 24
HEAT_STEPS = 7
_MOST_X_LABELS = 12


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    line: str
    area: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the time axis that is marked."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class LineChart:
    width: int
    height: int
    left: float
    right: float
    series: tuple[Series, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    baseline: float
    top: float = TOP
    drawn_height: float = HEIGHT - TOP - BOTTOM
    marked: Stretch | None = None


def spark_path(values: Sequence[float]) -> tuple[str, float, float]:
    """Path of a sparkline and where its last point lies; an empty path for fewer than two values."""
    if len(values) < 2:
        return "", 0, 0
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (SPARK_WIDTH - 6) / (len(values) - 1)
    spots = [
        (
            round(3 + at * step, 1),
            round(SPARK_HEIGHT - 3 - (value - low) / span * (SPARK_HEIGHT - 6), 1),
        )
        for at, value in enumerate(values)
    ]
    return "M" + " ".join(f"{x},{y}" for x, y in spots), *spots[-1]


def line_chart(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    width: int = HALF,
    marked: tuple[int, int] | None = None,
) -> LineChart:
    """Lay out one line per series over common labels, on a scale that holds zero and round steps.

    ``marked`` names the first and the last label of a stretch to be shaded.
    """
    values = [value for _name, numbers in series for value in numbers]
    ticks = nice_ticks(min(values, default=0), max(values, default=0))
    low, high = ticks[0], ticks[-1]

    def y_of(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    def x_of(at: int) -> float:
        return round(LEFT + at / max(len(labels) - 1, 1) * (width - LEFT - RIGHT), 1)

    baseline = y_of(max(low, 0.0))
    every = math.ceil(len(labels) / _MOST_X_LABELS) or 1
    drawn = []
    for name, numbers in series:
        points = tuple(
            Point(x_of(at), y_of(value), label, value)
            for at, (label, value) in enumerate(zip(labels, numbers, strict=True))
        )
        line = "M" + " ".join(f"{point.x},{point.y}" for point in points) if points else ""
        area = f"{line} L{points[-1].x},{baseline} L{points[0].x},{baseline}Z" if points else ""
        drawn.append(Series(name, line, area, points))
    return LineChart(
        width=width,
        height=HEIGHT,
        left=LEFT,
        right=width - RIGHT,
        series=tuple(drawn),
        y_ticks=tuple(Tick(y_of(tick), f"{tick:,g}".replace("-", "\u2212")) for tick in ticks),
        x_ticks=tuple(Tick(x_of(at), label) for at, label in enumerate(labels) if at % every == 0),
        baseline=baseline,
        marked=None if marked is None else _stretch(x_of, len(labels), *marked),
    )


def _stretch(x_of: Callable[[int], float], labels: int, first: int, last: int) -> Stretch:
    """From half a step before the first label to half a step after the last, within the chart."""
    half = (x_of(1) - x_of(0)) / 2
    left, right = max(x_of(first) - half, x_of(0)), min(x_of(last) + half, x_of(max(labels - 1, 0)))
    return Stretch(round(left, 1), round(max(right - left, 2.0), 1))


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round steps that hold zero, ``low`` and ``high``."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = (high - low) / wanted
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [round(at * step, 10) for at in range(first, last + 1)]


def share_of(value: float, whole: float) -> float:
    """``value`` as percent of ``whole``, kept within 0 and 100."""
    return round(min(max(value / whole, 0.0), 1.0) * 100, 2) if whole else 0.0


def heat_step(value: float | None, worst: float) -> str:
    """The class of a heat map cell; text colour belongs to the class, so it is always legible."""
    if value is None:
        return "heat-none"
    if worst <= 0 or value <= 0:
        return "heat-0"
    return f"heat-{min(HEAT_STEPS - 1, max(1, math.ceil(value / worst * (HEAT_STEPS - 1))))}"
