"""A stream of rows with line numbers, in which a bad row does not stop the good ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

_SHOWN_CHARACTERS = 500
_DOS_END_OF_FILE = ["\x1a"]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be read: where it stands, its cells as far as they are known, and what is wrong."""

    line_no: int
    cells: tuple[str, ...]
    problem: Finding


class RowStream:
    """Iterates the good rows as lists of exactly one cell per column, and keeps the broken ones aside.

    Cells are as they stand in the file, not stripped. While iterating, `line_no` is the line on which the row
    just given begins. Broken rows wait in order for `take_broken`, which callers ask from time to time so that
    they do not pile up.
    """

    def __init__(
        self,
        rows: Iterator[tuple[int, list[str] | Finding]],
        width: int,
        *,
        check_nul: bool,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        self.line_no = 0
        self._rows = rows
        self._width = width
        self._check_nul = check_nul
        self._at_end = at_end
        self._broken: list[BrokenRow] = []

    def __iter__(self) -> Iterator[list[str]]:
        try:
            yield from self._good_rows()
        finally:
            if self._at_end:
                self._at_end()

    def _good_rows(self) -> Iterator[list[str]]:
        width = self._width
        check_nul = self._check_nul
        for line_no, cells in self._rows:
            self.line_no = line_no
            if isinstance(cells, Finding):
                self._broken.append(BrokenRow(line_no, (), cells))
                continue
            if not any(cells):
                continue
            if len(cells) != width:
                if cells == _DOS_END_OF_FILE:
                    continue
                if len(cells) < width or any(cells[width:]):
                    self._set_aside(line_no, cells, self._wrong_count(line_no, cells))
                    continue
                del cells[width:]  # spreadsheets like to end every line with empty cells
            if check_nul and any("\0" in cell for cell in cells):
                self._set_aside(line_no, cells, _nul(line_no, cells))
                continue
            yield cells

    def take_broken(self) -> list[BrokenRow]:
        """The broken rows met since the last call."""
        taken, self._broken = self._broken, []
        return taken

    @property
    def has_broken(self) -> bool:
        return bool(self._broken)

    def _set_aside(self, line_no: int, cells: list[str], problem: Finding) -> None:
        self._broken.append(BrokenRow(line_no, tuple(cells), problem))

    def _wrong_count(self, line_no: int, cells: list[str]) -> Finding:
        return Finding(
            "wrong_cell_count",
            Severity.ERROR,
            _("has %(found)s cells where the header has %(expected)s"),
            {"found": len(cells), "expected": self._width},
            value=",".join(cells)[:_SHOWN_CHARACTERS],
            line=line_no,
        )


def _nul(line_no: int, cells: list[str]) -> Finding:
    shown = ",".join(cells).replace("\0", "\N{SYMBOL FOR NULL}")
    return Finding(
        "nul_character",
        Severity.ERROR,
        _("contains a NUL character; remove it"),
        value=shown[:_SHOWN_CHARACTERS],
        line=line_no,
    )
