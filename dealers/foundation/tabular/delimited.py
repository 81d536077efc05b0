"""Delimited text: which delimiter, and records with the line they begin on."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

# A quote that is never closed would swallow the rest of the file: give up on the record early, then go on with
# the line after the one that opened it.
MOST_LINES_PER_RECORD = 100
MOST_CHARACTERS_PER_RECORD = 1 << 17
_SHORTEST_BROKEN_OFF_FIELD = 1 << 21  # lines are bounded already; the default would cut in before that
_DELIMITERS = (",", ";", "\t")
_SHOWN_CHARACTERS = 500


class _Overrun(Exception):
    """The record being read has become too long to be one."""


class _Lines:
    """Physical lines, remembered while their record is being read so that they can be read again."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self._characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.record.append(line)
        if len(self.record) > 1:
            self._characters += len(line)
            if len(self.record) > MOST_LINES_PER_RECORD or self._characters > MOST_CHARACTERS_PER_RECORD:
                raise _Overrun
        return line

    def begin_record(self) -> None:
        self.record.clear()
        self._characters = 0

    def give_back_all_but_first(self) -> str:
        """Put the record's later lines back in front and return its first."""
        first = self.record[0] if self.record else ""
        self._again.extendleft(reversed(self.record[1:]))
        self.begin_record()
        return first


def find_delimiter(line: str) -> str:
    """The delimiter used most in the header line, outside quotes; a comma when there is none."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def declared_delimiter(line: str) -> str | None:
    """The delimiter of the `sep=;` line that Excel understands and some systems write first."""
    bare = line.strip("\r\n").strip('"')
    if bare.lower().startswith("sep=") and len(bare) == 5:
        return bare[4]
    return None


def read_records(
    text: Iterable[str], delimiter: str, lines_before: int = 0
) -> Iterator[tuple[int, list[str] | Finding]]:
    """Every record with the number of the line it begins on, or what is wrong with it.

    After a broken record reading goes on with the next line, so nothing behind it is lost.
    """
    csv.field_size_limit(_SHORTEST_BROKEN_OFF_FIELD)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line_no = lines_before + 1
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Overrun) as error:
            first = lines.give_back_all_but_first()
            yield line_no, _unreadable(line_no, first, error)
            line_no += 1
            continue
        yield line_no, cells
        line_no += len(lines.record)


def _unreadable(line_no: int, line: str, error: Exception) -> Finding:
    if isinstance(error, _Overrun) or "end of data" in str(error):
        message = _("opens a quoted cell that is never closed")
    else:
        message = _("has quotes that do not fit together; a quote inside a quoted cell is written twice")
    return Finding("bad_quoting", Severity.ERROR, message, value=line.strip("\r\n")[:_SHOWN_CHARACTERS], line=line_no)
