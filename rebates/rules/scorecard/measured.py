"""A part of the scorecard as measured, or why it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

#: The parts in the order in which every card shows them.
COMPONENTS = ("attainment", "price", "sync", "response", "satisfaction", "growth")
_STEP = Decimal("0.000001")


class Lacking(StrEnum):
    """Why a part has no value: nothing that happened in the quarter speaks for or against the dealer."""

    NO_TARGET = "no_target"
    NO_JUDGED_LINES = "no_judged_lines"
    NO_DUE_DAYS = "no_due_days"
    NO_TICKETS = "no_tickets"
    NO_RATINGS = "no_ratings"
    NO_YEAR_BEFORE = "no_year_before"


@dataclass(frozen=True, slots=True)
class Measured:
    """The value of a part with six places; None with the reason when there is nothing to measure."""

    name: str
    value: Decimal | None
    lacking: Lacking | None = None


def ratio(name: str, part: Decimal | int, whole: Decimal | int, lacking: Lacking) -> Measured:
    """``part`` of ``whole``; a part that is lacking when there is no whole above zero."""
    if whole <= 0:
        return Measured(name, None, lacking)
    return Measured(name, (Decimal(part) / Decimal(whole)).quantize(_STEP, ROUND_HALF_UP))
