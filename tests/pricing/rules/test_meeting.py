"""When the office meeting's vote is decided."""

from __future__ import annotations

import pytest

from pricing.rules.meeting import MeetingResult, Tally

OPEN, APPROVE, REJECT = MeetingResult.OPEN, MeetingResult.APPROVE, MeetingResult.REJECT


@pytest.mark.parametrize(
    ("in_favour", "against", "members", "result", "if_closed"),
    [
        (2, 0, 3, OPEN, OPEN),  # the quorum of three is missing
        (3, 0, 3, APPROVE, APPROVE),
        (3, 0, 5, APPROVE, APPROVE),
        (2, 1, 3, APPROVE, APPROVE),
        (2, 1, 5, OPEN, APPROVE),  # two more could turn it
        (1, 2, 3, REJECT, REJECT),
        (1, 2, 4, REJECT, REJECT),  # half against: a majority for is out of reach
        (1, 2, 5, OPEN, REJECT),
        (2, 2, 4, REJECT, REJECT),  # a tie is no majority
        (0, 3, 7, OPEN, REJECT),
        (3, 2, 5, APPROVE, APPROVE),
        (2, 0, 2, OPEN, OPEN),  # an office too small for its quorum decides nothing
    ],
)
def test_a_vote_is_decided_as_soon_as_it_cannot_change(in_favour, against, members, result, if_closed):
    tally = Tally(in_favour, against, quorum=3, members=members)
    assert (tally.result, tally.result_if_closed) == (result, if_closed)
