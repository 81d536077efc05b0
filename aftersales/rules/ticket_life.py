"""The way of a customer's request, from the first word to the last."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from aftersales.choices import TicketState
from dealers.foundation.transitions import TransitionTable


class TicketAct(StrEnum):
    """What changes the state of a ticket."""

    ASSIGN = "assign"
    RESPOND = "respond"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"


_S, _A = TicketState, TicketAct

TICKET_LIFE = TransitionTable(
    "ticket",
    {
        (_S.OPEN, _A.ASSIGN): _S.OPEN,
        (_S.OPEN, _A.RESPOND): _S.RESPONDED,
        (_S.OPEN, _A.RESOLVE): _S.RESOLVED,
        (_S.RESPONDED, _A.ASSIGN): _S.OPEN,
        (_S.RESPONDED, _A.RESPOND): _S.RESPONDED,
        (_S.RESPONDED, _A.RESOLVE): _S.RESOLVED,
        (_S.RESOLVED, _A.REOPEN): _S.REOPENED,
        (_S.RESOLVED, _A.CLOSE): _S.CLOSED,
        (_S.REOPENED, _A.ASSIGN): _S.OPEN,
        (_S.REOPENED, _A.RESPOND): _S.RESPONDED,
        (_S.REOPENED, _A.RESOLVE): _S.RESOLVED,
        (_S.CLOSED, _A.REOPEN): _S.REOPENED,
    },
    initial=_S.OPEN,
)


def may_reopen(*, closed_at: datetime | None, at: datetime, days: int) -> bool:
    """Whether a ticket can still be taken up again: always before it is closed, then for ``days`` times 24 hours."""
    return closed_at is None or at < closed_at + timedelta(days=days)


def may_rate(*, resolved_at: datetime | None, at: datetime, days: int) -> bool:
    """Whether the customer may rate, or change the rating: for ``days`` times 24 hours after it was resolved."""
    return resolved_at is not None and resolved_at <= at < resolved_at + timedelta(days=days)
