"""The way of a dispute (rulebook section 6): one table of states and acts, and who is to move in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dealers.foundation.transitions import TransitionTable
from settlement.choices import DisputeAct, DisputeOutcome, DisputeState

DISPUTE_LIFE = TransitionTable(
    "dispute",
    {
        (DisputeState.OPEN, DisputeAct.PREPARE): DisputeState.PREPARED,
        (DisputeState.OPEN, DisputeAct.WITHDRAW): DisputeState.WITHDRAWN,
        (DisputeState.PREPARED, DisputeAct.PREPARE): DisputeState.PREPARED,
        (DisputeState.PREPARED, DisputeAct.SEND_BACK): DisputeState.OPEN,
        (DisputeState.PREPARED, DisputeAct.ACCEPT): DisputeState.ACCEPTED,
        (DisputeState.PREPARED, DisputeAct.REJECT): DisputeState.REJECTED,
        (DisputeState.PREPARED, DisputeAct.ASK): DisputeState.NEEDS_ACTION,
        (DisputeState.PREPARED, DisputeAct.WITHDRAW): DisputeState.WITHDRAWN,
        (DisputeState.NEEDS_ACTION, DisputeAct.ANSWER): DisputeState.OPEN,
        (DisputeState.NEEDS_ACTION, DisputeAct.LAPSE): DisputeState.REJECTED,
        (DisputeState.NEEDS_ACTION, DisputeAct.WITHDRAW): DisputeState.WITHDRAWN,
    },
    initial=DisputeState.OPEN,
)

#: Undecided: the lines are frozen and the statement is disputed.
PENDING = (DisputeState.OPEN, DisputeState.PREPARED, DisputeState.NEEDS_ACTION)
#: Headquarters is to move.
AT_HEADQUARTERS = (DisputeState.OPEN, DisputeState.PREPARED)

#: The act that carries out a prepared outcome.
ACT_OF_OUTCOME: Mapping[str, DisputeAct] = {
    DisputeOutcome.ACCEPTED: DisputeAct.ACCEPT,
    DisputeOutcome.REJECTED: DisputeAct.REJECT,
    DisputeOutcome.NEEDS_ACTION: DisputeAct.ASK,
}
#: What only headquarters sees: how a decision was made ready.
INTERNAL_ACTS = (DisputeAct.PREPARE, DisputeAct.SEND_BACK)


def frozen_part(amounts: Iterable[Decimal]) -> Decimal:
    """How much of a payment disputed lines hold back: what they would pay.

    A line against the dealer holds nothing back: it stays deducted until the dispute is accepted, so disputing a
    clawback makes no money payable and freezes none.
    """
    return sum((amount for amount in amounts if amount > 0), Decimal("0.00"))
