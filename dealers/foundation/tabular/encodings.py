"""Which encoding a text is in, found by reading it once without keeping it.

Excel in China saves CSV as GBK, everything else as UTF-8 or, with a mark, as UTF-16. UTF-8 that decodes strictly
to the end is UTF-8: text in GBK practically never does. The reverse does not hold, so a file that was plainly
UTF-8 until one damaged byte is refused rather than turned into nonsense.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular.sources import Source, UnusableFile

LONGEST_LINE_CHARACTERS = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FIRST_THREE_BYTE_CHARACTER = "\u0800"
_CONVINCING_CHARACTERS = 3  # so many three-byte characters in a row of luck do not happen in GBK


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What one pass over a text found."""

    encoding: str
    has_nul: bool


class _Undecodable(Exception):
    def __init__(self, line: int, wide_characters: int) -> None:
        self.line = line
        self.wide_characters = wide_characters


def examine_text(source: Source) -> TextFacts:
    """Decode the whole source once. Raises `UnusableFile` when it is no text or has no sane lines."""
    head = source.peek(4)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    try:
        return _read_through(source, marked or "utf-8")
    except _Undecodable as failure:
        if marked or failure.wide_characters >= _CONVINCING_CHARACTERS:
            raise UnusableFile(
                "text_damaged",
                _("is %(encoding)s text with damaged bytes in line %(line)s; save it again as UTF-8"),
                encoding=(marked or "utf-8").removesuffix("-sig").upper(),
                line=failure.line,
            ) from failure
    try:
        return _read_through(source, "gb18030")
    except _Undecodable as failure:
        raise UnusableFile(
            "text_unknown_encoding",
            _("is neither UTF-8 nor GB18030 text, see line %(line)s; save it as CSV in UTF-8"),
            line=failure.line,
        ) from failure


def _read_through(source: Source, encoding: str) -> TextFacts:
    has_nul = False
    unbroken = 0
    for text in _decoded(source, encoding):
        has_nul = has_nul or "\0" in text
        first, last = _line_ends(text)
        unbroken += len(text) if first < 0 else first
        if unbroken > LONGEST_LINE_CHARACTERS:
            raise UnusableFile("line_too_long", _("is no table: it has lines of more than a million characters"))
        if first >= 0:
            unbroken = len(text) - last - 1
    return TextFacts(encoding, has_nul)


def _decoded(source: Source, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    wide = 0
    text = ""
    try:
        for chunk in source.chunks():
            text = decoder.decode(chunk)
            if wide < _CONVINCING_CHARACTERS and not text.isascii():
                wide += sum(character >= _FIRST_THREE_BYTE_CHARACTER for character in text)
            lines += text.count("\n")
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, "ignore")
        wide += sum(character >= _FIRST_THREE_BYTE_CHARACTER for character in good)
        raise _Undecodable(lines + good.count("\n"), wide) from error


def _line_ends(text: str) -> tuple[int, int]:
    """Where the first and the last line end lie, -1 when there is none; old files may know only CR."""
    first = text.find("\n")
    if first < 0:
        return text.find("\r"), text.rfind("\r")
    return first, text.rfind("\n")
