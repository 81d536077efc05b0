"""Half-open spans of days, and where a new effective row goes among those that stand.

Master data is never overwritten. A row that comes in for an existing key is placed like this:

- it starts within a standing row: that one is closed on the day the new one starts;
- it is open and a later row stands: it ends where the later begins;
- it starts on the very day a standing row starts, with other content: it supersedes that one;
- it says what stands already, even from a later day: a duplicate, nothing happens;
- it names its own end and would run into a later row: refused, because either of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days from `lower` up to, not including, `upper`; None is open. Never empty."""

    lower: date
    upper: date | None = None

    def __post_init__(self) -> None:
        if self.upper is not None and self.upper <= self.lower:
            raise ValueError(f"a span from {self.lower} cannot end on {self.upper}")

    def __str__(self) -> str:
        return f"[{self.lower}, {self.upper or ''})"

    def __contains__(self, day: date) -> bool:
        return self.contains(day)

    def contains(self, day: date) -> bool:
        return self.lower <= day and (self.upper is None or day < self.upper)

    def overlaps(self, other: DateSpan) -> bool:
        return (other.upper is None or self.lower < other.upper) and (self.upper is None or other.lower < self.upper)

    def touches(self, other: DateSpan) -> bool:
        """Whether they overlap or one begins where the other ends."""
        return self.overlaps(other) or self.upper == other.lower or other.upper == self.lower

    def intersection(self, other: DateSpan) -> DateSpan | None:
        """The days both have, or None."""
        if not self.overlaps(other):
            return None
        uppers = [upper for upper in (self.upper, other.upper) if upper is not None]
        return DateSpan(max(self.lower, other.lower), min(uppers) if uppers else None)

    def covers(self, other: DateSpan) -> bool:
        """Whether every day of `other` is in it."""
        return self.intersection(other) == other


Id = TypeVar("Id")


@dataclass(frozen=True, slots=True)
class StandingRow(Generic[Id]):
    """A row in force for some span: what identifies it, and what it says."""

    id: Id
    span: DateSpan
    content: Hashable


class Outcome(StrEnum):
    INSERT = "insert"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Placement(Generic[Id]):
    """What to do with a new row; the caller carries it out in one transaction.

    For an insert: close the row `close` on the day `close_on`, mark `supersede` as superseded, insert with
    `span`. `gap_from` is set when nothing would be in force from that day on, though something was before.
    """

    outcome: Outcome
    span: DateSpan
    close: Id | None = None
    close_on: date | None = None
    supersede: Id | None = None
    gap_from: date | None = None
    refusal: Finding | None = None

    @property
    def inserts(self) -> bool:
        return self.outcome is Outcome.INSERT


def place_new_span(standing: Sequence[StandingRow[Id]], span: DateSpan, content: Hashable) -> Placement[Id]:
    """Find the place of a row among the standing rows of its key, which do not overlap; changes nothing."""
    current = next((row for row in standing if row.span.contains(span.lower)), None)
    later = min((row.span.lower for row in standing if row.span.lower > span.lower), default=None)

    if current is not None and current.content == content and _stands_already(current.span, span, later):
        return Placement(Outcome.DUPLICATE, current.span)
    if later is not None and span.upper is not None and span.upper > later:
        return Placement(Outcome.REFUSED, span, refusal=_runs_into(span, later))

    placed = DateSpan(span.lower, span.upper or later)
    gap_from = _gap(current, placed)
    if current is None:
        return Placement(Outcome.INSERT, placed)
    if current.span.lower == span.lower:
        return Placement(Outcome.INSERT, placed, supersede=current.id, gap_from=gap_from)
    return Placement(Outcome.INSERT, placed, close=current.id, close_on=span.lower, gap_from=gap_from)


def _stands_already(current: DateSpan, span: DateSpan, later: date | None) -> bool:
    """Whether a row with the same content adds no day and ends none.

    A row once closed by a later one comes in again with the end it first had, as when a file is imported
    twice; that is what stands, too.
    """
    closed_by_later = current.upper is not None and current.upper == later
    if span.upper is None:
        return current.upper is None or closed_by_later
    return current.upper == span.upper or (closed_by_later and current.lower == span.lower and span.upper > later)  # type: ignore[operator]


def _gap(current: StandingRow[Id] | None, placed: DateSpan) -> date | None:
    if current is None or placed.upper is None:
        return None
    runs_on = current.span.upper is None or current.span.upper > placed.upper
    return placed.upper if runs_on else None


def _runs_into(span: DateSpan, later: date) -> Finding:
    return Finding(
        "span_overlaps_later",
        Severity.ERROR,
        _("ends on %(upper)s, but another row for the same key begins on %(later)s; end it there or leave it open"),
        {"upper": span.upper, "later": later},
        value=str(span.upper),
    )
