"""The envelope of UN/EDIFACT: [UNA] UNB … [UNG …] UNH … UNT … [UNE] UNZ.

Without a service string advice (UNA) the separators are those of the standard. UNB names the character set, by which
the bytes are turned into text before anything else is read.
"""

from __future__ import annotations

import re

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

STANDARD = Separators("+", ":", "'", release="?", repetition="*", decimal=".")
_UNA_LENGTH = 9
_BLANK = " \t\r\n\x00"
_HEAD_BYTES = 4_096
#: Syntax identifiers (0001) and the character set each stands for.
CHARACTER_SETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso-8859-1",
    "UNOD": "iso-8859-2",
    "UNOE": "iso-8859-5",
    "UNOF": "iso-8859-7",
    "UNOG": "iso-8859-3",
    "UNOH": "iso-8859-4",
    "UNOI": "iso-8859-6",
    "UNOJ": "iso-8859-8",
    "UNOK": "iso-8859-9",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
_SYNTAX = re.compile(r"UNB[^A-Za-z0-9]\s*([A-Z]{4})")


def decode_edifact(body: bytes) -> str:
    """The text of a file by the character set it names. Raises `UnreadableMessage` with the byte that does not fit."""
    head = body[:_HEAD_BYTES].decode("latin-1")
    found = _SYNTAX.search(head)
    if found is None:
        raise UnreadableMessage("no_unb", _("has no UNB segment where an interchange should begin"))
    syntax = found[1]
    if syntax not in CHARACTER_SETS:
        raise UnreadableMessage(
            "unknown_character_set",
            _("names the character set %(syntax)s; %(known)s can be read"),
            syntax=syntax,
            known=", ".join(CHARACTER_SETS),
        )
    try:
        return body.decode(CHARACTER_SETS[syntax])
    except UnicodeDecodeError as error:
        raise UnreadableMessage(
            "bad_characters",
            _("says its characters are %(syntax)s, but byte %(place)s is not; declare UNOY and send UTF-8"),
            syntax=syntax,
            place=error.start + 1,
        ) from error


def open_edifact(text: str, file: TradeFile) -> TradeFile:
    """Survey ``text`` into ``file``. Raises `UnreadableMessage` when it is no EDIFACT at all."""
    survey = _Survey(file)
    place = _after_blanks(text, 0)
    number = 0
    while place < len(text):
        marks, place = _marks_of(text, place)
        for cut in cut_segments(text, place, marks):
            number += 1
            place = cut.end
            if survey.is_inside and not cut.raw.startswith("UN"):
                survey.count()
                continue
            segment = split_segment(cut, number, marks)
            survey.take(segment, cut, marks)
            if segment.tag == "UNZ":
                break
        else:
            survey.end(number, has_rest=bool(text[place:].strip(_BLANK)))
            return require_messages(file)
        place = _after_blanks(text, place)
    survey.end(number, has_rest=False)
    return require_messages(file)


def _marks_of(text: str, place: int) -> tuple[Separators, int]:
    """The separators of the interchange that begins at ``place``, and where its UNB does."""
    if text.startswith("UNA", place):
        given = text[place + 3 : place + _UNA_LENGTH]
        if len(given) < 6:
            raise UnreadableMessage("una_length", _("has a UNA segment that is not 9 characters long"))
        component, element, decimal, release, repetition, terminator = list(given)
        marks = Separators(
            element,
            component,
            terminator,
            release="" if release == " " else release,
            repetition="" if repetition == " " else repetition,
            decimal=decimal,
        )
        marks.check()
        place = _after_blanks(text, place + _UNA_LENGTH)
    else:
        marks = STANDARD
    if not text.startswith("UNB" + marks.element, place):
        raise UnreadableMessage("no_unb", _("has no UNB segment where an interchange should begin"))
    return marks, place


def _after_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANK:
        place += 1
    return place


class _Survey(EnvelopeWalk):
    INTERCHANGE = ("UNB", "UNZ")
    GROUP = ("UNG", "UNE", "UNG05")
    MESSAGE = ("UNH", "UNT", "UNH01")

    def __init__(self, file: TradeFile) -> None:
        super().__init__(file)
        self._interchange_numbers: set[str] = set()
        self._message_numbers: set[str] = set()
        self._messages = 0
        self._has_groups = False

    def _open_interchange(self, segment: Segment, marks: Separators) -> None:
        syntax = segment.get(1)
        first = self._file.interchanges[0].header.get(1) if self._file.interchanges else syntax
        if CHARACTER_SETS.get(syntax) != CHARACTER_SETS.get(first):
            raise UnreadableMessage(
                "several_character_sets", _("holds interchanges in several character sets; send several files")
            )
        interchange = Interchange(
            control_no=segment.get(5),
            sender=segment.get(2),
            receiver=segment.get(3),
            marks=marks,
            header=segment,
            prepared_at=dates.instant_of(segment.get(4), segment.get(4, 2)),
            is_test=segment.get(11) == "1",
        )
        key = f"{interchange.sender}\0{interchange.control_no}"
        if key in self._interchange_numbers:
            repeated_number(interchange.own_faults, segment, "UNB05", interchange.control_no)
        self._interchange_numbers.add(key)
        self._message_numbers.clear()
        self._messages, self._has_groups = 0, False
        self._interchange = interchange
        self._file.interchanges.append(interchange)

    def _open_group(self, segment: Segment) -> None:
        if self._interchange is None:
            raise UnreadableMessage("no_unb", _("has no UNB segment where an interchange should begin"))
        self._lose_message(segment.number)
        self._lose_group(segment.number)
        self._has_groups = True
        self._group = Group(
            kind=segment.get(1),
            control_no=segment.get(5),
            version=segment.get(7),
            interchange=self._interchange,
            sender=segment.get(2),
            receiver=segment.get(3),
        )
        self._interchange.groups.append(self._group)

    def _open_message(self, segment: Segment, cut: Cut) -> None:
        interchange = self._interchange
        if interchange is None:
            raise UnreadableMessage("no_unb", _("has no UNB segment where an interchange should begin"))
        self._lose_message(segment.number)
        if self._group is None:
            if self._has_groups:
                out_of_place(interchange.own_faults, segment)
            self._group = Group("", "", "", interchange, is_stated=False)
            interchange.groups.append(self._group)
        version = "".join(segment.get(2, part) for part in (2, 3))
        message = Message(segment.get(2), segment.get(1), version, self._group, segment.number, cut.start, segments=1)
        if message.control_no in self._message_numbers:
            repeated_number(message.own_faults, segment, "UNH01", message.control_no)
        self._message_numbers.add(message.control_no)
        self._messages += 1
        self._group.messages.append(message)
        self._message = message

    def _close_interchange(self, segment: Segment) -> None:
        self._lose_message(segment.number)
        self._lose_group(segment.number)
        interchange, self._interchange = self._interchange, None
        if interchange is None:
            raise UnreadableMessage("no_unb", _("has no UNB segment where an interchange should begin"))
        if self._has_groups:
            count = sum(group.is_stated for group in interchange.groups)
            check_count(interchange.own_faults, segment, 1, count, "group")
        else:
            check_count(interchange.own_faults, segment, 1, self._messages, "message")
        check_reference(interchange.own_faults, segment, 2, interchange.control_no, "UNB05")
