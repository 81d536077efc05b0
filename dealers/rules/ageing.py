"""How long something has been waiting, in the steps people talk about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AgeStep:
    """Waiting for at least ``days`` and less than ``until`` whole days (None: any longer)."""

    key: str
    days: int
    until: int | None


#: Today's are being worked on; after three days a reminder goes out; after a week somebody is stuck.
AGE_STEPS = (AgeStep("new", 0, 1), AgeStep("days", 1, 3), AgeStep("late", 3, 7), AgeStep("stuck", 7, None))


def days_waiting(since: datetime, at: datetime) -> int:
    """Whole days from ``since`` to ``at``."""
    return max(0, (at - since) // DAY)


def step_of(days: int) -> AgeStep:
    """The step so many days fall into."""
    return next(step for step in AGE_STEPS if step.until is None or days < step.until)
