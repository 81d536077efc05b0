"""Reading YAML strictly: plain values, the line of each, and every fault of the text at once.

Of YAML only what a document for people needs is taken: mappings with text keys, lists, text, whole numbers,
`true`/`false`, `null` and dates. Aliases, tags, duplicate keys and documents beyond 1 MB or 20 levels are refused,
so that a small file cannot unfold into a large one and no value is silently the last of two. An unquoted number
with a point stays a `float`, for the reader of the field to refuse: it would have lost digits already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.reader import ReaderError

from dealers.foundation.clock import parse_date
from dealers.foundation.faults import Fault, Location
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

LARGEST_DOCUMENT = 1_000_000  # bytes
DEEPEST = 20
_LONGEST_INTEGER = 18

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
#: Ten times faster than the library's own; only its events are used, so nothing of YAML is ever obeyed.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """What a text says (`None` when it could not be read), the line of each location, and its faults."""

    value: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_yaml(source: str | bytes) -> Document:
    """Read a document. Never raises for what is in the text; whatever is wrong is among the faults."""
    document = Document()
    text = _text_of(source, document)
    if text is None:
        return document
    builder = _Builder(text, document)
    try:
        builder.build_document()
    except _TooDeep as error:
        document.value = None
        builder.note((), error.line, "too_deep", _("is nested more than %(levels)s levels deep"), levels=DEEPEST)
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        builder.note((), line, "bad_character", _("contains a character YAML does not allow"))
    except yaml.MarkedYAMLError as error:
        document.value = None
        mark = error.problem_mark or error.context_mark
        advice = _("cannot be read as YAML here; check indentation, brackets, quotes and colons")
        builder.note((), mark.line + 1 if mark else None, "not_yaml", advice)
    return document


def _text_of(source: str | bytes, document: Document) -> str | None:
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > LARGEST_DOCUMENT:
        document.faults.append(Fault((), "too_large", _("is larger than %(limit)s bytes"), {"limit": LARGEST_DOCUMENT}))
        return None
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        document.faults.append(Fault((), "not_utf8", _("is not UTF-8 text"), {}, line))
        return None


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Builder:
    """Turns the parser's events into plain values, remembering lines and noting what is not taken."""

    def __init__(self, text: str, document: Document) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._document = document
        self._depth = 0

    def note(self, location: Location, line: int | None, code: str, message: str, **params: Any) -> None:
        self._document.faults.append(Fault(location, code, message, params, line))

    def build_document(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                break
        else:
            self.note((), 1, "empty", _("is empty"))
            return
        self._document.value = self._value(next(self._events), ())
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.note((), _line(event), "second_document", _("must end here: one file holds one document"))
                return

    def _value(self, event: yaml.Event, location: Location) -> Any:
        line = _line(event)
        self._document.lines.setdefault(location, line)
        if isinstance(event, yaml.AliasEvent):
            self.note(location, line, "alias", _("must not refer to another place with *; write it out"))
            return None
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self.note(location, line, "alias", _("must not be marked with & for use elsewhere"))
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.note(location, line, "tag", _("must not carry the tag %(tag)s"), tag=str(tag)[:60])
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, location)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooDeep(line)
        try:
            return self._mapping(location) if isinstance(event, yaml.MappingStartEvent) else self._list(location)
        finally:
            self._depth -= 1

    def _list(self, location: Location) -> list[Any]:
        members: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            members.append(self._value(event, (*location, len(members))))
        return members

    def _mapping(self, location: Location) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not isinstance(key_event := next(self._events), yaml.MappingEndEvent):
            line = _line(key_event)
            if not isinstance(key_event, yaml.ScalarEvent) or not key_event.value:
                self.note(location, line, "key_not_text", _("has a key that is not a word"))
                self._skip(key_event)
                self._skip(next(self._events))
                continue
            key, place = str(key_event.value), (*location, str(key_event.value))
            if key in members:
                first = self._document.lines[place]
                self.note(place, line, "duplicate_key", _("stands twice, first in line %(first)s"), first=first)
                self._skip(next(self._events))
                continue
            self._document.lines[place] = line
            members[key] = self._value(next(self._events), place)
        return members

    def _skip(self, event: yaml.Event) -> None:
        """Pass over a value that is not taken, however large; its own faults do not matter any more."""
        depth = 0
        while True:
            depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
            depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
            if not depth:
                return
            event = next(self._events)

    def _scalar(self, event: yaml.ScalarEvent, location: Location) -> Any:
        text = str(event.value)
        if event.style:  # quoted, or a block of text
            return text
        try:
            return _plain_scalar(text)
        except Refused as refusal:
            self.note(location, _line(event), refusal.code, refusal.message, **refusal.params)
            return text


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _plain_scalar(text: str) -> Any:
    """What an unquoted word means. YAML 1.1's `yes`, `on`, `0x1F`, `1_000` and `12:30` stay text on purpose."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > _LONGEST_INTEGER:
            raise Refused("number_too_large", _("is a larger number than any term can be"))
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return parse_date(text) if _DATE.fullmatch(text) else text
