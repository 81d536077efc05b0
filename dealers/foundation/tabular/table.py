"""A table: its columns by name, and its rows one at a time."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dealers.foundation.findings import Finding
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular.delimited import declared_delimiter, find_delimiter, read_records
from dealers.foundation.tabular.encodings import examine_text
from dealers.foundation.tabular.sheets import OLE, ZIP, open_sheet, read_sheet
from dealers.foundation.tabular.sources import CHUNK_BYTES, Source, UnusableFile
from dealers.foundation.tabular.streams import RowStream

_MOST_COLUMNS = 500
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column name, stripped; `problem` is set when it could not be read in full."""

    line_no: int
    values: dict[str, str] = field(default_factory=dict)
    problem: Finding | None = None


class Table:
    """An open table; it closes itself after its last row, or when its `with` ends.

    `columns` are the normalised names in the order of the file. Iterating yields every row once, broken ones
    included, as `Row`. `rows` is the quick way for large intakes: plain lists of unstripped cells. Use one or
    the other.
    """

    def __init__(
        self,
        source: Source,
        columns: tuple[str, ...],
        rows: RowStream,
        *,
        kind: str,
        encoding: str = "",
        delimiter: str = "",
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.kind = kind
        self.encoding = encoding
        self.delimiter = delimiter
        self._source = source

    @property
    def filename(self) -> str:
        return self._source.filename

    @property
    def share_read(self) -> float:
        """How much of the file has been read, from 0 to 1, for a progress bar."""
        return self._source.share_read

    def require(self, columns: Iterable[str]) -> None:
        """Raise `UnusableFile` naming every one of `columns` that the header lacks."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise UnusableFile(
                "columns_missing",
                _("lacks the columns %(missing)s; the header has %(found)s"),
                missing=", ".join(missing),
                found=", ".join(self.columns),
            )

    def unknown(self, columns: Iterable[str]) -> tuple[str, ...]:
        """The header's columns that are none of `columns`; they would be ignored, so say so."""
        known = set(columns)
        return tuple(column for column in self.columns if column not in known)

    def __iter__(self) -> Iterator[Row]:
        for cells in self.rows:
            line_no = self.rows.line_no
            if self.rows.has_broken:
                yield from self._broken()
            values = [cell.strip() for cell in cells]
            if any(values):
                yield Row(line_no, dict(zip(self.columns, values, strict=True)))
        yield from self._broken()

    def _broken(self) -> Iterator[Row]:
        for broken in self.rows.take_broken():
            values = dict(zip(self.columns, (cell.strip() for cell in broken.cells), strict=False))
            yield Row(broken.line_no, values, broken.problem)

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_table(
    given: str | os.PathLike[str] | IO[bytes],
    filename: str | None = None,
    *,
    aliases: Mapping[str, str] | None = None,
) -> Table:
    """Open a path or a binary file as a table; what it is shows in the content, not in the name.

    `aliases` gives other header names for columns, such as the Chinese ones of a template. Raises
    `UnusableFile` when it is no table.
    """
    source = Source(given, filename)
    try:
        head = source.peek(8)
        if head.startswith((ZIP, OLE)):
            return _open_sheet(source, aliases or {})
        if head.startswith(_NO_TABLES):
            raise UnusableFile("not_a_table", _("is no table; CSV, XLSX, XLS and ODS can be read"))
        return _open_text(source, aliases or {})
    except BaseException:
        source.close()
        raise


def open_csv_rows(given: str | os.PathLike[str] | IO[bytes]) -> tuple[list[str], RowStream]:
    """The header and the rows of a table as lists, for intakes that cannot afford a dictionary per row."""
    table = open_table(Path(given) if isinstance(given, str) else given)
    return list(table.columns), table.rows


def _open_text(source: Source, aliases: Mapping[str, str]) -> Table:
    facts = examine_text(source)
    source.content.seek(0)
    buffered = io.BufferedReader(_Borrowed(source.content), CHUNK_BYTES)
    text = io.TextIOWrapper(buffered, encoding=facts.encoding, newline="")
    line_no = 0
    delimiter = None
    while line := text.readline():
        line_no += 1
        declared = declared_delimiter(line) if line_no == 1 else None
        if declared:
            delimiter = declared
        elif line.strip():
            break
    if not line:
        raise UnusableFile("table_empty", _("is empty; a header row is needed"))
    delimiter = delimiter or find_delimiter(line)
    records = read_records(chain([line], text), delimiter, line_no - 1)
    line_no, header = next(records)
    if isinstance(header, Finding):
        raise UnusableFile("header_unreadable", _("has a header in line %(line)s that cannot be read"), line=line_no)
    columns = _column_names(header, aliases)
    rows = RowStream(records, len(columns), check_nul=facts.has_nul, at_end=source.close)
    return Table(source, columns, rows, kind="csv", encoding=facts.encoding, delimiter=delimiter)


def _open_sheet(source: Source, aliases: Mapping[str, str]) -> Table:
    rows = read_sheet(open_sheet(source))
    for _line_no, cells in rows:
        if isinstance(cells, Finding) or any(cell.strip() for cell in cells):
            break
    else:
        raise UnusableFile("table_empty", _("is empty; a header row is needed"))
    if isinstance(cells, Finding):
        raise UnusableFile("header_unreadable", _("has a header in line %(line)s that cannot be read"), line=_line_no)
    columns = _column_names(cells, aliases)
    return Table(source, columns, RowStream(rows, len(columns), check_nul=True, at_end=source.close), kind="sheet")


def _column_names(header: list[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """The names, normalised; empty ones at the end are dropped."""
    alias_of = {normalised_name(alias): column for alias, column in aliases.items()}
    names = [normalised_name(name) for name in header]
    while names and not names[-1]:
        names.pop()
    names = [alias_of.get(name, name) for name in names]
    if not names or len(names) > _MOST_COLUMNS:
        raise UnusableFile("header_unreadable", _("has no header with 1 to %(limit)s columns"), limit=_MOST_COLUMNS)
    if "" in names:
        raise UnusableFile(
            "column_unnamed", _("has no name over column %(number)s of its header"), number=names.index("") + 1
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableFile(
            "columns_twice", _("has these columns more than once: %(columns)s"), columns=", ".join(twice)
        )
    return tuple(names)


def normalised_name(name: str) -> str:
    """A column name as everybody means it: half width, lower case, no space around, `_` for a space inside."""
    plain = unicodedata.normalize("NFKC", name.replace("\ufeff", "").replace("\0", ""))
    return "_".join(plain.casefold().split())


class _Borrowed(io.RawIOBase):
    """Reads from a stream without closing it when the text layer above is thrown away."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
