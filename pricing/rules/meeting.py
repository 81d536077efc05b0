"""When the vote of the general manager's office meeting is decided.

At least `quorum` votes and a majority for. The meeting decides by itself as soon as the outcome can no longer
change: more than half of its members are for it, at least half are not, or everybody has voted. Its chair may close
it earlier once the quorum is reached; then the majority of the votes cast decides, and a tie is no majority.

Until it is decided, a member learns how the others voted only after voting: nobody votes after somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MeetingResult(StrEnum):
    OPEN = "open"
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes cast, the votes needed and how many members may vote."""

    in_favour: int
    against: int
    quorum: int
    members: int

    @property
    def cast(self) -> int:
        return self.in_favour + self.against

    @property
    def has_quorum(self) -> bool:
        return self.cast >= self.quorum

    @property
    def result(self) -> MeetingResult:
        """The outcome, if it is certain."""
        if not self.has_quorum:
            return MeetingResult.OPEN
        if self.in_favour * 2 > self.members:
            return MeetingResult.APPROVE
        if self.against * 2 >= self.members:
            return MeetingResult.REJECT
        return self.result_if_closed if self.cast >= self.members else MeetingResult.OPEN

    @property
    def result_if_closed(self) -> MeetingResult:
        """The outcome when the chair closes the vote now; open while the quorum is missing."""
        if not self.has_quorum:
            return MeetingResult.OPEN
        return MeetingResult.APPROVE if self.in_favour > self.against else MeetingResult.REJECT


def may_see_votes(*, decided: bool, is_member: bool, has_voted: bool, reads_all: bool) -> bool:
    """Whether a person is shown who voted how: all once it is decided, members once they have voted themselves.

    `reads_all` is the auditor, who takes no part.
    """
    return decided or reads_all or (is_member and has_voted)
