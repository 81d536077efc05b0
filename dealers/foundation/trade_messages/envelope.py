"""The envelope: which interchanges, groups and messages a file holds, and whether its control totals are right.

A fault that is an error leaves no message to take (it is cut short); a warning refuses the message for a dealer
whose messages are read strictly, and is a remark on it for one whose messages are read tolerantly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages.segments import (
    Segment,
    Separators,
    UnreadableMessage,
    cut_segments,
    split_segment,
)

MOST_MESSAGES = 2_000
#: A file that gets everything wrong is not described in full.
MOST_FAULTS = 200

__all__ = ["Group", "Interchange", "Message", "TradeFile", "UnreadableMessage"]


@dataclass(slots=True)
class Message:
    """One message. ``segments`` is how many it has with its header and trailer; ``first`` the number of the header."""

    kind: str
    control_no: str
    version: str
    group: Group
    first: int
    start: int
    segments: int = 0
    is_complete: bool = False
    own_faults: list[Finding] = field(default_factory=list)

    @property
    def interchange(self) -> Interchange:
        return self.group.interchange

    @property
    def faults(self) -> list[Finding]:
        """What is wrong with it and with what encloses it."""
        return [*self.own_faults, *self.group.own_faults, *self.interchange.own_faults]


@dataclass(slots=True)
class Group:
    """A functional group; EDIFACT often has none, and then this one has no number and no faults."""

    kind: str
    control_no: str
    version: str
    interchange: Interchange
    sender: str = ""
    receiver: str = ""
    is_stated: bool = True
    messages: list[Message] = field(default_factory=list)
    own_faults: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    """The outer envelope as its header says. ``prepared_at`` is wall-clock time of the sender, taken for Beijing's."""

    control_no: str
    sender: str
    receiver: str
    marks: Separators
    header: Segment
    prepared_at: datetime | None = None
    is_test: bool = False
    groups: list[Group] = field(default_factory=list)
    own_faults: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class TradeFile:
    """A file of messages. The text is kept; the segments of a message are cut again whenever somebody reads them."""

    format: Any
    text: str
    interchanges: list[Interchange] = field(default_factory=list)
    #: What UBL keeps instead of segments.
    document: Any = None

    @property
    def messages(self) -> Iterator[Message]:
        for interchange in self.interchanges:
            for group in interchange.groups:
                yield from group.messages

    def segments_of(self, message: Message) -> Iterator[Segment]:
        """The segments of a message, header and trailer included."""
        marks = message.interchange.marks
        cuts = cut_segments(self.text, message.start, marks)
        for number, cut in zip(range(message.first, message.first + message.segments), cuts, strict=False):
            yield split_segment(cut, number, marks)


def fault(
    code: str,
    message: str,
    segment: Segment | int,
    element: str = "",
    value: str = "",
    *,
    fatal: bool = False,
    **params: Any,
) -> Finding:
    """A fault of the envelope at a segment of the file."""
    number = segment if isinstance(segment, int) else segment.number
    severity = Severity.ERROR if fatal else Severity.WARNING
    return Finding(code, severity, message, params, element, value[:80], number)


def check_count(faults: list[Finding], trailer: Segment, element: int, counted: int, what: str) -> None:
    """Compare the total of a trailer with what was counted. ``what`` is a stable word for the thing counted."""
    stated = trailer.get(element)
    if stated.isascii() and stated.isdigit() and len(stated) < 16 and int(stated) == counted:
        return
    name = f"{trailer.tag}{element:02d}"
    faults.append(
        fault(
            f"{what}_count_wrong",
            _("%(name)s says %(stated)s where %(counted)s were counted"),
            trailer,
            name,
            stated,
            name=name,
            stated=stated[:40] or "–",
            counted=counted,
        )
    )


def check_reference(faults: list[Finding], trailer: Segment, element: int, opened: str, header: str) -> None:
    """Compare the control number of a trailer with that of its header."""
    closed = trailer.get(element)
    if closed == opened:
        return
    name = f"{trailer.tag}{element:02d}"
    faults.append(
        fault(
            "control_number_differs",
            _("%(name)s is %(closed)s, but %(header)s is %(opened)s"),
            trailer,
            name,
            closed,
            name=name,
            closed=closed[:40] or "–",
            header=header,
            opened=opened[:40] or "–",
        )
    )


def cut_short(faults: list[Finding], number: int, missing: str, *, fatal: bool) -> None:
    """Note that a trailer is missing; a message without one may have lost its end."""
    sentence = _("the end is missing: there is no %(missing)s")
    faults.append(fault("cut_short", sentence, number, fatal=fatal, missing=missing))


def repeated_number(faults: list[Finding], segment: Segment, element: str, number: str) -> None:
    """Note a control number that was used before beside it."""
    sentence = _("the control number %(number)s is used twice")
    faults.append(fault("control_number_repeated", sentence, segment, element, number, number=number[:40]))


def out_of_place(faults: list[Finding], segment: Segment) -> None:
    """Note a segment that stands where none may."""
    if len(faults) < MOST_FAULTS:
        sentence = _("segment %(tag)s stands outside of any message")
        faults.append(fault("segment_out_of_place", sentence, segment, tag=segment.tag[:10]))


def require_messages(file: TradeFile) -> TradeFile:
    """Raise `UnreadableMessage` when there is no message or an unreasonable number of them."""
    count = sum(1 for _message in file.messages)
    if not count:
        raise UnreadableMessage("no_messages", _("holds no message"))
    if count > MOST_MESSAGES:
        raise UnreadableMessage(
            "too_many_messages", _("holds more than %(limit)s messages; send several files"), limit=MOST_MESSAGES
        )
    return file
