"""The way of a referred customer, from the name to the reward."""

from __future__ import annotations

from enum import StrEnum

from dealers.foundation.transitions import TransitionTable
from rebates.choices import LeadState


class LeadAct(StrEnum):
    """What can be done with a lead once it was accepted."""

    ASSIGN = "assign"
    FOLLOW_UP = "follow_up"
    LOSE = "lose"
    REPORT_DEAL = "report_deal"
    REJECT_DEAL = "reject_deal"
    CONFIRM_DEAL = "confirm_deal"
    REWARD = "reward"
    DENY = "deny"
    TAKE_BACK = "take_back"


_S, _A = LeadState, LeadAct

LEAD_LIFE = TransitionTable(
    "referral lead",
    {
        (_S.RECEIVED, _A.ASSIGN): _S.ASSIGNED,
        (_S.RECEIVED, _A.LOSE): _S.LOST,
        (_S.ASSIGNED, _A.ASSIGN): _S.ASSIGNED,
        (_S.ASSIGNED, _A.FOLLOW_UP): _S.FOLLOWED_UP,
        (_S.FOLLOWED_UP, _A.ASSIGN): _S.ASSIGNED,
        (_S.FOLLOWED_UP, _A.LOSE): _S.LOST,
        (_S.FOLLOWED_UP, _A.REPORT_DEAL): _S.DEAL_REPORTED,
        (_S.DEAL_REPORTED, _A.REJECT_DEAL): _S.FOLLOWED_UP,
        (_S.DEAL_REPORTED, _A.CONFIRM_DEAL): _S.DEAL_CONFIRMED,
        (_S.DEAL_CONFIRMED, _A.REWARD): _S.REWARDED,
        (_S.DEAL_CONFIRMED, _A.DENY): _S.DENIED,
        (_S.REWARDED, _A.TAKE_BACK): _S.TAKEN_BACK,
    },
    initial=_S.RECEIVED,
)
