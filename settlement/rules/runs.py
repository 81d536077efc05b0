"""The life of a settlement run, and the order in which half-months close."""

from __future__ import annotations

OPEN, CALCULATED, UNDER_REVIEW, APPROVED, CLOSED = "open", "calculated", "under_review", "approved", "closed"

#: State and event to the next state; what is not here is refused. A calculation may be repeated until approval.
TRANSITIONS = {
    (OPEN, "calculate"): CALCULATED,
    (CALCULATED, "calculate"): CALCULATED,
    (UNDER_REVIEW, "calculate"): CALCULATED,
    (CALCULATED, "put_up"): UNDER_REVIEW,
    (UNDER_REVIEW, "approve"): APPROVED,
    (APPROVED, "close"): CLOSED,
}


def next_state(state: str, event: str) -> str | None:
    """The state after ``event``, or None when the event is not possible in ``state``."""
    return TRANSITIONS.get((state, event))


def may_close_after(period: int, latest_closed: int | None) -> bool:
    """Whether half-month ``period`` is next: any may be the first, then each directly after the one before."""
    return latest_closed is None or period == latest_closed + 1
