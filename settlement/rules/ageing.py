"""How long something has been owed, in days, sorted into buckets that leave no day out and hold none twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bucket:
    """Debts of ``first`` to ``last`` days; ``last`` None has no end."""

    first: int
    last: int | None

    def holds(self, age: int) -> bool:
        return self.first <= age and (self.last is None or age <= self.last)

    @property
    def key(self) -> str:
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"


def buckets(overdue_after: int) -> tuple[Bucket, ...]:
    """Half of the days after which a debt is overdue, the rest of them, twice and three times as long, and older.

    With the usual 60 days: 0-30, 31-60, 61-120, 121-180, 181+.
    """
    half = overdue_after // 2
    edges = [half, overdue_after, 2 * overdue_after, 3 * overdue_after]
    firsts = [0, *(edge + 1 for edge in edges)]
    lasts: Sequence[int | None] = [*edges, None]
    pairs = zip(firsts, lasts, strict=True)
    return tuple(Bucket(first, last) for first, last in pairs if last is None or last >= first)


def age_of(since: date, on: date) -> int:
    """Whole days owed; a debt of today, or of a day to come, is 0 days old."""
    return max(0, (on - since).days)


def bucket_of(age: int, among: Sequence[Bucket]) -> Bucket:
    return next(bucket for bucket in among if bucket.holds(age))


def is_overdue(age: int, overdue_after: int) -> bool:
    """Whether a debt is shown in red: older than so many days, the last of them not yet."""
    return age > overdue_after
