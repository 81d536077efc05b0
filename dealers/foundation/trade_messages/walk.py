"""The walk through the envelopes of a file, which X12 and EDIFACT share: what is open, what closes, what is missing.

Interchanges hold groups, groups hold messages; each has a header and a trailer that states a total and repeats the
control number. A format says by which tags, and what stands in its headers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from dealers.foundation.trade_messages.envelope import (
    Group,
    Interchange,
    Message,
    TradeFile,
    check_count,
    check_reference,
    cut_short,
    out_of_place,
)
from dealers.foundation.trade_messages.segments import Cut, Segment, Separators


class EnvelopeWalk:
    """What is open while the segments go by."""

    #: Header and trailer of each level, and the element of the header with the control number the trailer repeats.
    INTERCHANGE: ClassVar[tuple[str, str]]
    GROUP: ClassVar[tuple[str, str, str]]
    MESSAGE: ClassVar[tuple[str, str, str]]

    def __init__(self, file: TradeFile) -> None:
        self._file = file
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._message: Message | None = None
        self._openings = (self.INTERCHANGE[0], self.GROUP[0], self.MESSAGE[0])
        self._closings: dict[str, Callable[[Segment], None]] = {
            self.MESSAGE[1]: self._close_message,
            self.GROUP[1]: self._close_group,
            self.INTERCHANGE[1]: self._close_interchange,
        }

    @property
    def is_inside(self) -> bool:
        """Whether a message is open."""
        return self._message is not None

    def count(self) -> None:
        """A segment of the open message went by."""
        if self._message is not None:
            self._message.segments += 1

    def take(self, segment: Segment, cut: Cut, marks: Separators) -> None:
        """A service segment, or one that stands outside of any message."""
        self.count()
        interchange, group, message = self._openings
        if segment.tag == interchange:
            self._break_interchange(segment.number)
            self._open_interchange(segment, marks)
        elif segment.tag == group:
            self._open_group(segment)
        elif segment.tag == message:
            self._open_message(segment, cut)
        elif segment.tag in self._closings:
            self._closings[segment.tag](segment)
        elif self._message is None and not self._may_stand_alone(segment):
            self._misplaced(segment)

    def end(self, number: int, *, has_rest: bool) -> None:
        """The text is over; say which trailers it still owes."""
        if self._interchange is not None:
            self._break_interchange(number)
        elif has_rest and self._file.interchanges:
            cut_short(self._file.interchanges[-1].own_faults, number, "segment terminator", fatal=False)

    def _open_interchange(self, segment: Segment, marks: Separators) -> None:
        raise NotImplementedError

    def _open_group(self, segment: Segment) -> None:
        raise NotImplementedError

    def _open_message(self, segment: Segment, cut: Cut) -> None:
        raise NotImplementedError

    def _close_interchange(self, segment: Segment) -> None:
        raise NotImplementedError

    def _may_stand_alone(self, segment: Segment) -> bool:
        """Whether a segment outside of any message is none the worse for it."""
        return False

    def _close_message(self, segment: Segment) -> None:
        message, self._message = self._message, None
        if message is None:
            self._misplaced(segment)
            return
        message.is_complete = True
        check_count(message.own_faults, segment, 1, message.segments, "segment")
        check_reference(message.own_faults, segment, 2, message.control_no, self.MESSAGE[2])

    def _close_group(self, segment: Segment) -> None:
        self._lose_message(segment.number)
        group, self._group = self._group, None
        if group is None or not group.is_stated:
            self._misplaced(segment)
            return
        check_count(group.own_faults, segment, 1, len(group.messages), "message")
        check_reference(group.own_faults, segment, 2, group.control_no, self.GROUP[2])

    def _misplaced(self, segment: Segment) -> None:
        if self._interchange is not None:
            out_of_place(self._interchange.own_faults, segment)

    def _break_interchange(self, number: int) -> None:
        if self._interchange is not None:
            self._lose_message(number)
            self._lose_group(number)
            cut_short(self._interchange.own_faults, number, self.INTERCHANGE[1], fatal=False)

    def _lose_message(self, number: int) -> None:
        if self._message is not None:
            cut_short(self._message.own_faults, number, self.MESSAGE[1], fatal=True)
            self._message = None

    def _lose_group(self, number: int) -> None:
        if self._group is not None and self._group.is_stated:
            cut_short(self._group.own_faults, number, self.GROUP[1], fatal=False)
        self._group = None
