"""What reports arrive as: JSON, NDJSON, tables, or rows that somebody has already taken apart.

Every source gives its lines in portions of cells in the order of ``COLUMNS``; text throughout, as a file would
have it. A line that cannot even be read is given as a refusal; only a delivery that makes no sense as a whole
raises :class:`UnusableDelivery`.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import IO, Any, Protocol

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import UnusableFile, digest_of_file, open_table
from dealers.services.deliveries import Refusal
from dealers.services.imports.notes import SheetNotes, without_notes

COLUMNS = (
    "dealer",
    "doc_no",
    "line_no",
    "sold_at",
    "sku",
    "quantity",
    "unit_price",
    "region",
    "revision",
    "channel",
    "customer",
)
REQUIRED = ("doc_no", "line_no", "sold_at", "sku", "quantity", "unit_price", "region")
LINES_PER_PORTION = 20_000

Cells = Sequence[str]


class UnusableDelivery(UnusableFile):
    """The delivery as a whole cannot be read as a sales report; nothing of it was stored."""


@dataclass(slots=True)
class Portion:
    """Some lines: their numbers, their cells, how to show one as it came, and those that could not be read."""

    numbers: list[int]
    cells: list[Cells]
    content: Callable[[int], Any]
    broken: list[Refusal] = field(default_factory=list)

    @property
    def last_line(self) -> int:
        """The number of its last line, whether it could be read or not."""
        return max(self.numbers[-1] if self.numbers else 0, self.broken[-1].line if self.broken else 0)

    def content_of_line(self, number: int) -> Any:
        """The line with that number as it came."""
        return self.content(bisect_left(self.numbers, number))


class Source(Protocol):
    """Something sales lines can be taken from, once, or again from the start when it ``can_repeat``."""

    filename: str
    body_digest: str
    can_repeat: bool

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        """The lines; ``names_dealers`` when each line has to say whose it is. Raises UnusableDelivery."""
        ...

    def remarks(self) -> list[Finding]:
        """What is worth saying about the delivery as a whole."""
        ...

    def close(self) -> None: ...


class TableReport:
    """A CSV file or spreadsheet. Lines are numbered as in the file, the header being the first.

    ``lines_per_portion`` makes portions smaller than usual; ``after_line`` skips what a former reading of the same file
    has taken already.
    """

    def __init__(
        self,
        given: str | os.PathLike[str] | IO[bytes],
        filename: str | None = None,
        *,
        aliases: Mapping[str, str] | None = None,
        progress: Callable[[float], None] | None = None,
        lines_per_portion: int = LINES_PER_PORTION,
    ) -> None:
        self.body_digest = digest_of_file(given)
        self._table = open_table(given, filename, aliases=aliases)
        self._progress = progress
        self._lines_per_portion = min(lines_per_portion, LINES_PER_PORTION)
        self.filename = self._table.filename
        self.notes = SheetNotes(self._table.columns)
        self.can_repeat = False
        self.after_line = 0

    @property
    def share_read(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._table.share_read

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        table = self._table
        table.require(["dealer", *REQUIRED] if names_dealers else REQUIRED)
        columns = table.columns
        present = [column for column in COLUMNS if column in columns]
        filling = [""] * (len(COLUMNS) - len(present))
        # Columns in the order of the contract need no sorting, whichever optional ones are left out at the end.
        is_sorted = columns == COLUMNS[: len(columns)]
        places = [columns.index(column) if column in columns else len(columns) for column in COLUMNS]
        in_order = itemgetter(*places)
        rows = table.rows
        numbered = self._numbered()
        while taken := list(islice(numbered, self._lines_per_portion)):
            originals = [row for _number, row in taken]
            if filling:
                for row in originals:
                    row += filling
            cells: list[Cells] = originals if is_sorted else list(map(in_order, originals))  # type: ignore[assignment]

            def content(place: int, originals: list[list[str]] = originals) -> Any:
                return dict(zip(columns, originals[place], strict=False))

            broken = [self._refused(problem) for problem in rows.take_broken()]
            yield Portion([number for number, _row in taken], cells, content, broken)
            if self._progress:
                self._progress(table.share_read)
        if left := [self._refused(problem) for problem in rows.take_broken()]:
            yield Portion([], [], _no_content, left)

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        """The rows behind ``after_line`` with their numbers; of what stands before, the broken ones are let go too."""
        rows = self._table.rows
        plain, keeps = self.notes.reads_all, self.notes.keeps
        for row in rows:
            if rows.line_no > self.after_line:
                if plain or keeps(row):
                    yield rows.line_no, row
            elif rows.has_broken:
                rows.take_broken()

    def remarks(self) -> list[Finding]:
        message = _("is no column of a sales report and was not read")
        unknown = without_notes(self._table.unknown(COLUMNS))
        ignored = [Finding("unknown_column", Severity.INFO, message, field=column) for column in unknown]
        return [*ignored, *self.notes.remarks()]

    def close(self) -> None:
        self._table.close()

    def _refused(self, broken: Any) -> Refusal:
        content = dict(zip(self._table.columns, broken.cells, strict=False)) if broken.cells else broken.problem.value
        return Refusal.from_finding(broken.line_no, broken.problem, content)


class LineReport:
    """Lines that another reader has taken apart: of an EDI message, or corrected out of the quarantine.

    Each is a number and a mapping of column names to texts or whole numbers.
    """

    def __init__(self, lines: Iterable[tuple[int, Mapping[str, Any]]], filename: str = "") -> None:
        self._lines = lines
        self.filename = filename
        self.body_digest = ""
        self.can_repeat = isinstance(lines, Sequence)

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        lines = iter(self._lines)
        while taken := list(islice(lines, LINES_PER_PORTION)):
            contents = [dict(line) for _number, line in taken]
            cells: list[Cells] = [tuple([_text(line.get(name)) for name in COLUMNS]) for line in contents]
            yield Portion([number for number, _line in taken], cells, contents.__getitem__)

    def remarks(self) -> list[Finding]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


def _no_content(place: int) -> Any:
    raise IndexError(place)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def digest_of(body: bytes) -> str:
    """The fingerprint under which a body is recorded."""
    return hashlib.sha256(body).hexdigest()
