"""The phases of a case through time: who had to move from when to when, until when, and whether that was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from settlement.rules.case_life import CaseAct, CaseStep


class Phase(StrEnum):
    """What the case waits for."""

    INVESTIGATION = "investigation"
    REPLY = "reply"
    DECISION = "decision"
    APPEAL_TIME = "appeal_time"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Step:
    """Something done; ``due`` is the deadline that held from then on, ``final`` marks the dealer's last word."""

    act: str
    at: datetime
    due: datetime | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase: when it began, when it ended (None: it lasts), and by when it was to end (None: no deadline known)."""

    phase: Phase
    begun: datetime
    ended: datetime | None = None
    due: datetime | None = None

    def late(self, now: datetime) -> bool:
        """Whether it lasted, or lasts, beyond its deadline. Letting the time to appeal pass is no delay."""
        if self.due is None or self.phase == Phase.APPEAL_TIME:
            return False
        return (self.ended or now) > self.due


#: What an act leads to; None: nobody has to move any more.
_OPENS: dict[str, Phase | None] = {
    CaseAct.REFUSE_DISMISSAL: Phase.INVESTIGATION,
    CaseAct.PROPOSE_DISMISSAL: Phase.DECISION,
    CaseAct.HEAR_DEALER: Phase.REPLY,
    CaseStep.REPLY_TIME_OVER: Phase.DECISION,
    CaseAct.DECIDE: Phase.APPEAL_TIME,
    CaseAct.APPEAL: Phase.APPEAL,
    CaseStep.APPEAL_TIME_OVER: None,
    CaseAct.DISMISS: None,
    CaseAct.MERGE: None,
    CaseAct.UPHOLD: None,
    CaseAct.OVERTURN: None,
}
#: Acts that set another deadline within a phase; more time after the reply was closed opens it again.
_MOVES = (CaseAct.INVESTIGATE, CaseStep.EXTEND, CaseStep.JOIN)


def phases_of(opened_at: datetime, steps: Iterable[Step], *, due_now: datetime | None) -> list[Stretch]:
    """The phases in their order; the last one lasts while it has no end, with the deadline that holds now."""
    done: list[Stretch] = []
    current: Stretch | None = Stretch(Phase.INVESTIGATION, opened_at)
    for step in steps:
        opens = _opened_by(step, current)
        if opens is not _NOTHING:
            if current is not None:
                done.append(replace(current, ended=step.at))
            current = None if opens is None else Stretch(Phase(opens), step.at, due=step.due)
        elif current is not None and step.act in _MOVES and step.due is not None:
            current = replace(current, due=step.due)
    if current is not None:
        done.append(replace(current, due=due_now))
    return done


_NOTHING = ""


def _opened_by(step: Step, current: Stretch | None) -> str | None:
    """The phase a step opens, None when it ends the last one, and nothing when it opens none."""
    if step.act == CaseStep.REPLY and step.final:
        return Phase.DECISION
    if step.act in (CaseStep.EXTEND, CaseStep.JOIN) and current is not None and current.phase == Phase.DECISION:
        return Phase.REPLY
    return _OPENS.get(step.act, _NOTHING)
