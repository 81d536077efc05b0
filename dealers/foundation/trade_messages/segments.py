"""Segments of a message and where they stand; how a text is cut into them, one at a time.

Own code and not `pydifact` or `pyx12`, which were tried on broken input: `pyx12` stops at an empty segment and drops an
unterminated one, both in silence, and takes two versions only; `pydifact` finds a service string advice in the middle
of the data, names no place when it fails, and reads 0.3 MB a second. Neither tells the number of a segment in its
file. The tests let both read whatever this module writes and compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import UnusableFile

LONGEST_SEGMENT = 32_768
_BLANK = " \t\r\n\x00"


class UnreadableMessage(UnusableFile):
    """The file as a whole cannot be read as a message of the trade; nothing of it was stored."""


class Segment(NamedTuple):
    """One segment. ``number`` counts the segments of the file from 1; ``elements`` are lists of components."""

    number: int
    tag: str
    elements: tuple[tuple[str, ...], ...]

    def get(self, element: int, component: int = 1) -> str:
        """A component by its place in the standard, both counted from 1; empty when it is left out."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1].strip()


@dataclass(frozen=True, slots=True)
class Separators:
    """The service characters of one interchange. ``release`` makes the next character plain; empty when unused."""

    element: str
    component: str
    terminator: str
    release: str = ""
    repetition: str = ""
    decimal: str = "."

    def check(self) -> None:
        """Raise `UnreadableMessage` when they cannot be told apart or are letters, digits or spaces."""
        used = [mark for mark in (self.element, self.component, self.terminator, self.release) if mark]
        bad = [mark for mark in used if mark.isalnum() or mark == " "]
        if bad or len(set(used)) != len(used):
            raise UnreadableMessage(
                "bad_separators",
                _("declares the separators %(found)s, which are not distinct marks"),
                found=" ".join(repr(mark) for mark in used),
            )


@dataclass(frozen=True, slots=True)
class Cut:
    """A segment still uncut into elements, with where it begins and where the next one may."""

    start: int
    end: int
    raw: str


def cut_segments(text: str, start: int, marks: Separators) -> Iterator[Cut]:
    """The segments of ``text`` from ``start``. What follows the last terminator is the caller's to look at.

    Line ends and spaces between segments are nobody's data. Raises `UnreadableMessage` for a segment without end.
    """
    terminator, release = marks.terminator, marks.release
    size = len(text)
    while True:
        while start < size and text[start] in _BLANK and text[start] != terminator:
            start += 1
        end = text.find(terminator, start)
        if release:
            while end > start and _is_released(text, start, end, release):
                end = text.find(terminator, end + 1)
        if end < 0:
            return
        if end - start > LONGEST_SEGMENT:
            raise UnreadableMessage(
                "segment_too_long",
                _("has a segment of more than %(limit)s characters; a terminator is missing"),
                limit=LONGEST_SEGMENT,
            )
        raw = text[start:end]
        if raw.strip(_BLANK):
            yield Cut(start, end + 1, raw)
        start = end + 1


def split_segment(cut: Cut, number: int, marks: Separators) -> Segment:
    """The elements and components of a segment; released marks are plain text."""
    if marks.release and marks.release in cut.raw:
        parts = _split_released(cut.raw, marks)
    else:
        component = marks.component
        parts = [tuple(element.split(component)) for element in cut.raw.split(marks.element)]
    return Segment(number, parts[0][0].strip(), tuple(parts[1:]))


def _is_released(text: str, start: int, place: int, release: str) -> bool:
    """Whether an odd number of release characters stands before ``place``."""
    first = place
    while first > start and text[first - 1] == release:
        first -= 1
    return (place - first) % 2 == 1


def _split_released(raw: str, marks: Separators) -> list[tuple[str, ...]]:
    elements: list[tuple[str, ...]] = []
    components: list[str] = []
    letters: list[str] = []
    characters = iter(raw)
    for character in characters:
        if character == marks.release:
            letters.append(next(characters, ""))
        elif character == marks.component:
            components.append("".join(letters))
            letters = []
        elif character == marks.element:
            elements.append((*components, "".join(letters)))
            components, letters = [], []
        else:
            letters.append(character)
    elements.append((*components, "".join(letters)))
    return elements
