"""Finds the words in an ad copy that the advertising law forbids or asks proof for.

Matching looks through disguises: full-width forms, upper case, spaces, zero-width characters and dots between the
characters of a term do not hide it. A hit says where it stands in the copy as it was written.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_SEPARATORS = frozenset("·.-_*~|/\\、'\"“”‘’()（）")


@dataclass(frozen=True, slots=True)
class Term:
    """A word to look for. It is harmless inside one of the phrases in `unless` (第一 inside 第一时间)."""

    text: str
    category: str
    reference: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found at `[start, end)` of the copy; `text` is how it was written there."""

    start: int
    end: int
    text: str
    term: str
    category: str
    reference: str


def scan_ad_copy(copy: str, terms: Iterable[Term]) -> tuple[Hit, ...]:
    """Every hit in the order of the copy; where terms overlap, the longest one counts."""
    bare, places = _bare(copy)
    by_first_character: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for term in terms:
        pattern = _bare(term.text)[0]
        if pattern:
            by_first_character[pattern[0]].append((pattern, term))
    for candidates in by_first_character.values():
        candidates.sort(key=lambda candidate: -len(candidate[0]))

    hits: list[Hit] = []
    at = 0
    while at < len(bare):
        match = next(
            (
                (pattern, term)
                for pattern, term in by_first_character.get(bare[at], ())
                if bare.startswith(pattern, at)
                and _stands_alone(copy, pattern, places[at], places[at + len(pattern) - 1])
                and not _is_harmless(bare, at, len(pattern), term)
            ),
            None,
        )
        if match is None:
            at += 1
            continue
        pattern, term = match
        start, end = places[at], places[at + len(pattern) - 1] + 1
        hits.append(Hit(start, end, copy[start:end], term.text, term.category, term.reference))
        at += len(pattern)
    return tuple(hits)


def _bare(text: str) -> tuple[str, list[int]]:
    """The characters that carry the meaning, folded, and where in `text` each stands."""
    characters: list[str] = []
    places: list[int] = []
    for place, written in enumerate(text):
        for character in unicodedata.normalize("NFKC", written).casefold():
            if character.isspace() or character in _SEPARATORS or unicodedata.category(character) == "Cf":
                continue
            characters.append(character)
            places.append(place)
    return "".join(characters), places


def _stands_alone(copy: str, pattern: str, first: int, last: int) -> bool:
    """A term in Latin letters or digits must not be part of a longer word or number."""
    if _is_latin(pattern[0]) and first > 0 and _is_latin(copy[first - 1]):
        return False
    return not (_is_latin(pattern[-1]) and last + 1 < len(copy) and _is_latin(copy[last + 1]))


def _is_latin(character: str) -> bool:
    folded = unicodedata.normalize("NFKC", character)
    return folded.isascii() and folded.isalnum()


def _is_harmless(bare: str, at: int, length: int, term: Term) -> bool:
    for phrase in term.unless:
        pattern = _bare(phrase)[0]
        start = bare.find(pattern, max(0, at + length - len(pattern)), at + len(pattern))
        if pattern and start != -1 and start <= at and start + len(pattern) >= at + length:
            return True
    return False
