"""The envelope of ANSI X12: ISA … GS … ST … SE … GE … IEA, any number of each inside the other.

The ISA segment has a fixed length, and by that declares its own separators: the fourth character parts elements,
character 105 components, character 106 ends segments.
"""

from __future__ import annotations

from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages import dates
from dealers.foundation.trade_messages.envelope import (
    Group,
    Interchange,
    Message,
    TradeFile,
    check_count,
    check_reference,
    cut_short,
    out_of_place,
    repeated_number,
    require_messages,
)
from dealers.foundation.trade_messages.segments import (
    Cut,
    Segment,
    Separators,
    UnreadableMessage,
    cut_segments,
    split_segment,
)

_ISA_LENGTH = 106
_ISA_ELEMENTS = 16
_BLANK = " \t\r\n\x00"
#: How the tags of the envelope begin; a few tags of messages do, too.
_SERVICE = ("ISA", "IEA", "GS", "GE", "ST", "SE")


def open_x12(text: str, file: TradeFile) -> TradeFile:
    """Survey ``text`` into ``file``. Raises `UnreadableMessage` when it is no X12 at all."""
    survey = _Survey(file)
    place = len(text) - len(text.lstrip(_BLANK))
    number = 0
    while place < len(text):
        marks = _marks_of(text, place)
        for cut in cut_segments(text, place, marks):
            number += 1
            place = cut.end
            if survey.is_inside and not cut.raw.startswith(_SERVICE):
                survey.count()
                continue
            segment = split_segment(cut, number, marks)
            survey.take(segment, cut, marks)
            if segment.tag == "IEA":
                break
        else:
            survey.end(number, has_rest=bool(text[place:].strip(_BLANK)))
            return require_messages(file)
        while place < len(text) and text[place] in _BLANK:
            place += 1
    survey.end(number, has_rest=False)
    return require_messages(file)


def _marks_of(text: str, place: int) -> Separators:
    header = text[place : place + _ISA_LENGTH]
    if not header.startswith("ISA"):
        raise UnreadableMessage("no_isa", _("has no ISA segment where an interchange should begin"))
    if len(header) < _ISA_LENGTH or header.count(header[3]) != _ISA_ELEMENTS or header[103] != header[3]:
        raise UnreadableMessage(
            "isa_length", _("has an ISA segment that is not 106 characters long, so its separators cannot be known")
        )
    repetition = header[82]
    marks = Separators(header[3], header[104], header[105], repetition="" if repetition.isalnum() else repetition)
    marks.check()
    return marks


class _Survey:
    """What is open while the segments go by."""

    def __init__(self, file: TradeFile) -> None:
        self._file = file
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._message: Message | None = None
        self._numbers: dict[str, set[str]] = {"ISA": set(), "GS": set(), "ST": set()}

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
        match segment.tag:
            case "ISA":
                self._open_interchange(segment, marks)
            case "GS":
                self._open_group(segment)
            case "ST":
                self._open_message(segment, cut)
            case "SE":
                self._close_message(segment)
            case "GE":
                self._close_group(segment)
            case "IEA":
                self._close_interchange(segment)
            case "TA1" if self._group is None:
                pass  # an acknowledgement of ours, riding along
            case _ if self._message is None and self._interchange is not None:
                out_of_place(self._interchange.own_faults, segment)

    def end(self, number: int, *, has_rest: bool) -> None:
        """The text is over; say which trailers it still owes."""
        if self._interchange is not None:
            self._lose_message(number)
            self._lose_group(number)
            cut_short(self._interchange.own_faults, number, "IEA", fatal=False)
        elif has_rest and self._file.interchanges:
            cut_short(self._file.interchanges[-1].own_faults, number, "segment terminator", fatal=False)

    def _open_interchange(self, segment: Segment, marks: Separators) -> None:
        if self._interchange is not None:
            self._lose_message(segment.number)
            self._lose_group(segment.number)
            cut_short(self._interchange.own_faults, segment.number, "IEA", fatal=False)
        self._interchange = Interchange(
            control_no=segment.get(13),
            sender=segment.get(6),
            receiver=segment.get(8),
            marks=marks,
            header=segment,
            prepared_at=dates.instant_of(segment.get(9), segment.get(10)),
            is_test=segment.get(15) == "T",
        )
        self._once("ISA", segment, "ISA13", self._interchange.sender + "\0" + segment.get(13), self._interchange)
        self._numbers["GS"].clear()
        self._file.interchanges.append(self._interchange)

    def _open_group(self, segment: Segment) -> None:
        if self._interchange is None:
            raise UnreadableMessage("no_isa", _("has no ISA segment where an interchange should begin"))
        self._lose_message(segment.number)
        self._lose_group(segment.number)
        self._group = Group(
            kind=segment.get(1),
            control_no=segment.get(6),
            version=segment.get(8),
            interchange=self._interchange,
            sender=segment.get(2),
            receiver=segment.get(3),
        )
        self._once("GS", segment, "GS06", segment.get(6), self._group)
        self._numbers["ST"].clear()
        self._interchange.groups.append(self._group)

    def _open_message(self, segment: Segment, cut: Cut) -> None:
        if self._group is None:
            if self._interchange is not None:
                out_of_place(self._interchange.own_faults, segment)
            return
        self._lose_message(segment.number)
        message = Message(
            kind=segment.get(1),
            control_no=segment.get(2),
            version=self._group.version,
            group=self._group,
            first=segment.number,
            start=cut.start,
            segments=1,
        )
        self._once("ST", segment, "ST02", message.control_no, message)
        self._group.messages.append(message)
        self._message = message

    def _close_message(self, segment: Segment) -> None:
        message, self._message = self._message, None
        if message is None:
            if self._interchange is not None:
                out_of_place(self._interchange.own_faults, segment)
            return
        message.is_complete = True
        check_count(message.own_faults, segment, 1, message.segments, "segment")
        check_reference(message.own_faults, segment, 2, message.control_no, "ST02")

    def _close_group(self, segment: Segment) -> None:
        self._lose_message(segment.number)
        group, self._group = self._group, None
        if group is None:
            if self._interchange is not None:
                out_of_place(self._interchange.own_faults, segment)
            return
        check_count(group.own_faults, segment, 1, len(group.messages), "message")
        check_reference(group.own_faults, segment, 2, group.control_no, "GS06")

    def _close_interchange(self, segment: Segment) -> None:
        if self._interchange is None:
            raise UnreadableMessage("no_isa", _("has no ISA segment where an interchange should begin"))
        self._lose_message(segment.number)
        self._lose_group(segment.number)
        interchange, self._interchange = self._interchange, None
        check_count(interchange.own_faults, segment, 1, len(interchange.groups), "group")
        check_reference(interchange.own_faults, segment, 2, interchange.control_no, "ISA13")

    def _lose_message(self, number: int) -> None:
        if self._message is not None:
            cut_short(self._message.own_faults, number, "SE", fatal=True)
            self._message = None

    def _lose_group(self, number: int) -> None:
        if self._group is not None:
            cut_short(self._group.own_faults, number, "GE", fatal=False)
            self._group = None

    def _once(self, level: str, segment: Segment, element: str, number: str, of: Interchange | Group | Message) -> None:
        if number in self._numbers[level]:
            repeated_number(of.own_faults, segment, element, number.rpartition("\0")[2])
        self._numbers[level].add(number)
