"""The way of an application, from the first word of a newcomer to the active dealer."""

from __future__ import annotations

from enum import StrEnum

from dealers.choices import ApplicationState
from dealers.foundation.transitions import To, TransitionTable


class ApplicationAct(StrEnum):
    """What can be done with an application."""

    SUBMIT = "submit"
    TAKE_UP = "take_up"
    ASK = "ask"
    ANSWER = "answer"
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    ADMIT = "admit"
    REFUSE = "refuse"
    CONTRACT = "contract"
    ACTIVATE = "activate"
    WITHDRAW = "withdraw"


_S, _A = ApplicationState, ApplicationAct
#: The facts are complete and each is well formed (:func:`dealers.rules.admission_facts.missing_facts`).
COMPLETE = "complete"
#: Nothing speaks against admission (:func:`dealers.rules.admission_facts.obstacles`).
NO_OBSTACLE = "no_obstacle"
#: The person did not take part in the check.
ANOTHER_PERSON = "another_person"

ADMISSION_LIFE = TransitionTable(
    "application",
    {
        (_S.DRAFT, _A.SUBMIT): To(_S.APPLIED, (COMPLETE,)),
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.APPLIED, _A.TAKE_UP): _S.CHECKING,
        (_S.APPLIED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.CHECKING, _A.ASK): _S.QUESTIONS,
        (_S.CHECKING, _A.RECOMMEND): To(_S.RECOMMENDED, (NO_OBSTACLE,)),
        (_S.CHECKING, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.QUESTIONS, _A.ANSWER): To(_S.CHECKING, (COMPLETE,)),
        (_S.QUESTIONS, _A.RECOMMEND): To(_S.RECOMMENDED, (NO_OBSTACLE,)),
        (_S.QUESTIONS, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.RECOMMENDED, _A.SEND_BACK): To(_S.CHECKING, (ANOTHER_PERSON,)),
        (_S.RECOMMENDED, _A.ADMIT): To(_S.ADMITTED, (ANOTHER_PERSON, NO_OBSTACLE)),
        (_S.RECOMMENDED, _A.REFUSE): To(_S.REFUSED, (ANOTHER_PERSON,)),
        (_S.RECOMMENDED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.ADMITTED, _A.CONTRACT): _S.CONTRACTED,
        (_S.ADMITTED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.CONTRACTED, _A.CONTRACT): _S.CONTRACTED,
        (_S.CONTRACTED, _A.ACTIVATE): To(_S.ACTIVE, (NO_OBSTACLE,)),
        (_S.CONTRACTED, _A.WITHDRAW): _S.WITHDRAWN,
    },
    initial=_S.DRAFT,
)

#: While the applicant may change what it told us.
EDITABLE = frozenset({_S.DRAFT, _S.QUESTIONS})
#: Ended without a dealer.
UNSUCCESSFUL = frozenset({_S.REFUSED, _S.WITHDRAWN})
#: Before headquarters, in the order of the way.
IN_FLIGHT = (_S.APPLIED, _S.CHECKING, _S.QUESTIONS, _S.RECOMMENDED, _S.ADMITTED, _S.CONTRACTED)
