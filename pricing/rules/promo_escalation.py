"""Who hears of a late review, and when the next office up does. Nothing is ever decided by being late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealers.choices import Role
from dealers.foundation.working_days import WorkCalendar, deadline
from pricing.choices import Authority

#: For each authority the offices told, level by level, beside those who let it lie.
OFFICES_ABOVE: Mapping[str, tuple[str, ...]] = {
    Authority.LEGAL: (Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER),
    Authority.MARKETING_DIRECTOR: (Role.GENERAL_MANAGER, Role.GM_OFFICE_MEMBER),
    Authority.GENERAL_MANAGER: (Role.GM_OFFICE_MEMBER,),
    Authority.GM_OFFICE_MEETING: (Role.GENERAL_MANAGER,),
}


@dataclass(frozen=True, slots=True)
class Level:
    """`number` counts from 1; `since` is when it was reached."""

    number: int
    office: str
    since: datetime


def levels_reached(
    authority: str, due_at: datetime, working_days: int, at: datetime, calendar: WorkCalendar
) -> tuple[Level, ...]:
    """The levels a review has reached at `at`: the first when it is due, each further one after as many working days
    again as the review itself was given.
    """
    reached: list[Level] = []
    since = due_at
    for number, office in enumerate(OFFICES_ABOVE[authority], start=1):
        if number > 1:
            last_day = due_at - timedelta(microseconds=1)
            since = deadline(last_day, working_days * (number - 1), calendar).expires_at
        if at < since:
            break
        reached.append(Level(number, office, since))
    return tuple(reached)
