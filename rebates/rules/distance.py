"""How far a base is from its next bracket, what reaching it brings, and where the window ends at the present pace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rebates.rules.entitlement import entitlement
from rebates.rules.programs import RETROACTIVE, Bracket, Program

_MILLION = 1_000_000


class Outlook(StrEnum):
    """What becomes of the next bracket at the present pace, the most pressing first."""

    CLOSE = "close"
    REACHES = "reaches"
    FAR = "far"
    CAPPED = "capped"
    TOP = "top"


class Pace(NamedTuple):
    """Days of the window that count for the program: so many of ``total`` have begun, the present one included."""

    elapsed: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.elapsed


class Distance(NamedTuple):
    """Where a base stands. Bases and edges in micros, what is earned in cents.

    ``projected`` is the base at the window's end if every remaining day brings what the days so far brought on
    average. ``missing`` is what the next bracket still needs, ``brings`` what reaching it adds to what is earned now;
    ``jump`` is the part of it that the last fen of the way brings: the whole base at the higher rate. All of them are
    0 when there is no next bracket.
    """

    base: int
    earned: int
    rate: int
    reached: int
    next: Bracket | None
    missing: int
    brings: int
    jump: int
    projected: int
    projected_earned: int
    outlook: Outlook


def pace(spans: Iterable[tuple[date, date]], end: date, today: date) -> Pace:
    """The days of ``spans`` (half-open) that have begun, and with them those left after ``today`` up to ``end``."""
    begun = sum(min(max((today - first).days + 1, 0), (after - first).days) for first, after in spans)
    elapsed = max(begun, 1)
    return Pace(elapsed, elapsed + max((end - today).days - 1, 0))


def projected(base: int, going: Pace) -> int:
    """The base at the end at the average of the days so far; a base of zero or below stays as it is."""
    return base * going.total // going.elapsed if base > 0 else base


def distance(program: Program, base: int, going: Pace, near: int) -> Distance:
    """Where ``base`` stands in ``program``. A bracket is close when the projection misses it by at most ``near`` of it
    (millionths); one that the cap makes worthless is not aimed at."""
    earned = entitlement(program, base)
    ahead = next((bracket for bracket in program.brackets if bracket.start > max(base, 0)), None)
    reached = max(bracket.start for bracket in program.brackets if bracket.start <= max(base, 0))
    at_end = projected(base, going)
    whole = Distance(
        base=base,
        earned=earned.amount,
        rate=earned.rate,
        reached=reached,
        next=ahead,
        missing=0,
        brings=0,
        jump=0,
        projected=at_end,
        projected_earned=entitlement(program, at_end).amount,
        outlook=Outlook.CAPPED if earned.capped else Outlook.TOP,
    )
    if ahead is None or earned.capped:
        return whole
    there = entitlement(program, ahead.start).amount
    jumps = program.method == RETROACTIVE
    return Distance(
        base=base,
        earned=earned.amount,
        rate=earned.rate,
        reached=reached,
        next=ahead,
        missing=ahead.start - base,
        brings=there - earned.amount,
        jump=there - entitlement(program, ahead.start - 1).amount if jumps else 0,
        projected=at_end,
        projected_earned=whole.projected_earned,
        outlook=_outlook(at_end, ahead.start, near),
    )


def _outlook(at_end: int, edge: int, near: int) -> Outlook:
    if at_end >= edge:
        return Outlook.REACHES
    return Outlook.CLOSE if (edge - at_end) * _MILLION <= edge * near else Outlook.FAR


def curve(program: Program, up_to: int) -> Iterator[tuple[int, int]]:
    """Corners of what is earned (cents) over the base (micros) from 0 to ``up_to``, for drawing.

    Between two corners the line is straight; two corners over one base are a cliff, which a retroactive program has
    at every bracket.
    """
    yield 0, 0
    edges = [bracket.start for bracket in program.brackets if 0 < bracket.start < up_to]
    corners = sorted({*edges, *(corner for corner in _cap_corners(program, up_to)), up_to})
    for corner in corners:
        below = entitlement(program, corner - 1).amount
        there = entitlement(program, corner).amount
        if there != below and corner in edges:
            yield corner, below
        yield corner, there


def _cap_corners(program: Program, up_to: int) -> Iterator[int]:
    """The bases at which the cap is reached, where the line turns flat."""
    if program.cap is None:
        return
    ends = [*(bracket.start for bracket in program.brackets[1:]), up_to]
    for bracket, end in zip(program.brackets, ends, strict=True):
        low, high = bracket.start, min(end - 1, up_to)
        if high <= low or entitlement(program, low).capped or not entitlement(program, high).capped:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if entitlement(program, middle).capped else (middle, high)
        yield high
