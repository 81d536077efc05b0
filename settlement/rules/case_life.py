"""The way of a case (rulebook section 7): one table of states and acts, who may act, and how urgent a case is."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from dealers.foundation.transitions import TransitionTable
from settlement.choices import CasePriority, CaseState


class CaseAct(StrEnum):
    """What can be done to a case once it is open."""

    INVESTIGATE = "investigate"
    PROPOSE_DISMISSAL = "propose_dismissal"
    REFUSE_DISMISSAL = "refuse_dismissal"
    DISMISS = "dismiss"
    MERGE = "merge"
    HEAR_DEALER = "hear_dealer"
    DECIDE = "decide"
    APPLY = "apply"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"


class CaseStep(StrEnum):
    """What else is written into the history of a case; none of these moves it."""

    OPEN = "open"
    JOIN = "join"
    ASSIGN = "assign"
    SET_PRIORITY = "set_priority"
    NOTE = "note"
    EXTEND = "extend"
    REPLY = "reply"
    HAND_IN = "hand_in"
    REPLY_TIME_OVER = "reply_time_over"
    HOLD_BACK = "hold_back"
    SEE_CHANGES = "see_changes"
    LADDER_FELL = "ladder_fell"
    RECKON_AGAIN = "reckon_again"
    APPEAL_TIME_OVER = "appeal_time_over"


CASE_LIFE = TransitionTable(
    "case",
    {
        (CaseState.OPENED, CaseAct.INVESTIGATE): CaseState.INVESTIGATING,
        (CaseState.OPENED, CaseAct.MERGE): CaseState.MERGED,
        (CaseState.INVESTIGATING, CaseAct.HEAR_DEALER): CaseState.DEALER_REPLY,
        (CaseState.INVESTIGATING, CaseAct.PROPOSE_DISMISSAL): CaseState.DISMISSAL_PROPOSED,
        (CaseState.INVESTIGATING, CaseAct.MERGE): CaseState.MERGED,
        (CaseState.DISMISSAL_PROPOSED, CaseAct.DISMISS): CaseState.DISMISSED,
        (CaseState.DISMISSAL_PROPOSED, CaseAct.REFUSE_DISMISSAL): CaseState.INVESTIGATING,
        (CaseState.DEALER_REPLY, CaseAct.DECIDE): CaseState.DECIDED,
        (CaseState.DEALER_REPLY, CaseAct.DISMISS): CaseState.DISMISSED,
        (CaseState.DECIDED, CaseAct.APPLY): CaseState.APPLIED,
        (CaseState.DECIDED, CaseAct.APPEAL): CaseState.APPEALED,
        (CaseState.APPLIED, CaseAct.APPEAL): CaseState.APPEALED,
        (CaseState.APPEALED, CaseAct.UPHOLD): CaseState.UPHELD,
        (CaseState.APPEALED, CaseAct.OVERTURN): CaseState.OVERTURNED,
    },
    initial=CaseState.OPENED,
)

#: Until the judge has decided, more evidence about the same facts joins the case.
OPEN_STATES = (
    CaseState.OPENED,
    CaseState.INVESTIGATING,
    CaseState.DISMISSAL_PROPOSED,
    CaseState.DEALER_REPLY,
)
#: What headquarters gathers among itself: the dealer does not know of the case yet.
BEFORE_HEARING = (CaseState.OPENED, CaseState.INVESTIGATING, CaseState.DISMISSAL_PROPOSED)
#: A decision against the dealer stands, for now or for good.
STANDING_STATES = (CaseState.DECIDED, CaseState.APPLIED, CaseState.APPEALED, CaseState.UPHELD)
#: Consequences wait to be applied: not while an appeal is undecided.
APPLICABLE_STATES = (CaseState.DECIDED, CaseState.UPHELD)
#: Nobody has to move any more, but for an appeal that may still come.
FINAL_STATES = (CaseState.UPHELD, CaseState.OVERTURNED, CaseState.DISMISSED, CaseState.MERGED)

#: What only headquarters sees of a case's history.
INTERNAL_STEPS = (
    CaseStep.OPEN,
    CaseStep.ASSIGN,
    CaseStep.SET_PRIORITY,
    CaseStep.NOTE,
    CaseStep.HOLD_BACK,
    CaseStep.SEE_CHANGES,
    CaseAct.INVESTIGATE,
    CaseAct.PROPOSE_DISMISSAL,
    CaseAct.REFUSE_DISMISSAL,
    CaseAct.MERGE,
)
#: Acts of a judge: having done one of these does not make a person an investigator of the case.
JUDGING_STEPS = (
    CaseAct.DISMISS,
    CaseAct.REFUSE_DISMISSAL,
    CaseAct.DECIDE,
    CaseAct.UPHOLD,
    CaseAct.OVERTURN,
    CaseStep.SEE_CHANGES,
    CaseStep.RECKON_AGAIN,
)


def may_judge(person: int, *, handled_by: Collection[int]) -> bool:
    """Whoever opened, investigated, added to or prepared a case never decides it."""
    return person not in handled_by


def may_hear_appeal(person: int, *, handled_by: Collection[int], judged_by: Collection[int]) -> bool:
    """An appeal is heard by a third person: neither an investigator nor whoever decided."""
    return may_judge(person, handled_by=handled_by) and person not in judged_by


def priority_of(*, supply_hold_ahead: bool) -> CasePriority:
    """High when confirming the case would stop the dealer's supply, so that it is not left in the dark for long."""
    return CasePriority.HIGH if supply_hold_ahead else CasePriority.NORMAL
