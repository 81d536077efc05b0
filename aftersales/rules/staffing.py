"""Whether a team is large enough: people who hold a certificate in force, against what the tier asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Certified:
    """One checked certificate of one member, and on which days each is valid; ``until`` is the first day after."""

    member: int
    member_from: date
    member_until: date | None
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Headcount:
    """What a team has and needs on a day; ``needed`` is None without a tier or a policy."""

    certified: int
    needed: int | None

    @property
    def short(self) -> int:
        """How many people are missing."""
        return max(0, (self.needed or 0) - self.certified)


def headcount(
    certificates: Iterable[Certified], *, on: date, tier: str | None, minimum: Mapping[str, int]
) -> Headcount:
    """Count each member once who is in the team and holds at least one certificate in force on the day."""
    counted = {
        one.member
        for one in certificates
        if one.member_from <= on
        and (one.member_until is None or on < one.member_until)
        and one.valid_from <= on < one.valid_until
    }
    return Headcount(len(counted), minimum.get(tier) if tier else None)


def warning_day(valid_until: date, on: date, warning_days: Iterable[int]) -> int | None:
    """The smallest of ``warning_days`` that has been reached before a certificate ends; 0 once it has ended."""
    left = (valid_until - on).days
    if left <= 0:
        return 0
    return min((days for days in warning_days if left <= days), default=None)
