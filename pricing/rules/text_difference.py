"""What changed in a text, word by word: Latin words and numbers stay whole, Chinese is compared by character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"[^\W\u2e80-\u9fff\uf900-\ufaff]+(?:[.,'’][^\W\u2e80-\u9fff\uf900-\ufaff]+)*%?|\s+|.", re.DOTALL)
#: An island of fewer characters between two changes is read as part of the change.
_SHORTEST_ISLAND = 2
#: Texts longer than this are compared line by line first; beyond it the comparison would take seconds.
_MOST_WORDS = 4000


class Mark(StrEnum):
    SAME = ""
    TAKEN_OUT = "del"
    PUT_IN = "ins"


@dataclass(frozen=True, slots=True)
class Stretch:
    text: str
    mark: Mark = Mark.SAME


def text_difference(before: str, after: str) -> tuple[Stretch, ...]:
    """Both texts as one: what stayed, what was taken out and what was put in, in reading order.

    Leaving out what was put in gives `before`, leaving out what was taken out gives `after`.
    """
    old, new = _words(before), _words(after)
    if len(old) + len(new) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return tuple(_without_islands(old, new))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _without_islands(old: list[str], new: list[str]) -> Iterator[Stretch]:
    taken: list[str] = []
    put: list[str] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, i, j, k, m) in enumerate(codes):
        inside = 0 < number < len(codes) - 1
        same = "".join(old[i:j])
        if tag == "equal" and not (inside and len(same) < _SHORTEST_ISLAND and "\n" not in same):
            yield from _change(taken, put)
            taken, put = [], []
            yield Stretch(same)
        else:
            taken += old[i:j]
            put += new[k:m]
    yield from _change(taken, put)


def _change(taken: list[str], put: list[str]) -> Iterator[Stretch]:
    if taken:
        yield Stretch("".join(taken), Mark.TAKEN_OUT)
    if put:
        yield Stretch("".join(put), Mark.PUT_IN)
