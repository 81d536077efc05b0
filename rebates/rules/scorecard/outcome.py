"""What follows from a published score: a commendation, a corrective plan, or neither."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    COMMENDED = "commended"
    PLAN_DUE = "plan_due"
    NONE = "none"


def outcome(score: Decimal | None, *, plan_below: Decimal, commend_from: Decimal) -> Outcome:
    """Below ``plan_below`` a plan is due, from ``commend_from`` on a commendation; without a score neither."""
    if score is None:
        return Outcome.NONE
    if score < plan_below:
        return Outcome.PLAN_DUE
    return Outcome.COMMENDED if score >= commend_from else Outcome.NONE
