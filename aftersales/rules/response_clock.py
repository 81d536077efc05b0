"""By when a customer has to hear from somebody, and who is told when nobody spoke."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def due_instant(started_at: datetime, hours: int, outages: Iterable[Span]) -> datetime:
    """The instant at which ``hours`` clock hours have passed since ``started_at`` while we were up.

    ``outages`` are spans ``[from, to)`` in which nobody could have answered through us; they may touch and overlap.
    Nights, weekends and holidays count like any other hour. An outage that begins exactly when the response is due
    changes nothing.
    """
    due = started_at + timedelta(hours=hours)
    counted_to = started_at
    for start, end in sorted(outages):
        start = max(start, counted_to)
        if start >= due:
            break
        if end > start:
            due += end - start
            counted_to = end
    return due


def is_missed(due_at: datetime, responded_at: datetime | None, at: datetime) -> bool:
    """Whether the response was, or by now is, too late: an answer at the very instant that was due is late."""
    return (responded_at or at) >= due_at


def levels_reached(due_at: datetime, at: datetime, hours: Sequence[int]) -> int:
    """How many levels have to know at ``at`` that a response due at ``due_at`` is missing.

    ``hours`` says for each level how long after ``due_at`` it is told.
    """
    return sum(due_at + timedelta(hours=after) <= at for after in hours)
