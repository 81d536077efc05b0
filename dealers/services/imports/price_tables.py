"""A table of list prices read without taking it in, for a proposal that somebody else will confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dealers.foundation.findings import Finding
from dealers.problems import render_problem
from dealers.services.imports.cells import Cells, RowRefused, problem
from dealers.services.imports.list_prices import price_reader
from dealers.services.imports.ranges import RangeRow
from dealers.services.imports.sources import RowSource


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row that cannot be read, and why."""

    line: int
    finding: Finding

    @property
    def detail(self) -> str:
        """Why, in the reader's language."""
        found = self.finding
        return render_problem(found.code, {**found.params, "field": found.field, "value": found.value})


def read_prices(source: RowSource) -> tuple[list[RangeRow], list[FaultyRow]]:
    """The prices of a table and its faulty rows. A product named twice from one day is a fault of the second row."""
    read = price_reader()
    rows: list[RangeRow] = []
    faults: list[FaultyRow] = []
    started: dict[tuple[int, date], int] = {}
    for row in source:
        if row.problem is not None:
            faults.append(FaultyRow(row.line_no, row.problem))
            continue
        try:
            found = read(Cells(row.values))
        except RowRefused as refusal:
            faults.append(FaultyRow(row.line_no, refusal.finding))
            continue
        first = started.setdefault((found.key[0], found.lower), row.line_no)
        if first != row.line_no:
            twice = problem("valid_from", found.lower.isoformat(), "twice_in_file", line=first)
            faults.append(FaultyRow(row.line_no, twice))
            continue
        rows.append(found)
    return rows, faults
