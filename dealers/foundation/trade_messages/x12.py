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
from dealers.foundation.trade_messages.walk import EnvelopeWalk

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


class _Survey(EnvelopeWalk):
    INTERCHANGE = ("ISA", "IEA")
    GROUP = ("GS", "GE", "GS06")
    MESSAGE = ("ST", "SE", "ST02")

    def __init__(self, file: TradeFile) -> None:
        super().__init__(file)
        self._numbers: dict[str, set[str]] = {"ISA": set(), "GS": set(), "ST": set()}

    def _may_stand_alone(self, segment: Segment) -> bool:
        return segment.tag == "TA1" and self._group is None  # an acknowledgement of ours, riding along

    def _open_interchange(self, segment: Segment, marks: Separators) -> None:
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

    def _close_interchange(self, segment: Segment) -> None:
        if self._interchange is None:
            raise UnreadableMessage("no_isa", _("has no ISA segment where an interchange should begin"))
        self._lose_message(segment.number)
        self._lose_group(segment.number)
        interchange, self._interchange = self._interchange, None
        check_count(interchange.own_faults, segment, 1, len(interchange.groups), "group")
        check_reference(interchange.own_faults, segment, 2, interchange.control_no, "ISA13")

    def _once(self, level: str, segment: Segment, element: str, number: str, of: Interchange | Group | Message) -> None:
        if number in self._numbers[level]:
            repeated_number(of.own_faults, segment, element, number.rpartition("\0")[2])
        self._numbers[level].add(number)
