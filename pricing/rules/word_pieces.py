"""Finding words in texts of any script without knowing where a word ends.

Chinese is written without spaces, so a text is indexed by every character and every pair of neighbours in it; a
search term of n characters has n - 1 pairs, and only texts that hold all of them need be read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_LONGEST_TEXT = 20_000
_MOST_TERMS = 8


def plain_words(*texts: str) -> str:
    """The texts as they are compared: one form of each character, no difference of case, single spaces."""
    joined = unicodedata.normalize("NFKC", " ".join(texts)[:_LONGEST_TEXT]).casefold().replace("\x00", "")
    return " ".join(joined.split())


def pieces_of(plain: str) -> list[str]:
    """Every character and every pair of neighbours within the words of a plain text, each once, in order."""
    return sorted({piece for word in plain.split() for piece in _pieces(word)})


def terms_of(query: str) -> tuple[str, ...]:
    """What a query asks for: its words, all of which a text must hold."""
    return tuple(dict.fromkeys(plain_words(query).split()))[:_MOST_TERMS]


def pieces_of_term(term: str) -> list[str]:
    """The pieces every text with that term has: its pairs, or the character itself."""
    return [term] if len(term) == 1 else sorted({term[at : at + 2] for at in range(len(term) - 1)})


def _pieces(word: str) -> Iterator[str]:
    yield from word
    for at in range(len(word) - 1):
        yield word[at : at + 2]
