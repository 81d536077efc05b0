"""Which phases a case went through, by when each had to end, and whether it did."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dealers.foundation.clock import BUSINESS_ZONE
from settlement.rules.case_life import CaseAct, CaseStep
from settlement.rules.case_phases import Phase, Step, phases_of

DAY_0 = datetime(2026, 11, 2, 9, tzinfo=BUSINESS_ZONE)


def day(number: float) -> datetime:
    return DAY_0 + timedelta(days=number)


HEARD = [Step(CaseAct.INVESTIGATE, day(1), day(20)), Step(CaseAct.HEAR_DEALER, day(3), day(8))]
CLOSED = [*HEARD, Step(CaseStep.REPLY, day(4)), Step(CaseStep.REPLY, day(5), day(15), final=True)]
DECIDED = [*CLOSED, Step(CaseAct.DECIDE, day(9), day(19))]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([], [(Phase.INVESTIGATION, 0, None)]),
        (HEARD, [(Phase.INVESTIGATION, 0, 3), (Phase.REPLY, 3, None)]),
        # A reply that is not the last word leaves the time running.
        (CLOSED, [(Phase.INVESTIGATION, 0, 3), (Phase.REPLY, 3, 5), (Phase.DECISION, 5, None)]),
        (
            [*CLOSED, Step(CaseStep.EXTEND, day(6), day(9))],
            [(Phase.INVESTIGATION, 0, 3), (Phase.REPLY, 3, 5), (Phase.DECISION, 5, 6), (Phase.REPLY, 6, None)],
        ),
        (
            [*HEARD, Step(CaseStep.REPLY_TIME_OVER, day(8), day(18)), Step(CaseAct.DISMISS, day(10))],
            [(Phase.INVESTIGATION, 0, 3), (Phase.REPLY, 3, 8), (Phase.DECISION, 8, 10)],
        ),
        (
            [*DECIDED, Step(CaseAct.APPLY, day(9.5)), Step(CaseAct.APPEAL, day(12)), Step(CaseAct.OVERTURN, day(14))],
            [
                (Phase.INVESTIGATION, 0, 3),
                (Phase.REPLY, 3, 5),
                (Phase.DECISION, 5, 9),
                (Phase.APPEAL_TIME, 9, 12),
                (Phase.APPEAL, 12, 14),
            ],
        ),
        (
            [
                Step(CaseAct.INVESTIGATE, day(1)),
                Step(CaseAct.PROPOSE_DISMISSAL, day(2)),
                Step(CaseAct.REFUSE_DISMISSAL, day(4)),
            ],
            [(Phase.INVESTIGATION, 0, 2), (Phase.DECISION, 2, 4), (Phase.INVESTIGATION, 4, None)],
        ),
    ],
)
def test_the_phases_follow_from_what_was_done(
    steps: list[Step], found: list[tuple[Phase, float, float | None]]
) -> None:
    expected = [(phase, day(begun), None if ended is None else day(ended)) for phase, begun, ended in found]
    assert [(each.phase, each.begun, each.ended) for each in phases_of(DAY_0, steps, due_now=None)] == expected


def test_each_phase_has_the_last_deadline_that_was_set_in_it() -> None:
    steps = [*HEARD, Step(CaseStep.EXTEND, day(4), day(11))]
    investigation, reply = phases_of(DAY_0, steps, due_now=day(11))
    assert (investigation.due, reply.due) == (day(20), day(11))


@pytest.mark.parametrize(("now", "late"), [(day(8), False), (day(8.1), True)])
def test_a_phase_that_lasts_beyond_its_deadline_is_late(now: datetime, late: bool) -> None:
    *_rest, reply = phases_of(DAY_0, HEARD, due_now=day(8))
    assert reply.late(now) is late


def test_letting_the_time_to_appeal_pass_is_no_delay() -> None:
    *_rest, appeal = phases_of(DAY_0, [*DECIDED, Step(CaseStep.APPEAL_TIME_OVER, day(30))], due_now=None)
    assert appeal.phase == Phase.APPEAL_TIME and not appeal.late(day(30))
