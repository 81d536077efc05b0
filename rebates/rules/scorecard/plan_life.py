"""The life of a corrective plan: written by the dealer, sent back or accepted by HQ, reported on, found carried out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.transitions import TransitionTable

_MOMENT = timedelta(microseconds=1)


class Act(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    PROGRESS = "progress"
    COMPLETE = "complete"


PLAN_LIFE = TransitionTable(
    "corrective plan",
    {
        ("due", Act.SUBMIT): "submitted",
        ("submitted", Act.SEND_BACK): "returned",
        ("submitted", Act.ACCEPT): "accepted",
        ("returned", Act.SUBMIT): "submitted",
        ("accepted", Act.PROGRESS): "accepted",
        ("accepted", Act.COMPLETE): "completed",
    },
    initial="due",
)


def due_at_end_of(day: date) -> datetime:
    """The instant at which ``day`` ends."""
    return start_of_day(day + timedelta(days=1))


def last_day(due_at: datetime) -> date:
    """The last day of a time that ends at ``due_at``."""
    return business_day(due_at - _MOMENT)
