"""Geometry of phases through time: a bar for each, with its deadline as a mark, and where now is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, ROW, HEAD, BAR = 360, 40, 8, 12
_LEFT, _RIGHT = 6.0, 354.0
_LEAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Phase:
    """``when`` are its days in words, ``tone`` is ok, warn or bad; a phase without an end lasts."""

    label: str
    begun: datetime
    ended: datetime | None = None
    due: datetime | None = None
    tone: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    phase: Phase
    x: float
    y: float
    width: float
    due_x: float | None
    text_y: float
    due_top: float
    due_bottom: float


@dataclass(frozen=True, slots=True)
class Phases:
    width: int
    height: int
    bar_height: int
    bars: tuple[Bar, ...]
    now_x: float | None


def phases(rows: Sequence[Phase], now: datetime) -> Phases:
    """One row per phase on a common scale from the first beginning to the last end or deadline.

    Now is drawn while a phase lasts.
    """
    if not rows:
        return Phases(WIDTH, HEAD, BAR, (), None)
    lasts = any(row.ended is None for row in rows)
    ends = [row.ended or now for row in rows] + [row.due for row in rows if row.due is not None]
    first = min(row.begun for row in rows)
    span = max(max(ends) - first, _LEAST)

    def x_of(at: datetime) -> float:
        share = min(max((at - first) / span, 0.0), 1.0)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    bars = []
    for number, row in enumerate(rows):
        x, top = x_of(row.begun), HEAD + number * ROW
        width = round(max(x_of(row.ended or now) - x, 3.0), 1)
        due_x = None if row.due is None else x_of(row.due)
        bars.append(Bar(row, x, top + 16.0, width, due_x, top + 10.0, top + 13.0, top + 31.0))
    return Phases(WIDTH, HEAD + len(rows) * ROW, BAR, tuple(bars), x_of(now) if lasts else None)
