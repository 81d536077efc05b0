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


def _remembered(again: deque[str], text: Iterator[str], record: list[str]) -> Iterator[str]:
    """Physical lines, first those to be read again; `record` keeps those of the record being read."""
    while again:
        record.append(again.popleft())
        if len(record) > 1:
            _refuse_overrun(record)
        yield record[-1]
    for line in text:
        record.append(line)
        if len(record) > 1:
            _refuse_overrun(record)
        yield line


def _refuse_overrun(record: list[str]) -> None:
    if len(record) > MOST_LINES_PER_RECORD or sum(map(len, record[1:])) > MOST_CHARACTERS_PER_RECORD:
        raise _Overrun


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
    lines = iter(text)
    again: deque[str] = deque()
    record: list[str] = []
    line_no = lines_before + 1
    while (line := again.popleft() if again else next(lines, None)) is not None:
        if '"' not in line:  # nothing to unquote: cutting is several times as fast as the csv module
            yield line_no, line.rstrip("\r\n").split(delimiter)
            line_no += 1
            continue
        again.appendleft(line)
        reader = csv.reader(_remembered(again, lines, record), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield line_no, cells
                line_no += len(record)
                quoted = '"' in record[0]
                record.clear()
                if not quoted:
                    break
        except (csv.Error, _Overrun) as error:
            yield line_no, _unreadable(line_no, record[0], error)
            line_no += 1
            again.extendleft(reversed(record[1:]))
            record.clear()


def _unreadable(line_no: int, line: str, error: Exception) -> Finding:
    if isinstance(error, _Overrun) or "end of data" in str(error):
        message = _("opens a quoted cell that is never closed")
    else:
        message = _("has quotes that do not fit together; a quote inside a quoted cell is written twice")
    return Finding("bad_quoting", Severity.ERROR, message, value=line.strip("\r\n")[:_SHOWN_CHARACTERS], line=line_no)
