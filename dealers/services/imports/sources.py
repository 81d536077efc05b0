"""Where rows come from: a table file, or the lines of a call. Both can be read more than once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from dealers.foundation.findings import Finding
from dealers.foundation.tabular import Row, open_table
from dealers.services.imports.cells import problem
from dealers.services.imports.notes import SheetNotes, without_notes
from dealers.services.refused_content import clean_text

Progress = Callable[[float], None]
_ROWS_PER_REPORT = 2_000


class RowSource(Protocol):
    """Rows that can be iterated any number of times; ``columns`` and ``filename`` are known beforehand."""

    @property
    def filename(self) -> str: ...

    @property
    def unknown_columns(self) -> tuple[str, ...]: ...

    def __iter__(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of table."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


class TableSource:
    """A file as rows. Raises ``UnusableFile`` at once when it is no table or lacks a required column."""

    def __init__(
        self,
        given: str | os.PathLike[str] | IO[bytes],
        layout: Layout,
        *,
        filename: str | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._given = given
        self._layout = layout
        self._on_progress = on_progress
        #: How much of the file has been read, from 0 to 1.
        self.share_read = 0.0
        with open_table(given, filename) as table:
            table.require(layout.required)
            self.filename = table.filename
            self.unknown_columns = without_notes(table.unknown(layout.columns))
            self.notes = SheetNotes(table.columns)

    def __iter__(self) -> Iterator[Row]:
        if not isinstance(self._given, (str, os.PathLike)):
            self._given.seek(0)
        with open_table(self._given, self.filename) as table:
            plain = self.notes.reads_all
            for number, row in enumerate(table):
                if number % _ROWS_PER_REPORT == 0:
                    self.share_read = table.share_read
                    if self._on_progress:
                        self._on_progress(self.share_read)
                if plain or row.problem or self.notes.keeps([row.values.get(name, "") for name in table.columns]):
                    yield row
        if self._on_progress:
            self._on_progress(1.0)


class RecordSource:
    """The lines of a call, or a corrected line, as rows numbered from 1.

    Values are printable text or whole numbers; anything else, and keys the kind does not know, make the row a broken
    one: a misspelt optional key must not be lost in silence.
    """

    unknown_columns: tuple[str, ...] = ()

    def __init__(self, records: Sequence[Mapping[str, Any]], layout: Layout, *, filename: str = "") -> None:
        self._records = records
        self._known = frozenset(layout.columns)
        self.filename = filename

    def __iter__(self) -> Iterator[Row]:
        for number, record in enumerate(self._records, 1):
            yield self._row(number, record)

    def _row(self, number: int, record: Mapping[str, Any]) -> Row:
        values: dict[str, str] = {}
        wrong: Finding | None = None
        for key, value in record.items():
            text = _as_text(value)
            found: Finding | None = None
            if key not in self._known:
                found = problem(key, _shown(value), "unknown_field")
            elif text is None:
                found = problem(key, _shown(value), "wrong_type", found=type(value).__name__, expected="text, int")
            elif not text.isprintable():
                found = problem(key, _shown(value), "control_character")
            wrong = wrong or found
            values[_shown(key)] = _shown(value) if found or text is None else text.strip()
        return Row(number, values, wrong)


def _as_text(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _shown(value: Any) -> str:
    """Whatever came as text that can be kept."""
    return clean_text(value, 500)
