"""The way of a case (rulebook section 7): one table of states and acts, and how urgent a case is."""

from __future__ import annotations

from enum import StrEnum

from dealers.foundation.transitions import TransitionTable
from settlement.choices import CasePriority, CaseState


class CaseAct(StrEnum):
    """What can be done to a case once it is open."""

    INVESTIGATE = "investigate"
    HEAR_DEALER = "hear_dealer"
    DECIDE = "decide"
    APPLY = "apply"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"


CASE_LIFE = TransitionTable(
    "case",
    {
        (CaseState.OPENED, CaseAct.INVESTIGATE): CaseState.INVESTIGATING,
        (CaseState.INVESTIGATING, CaseAct.HEAR_DEALER): CaseState.DEALER_REPLY,
        (CaseState.DEALER_REPLY, CaseAct.DECIDE): CaseState.DECIDED,
        (CaseState.DECIDED, CaseAct.APPLY): CaseState.APPLIED,
        (CaseState.DECIDED, CaseAct.APPEAL): CaseState.APPEALED,
        (CaseState.APPLIED, CaseAct.APPEAL): CaseState.APPEALED,
        (CaseState.APPEALED, CaseAct.UPHOLD): CaseState.UPHELD,
        (CaseState.APPEALED, CaseAct.OVERTURN): CaseState.OVERTURNED,
    },
    initial=CaseState.OPENED,
)

#: Until the judge has decided, more evidence about the same facts joins the case.
OPEN_STATES = (CaseState.OPENED, CaseState.INVESTIGATING, CaseState.DEALER_REPLY)


def priority_of(*, supply_hold_ahead: bool) -> CasePriority:
    """High when confirming the case would stop the dealer's supply, so that it is not left in the dark for long."""
    return CasePriority.HIGH if supply_hold_ahead else CasePriority.NORMAL
