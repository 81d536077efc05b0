"""The way of a supported activity, and what each act does to the money of the quarter's quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dealers.foundation.transitions import TransitionTable
from rebates.choices import SupportState


class SupportAct(StrEnum):
    """What can be done with an activity."""

    EDIT = "edit"
    ASK = "ask"
    WITHDRAW = "withdraw"
    RESERVE = "reserve"
    REJECT = "reject"
    COMMIT = "commit"
    HAND_IN = "hand_in"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    REFUSE = "refuse"
    REVERSE = "reverse"
    LAPSE = "lapse"


_S, _A = SupportState, SupportAct

SUPPORT_LIFE = TransitionTable(
    "support activity",
    {
        (_S.DRAFT, _A.EDIT): _S.DRAFT,
        (_S.DRAFT, _A.ASK): _S.PLANNED,
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.PLANNED, _A.RESERVE): _S.RESERVED,
        (_S.PLANNED, _A.REJECT): _S.REJECTED,
        (_S.PLANNED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.PLANNED, _A.LAPSE): _S.LAPSED,
        (_S.REJECTED, _A.EDIT): _S.DRAFT,
        (_S.RESERVED, _A.COMMIT): _S.COMMITTED,
        (_S.RESERVED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.RESERVED, _A.LAPSE): _S.LAPSED,
        (_S.COMMITTED, _A.HAND_IN): _S.PROVEN,
        (_S.COMMITTED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.COMMITTED, _A.LAPSE): _S.LAPSED,
        (_S.PROVEN, _A.SEND_BACK): _S.COMMITTED,
        (_S.PROVEN, _A.ACCEPT): _S.ACCEPTED,
        (_S.PROVEN, _A.REFUSE): _S.REFUSED,
        (_S.ACCEPTED, _A.REVERSE): _S.REVERSED,
    },
    initial=_S.DRAFT,
)


class Pot(StrEnum):
    """Where money of a quota lies; each yuan in one of them, or free."""

    PLANNED = "planned"
    RESERVED = "reserved"
    COMMITTED = "committed"
    SPENT = "spent"


#: The pot of a state; in every other state nothing is held.
POT_OF: Mapping[str, Pot] = {
    _S.PLANNED: Pot.PLANNED,
    _S.RESERVED: Pot.RESERVED,
    _S.COMMITTED: Pot.COMMITTED,
    _S.PROVEN: Pot.COMMITTED,
    _S.ACCEPTED: Pot.SPENT,
}

#: States in which an activity still moves.
OPEN_STATES = (_S.PLANNED, _S.RESERVED, _S.COMMITTED, _S.PROVEN)


@dataclass(frozen=True, slots=True)
class Step:
    """An act as it happened: into which state, and how much the activity then holds in that state's pot."""

    state: SupportState
    pot: Pot | None


def step_of(state: str, act: SupportAct) -> Step:
    """Where ``act`` leads. Raises :class:`~dealers.foundation.transitions.TransitionRefused`."""
    after = SupportState(SUPPORT_LIFE.next(state, act))
    return Step(after, POT_OF.get(after))
