"""Effective-dated rows merged into the ones that stand, for files of any length.

Rows are staged, then read back key by key beside the standing rows, placed by the rule of
`dealers.foundation.effective`, and written with a handful of statements. Within a file the order does not matter:
rows of a key are placed from the earliest day on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model

from dealers.foundation.effective import DateSpan, Outcome, Placement, StandingRow, place_new_span
from dealers.foundation.refusals import msgid as _
from dealers.services.imports.cells import Cells, RowRefused, problem
from dealers.services.imports.importing import broken, refused
from dealers.services.imports.sources import RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import copy_rows, temporary_table

_WRITTEN_AT_ONCE = 20_000


class RangeRow(NamedTuple):
    """One row as read: what it is about, what it says, from when to before when."""

    key: tuple[Any, ...]
    content: tuple[Any, ...]
    lower: date
    upper: date | None


@dataclass(frozen=True, slots=True)
class RangeTable:
    """A table with ``valid``, ``recorded_at`` and ``superseded_at``; the first key column is ``product_id``."""

    model: type[Model]
    key: tuple[str, ...]
    content: tuple[str, ...]
    #: First word of the audit actions.
    action: str
    #: The cell named when a range is refused.
    start_column: str = "valid_from"
    end_column: str = "valid_to"
    #: Whether a row that is closed earlier stays as it was, superseded by a shorter one. What stood at any instant can
    #: then be told, which settlements need; rows that others point to are shortened in place instead.
    keeps_closed: bool = False

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def columns(self) -> tuple[str, ...]:
        return self.key + self.content


class _Line(NamedTuple):
    """A standing row (with its id) or a staged one (with its line) as read back."""

    id: int | None
    line: int | None
    lower: date
    upper: date | None
    raw: str | None
    key: tuple[Any, ...]
    content: tuple[Any, ...]


@dataclass(slots=True)
class _New:
    """A row to be inserted, as long as its end may still be moved by the next one."""

    line: int
    span: DateSpan
    content: tuple[Any, ...]


def take_ranges(taking: Taking, source: RowSource, table: RangeTable, read: Callable[[Cells], RangeRow]) -> None:
    """Take every row of ``source`` into ``table``."""
    with connection.cursor() as cursor:
        names = ", ".join(table.columns)
        for staging in "range_rows", "range_inserts":
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{staging}")
            cursor.execute(
                f"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {names}, recorded_at::date AS lower, "
                f"recorded_at::date AS upper, id AS line, ''::text AS raw FROM {table.name} WITH NO DATA"
            )
        temporary_table(cursor, "range_closings", "id bigint, close_on date")
        temporary_table(cursor, "range_superseded", "id bigint")
        copy_rows(
            cursor, "range_rows", (*table.columns, "lower", "upper", "line", "raw"), _staged(taking, source, read)
        )
        cursor.execute("ANALYZE range_rows")
        merge = _Merge(taking, table, cursor)
        for key, lines in groupby(_sorted_lines(table), key=lambda line: line.key):
            merge.take_key(key, list(lines))
        merge.finish()


def _staged(taking: Taking, source: RowSource, read: Callable[[Cells], RangeRow]) -> Iterator[tuple[Any, ...]]:
    for row in source:
        if broken(taking, row):
            continue
        try:
            key, content, lower, upper = read(Cells(row.values))
        except RowRefused as refusal:
            refused(taking, row, refusal)
            continue
        yield *key, *content, lower, upper, row.line_no, json.dumps(row.values, ensure_ascii=False)


def _sorted_lines(table: RangeTable) -> Iterator[_Line]:
    """Standing and staged rows in the order of their keys, the standing ones of a key first."""
    names = ", ".join(table.columns)
    keys, width = ", ".join(table.key), len(table.key)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, NULL::bigint AS line, lower(valid) AS lower, upper(valid) AS upper, NULL AS raw, {names}
            FROM {table.name}
            WHERE superseded_at IS NULL AND product_id IN (SELECT product_id FROM range_rows)
            UNION ALL SELECT NULL, line, lower, upper, raw, {names} FROM range_rows
            ORDER BY {keys}, line NULLS FIRST
            """
        )
        for row in cursor:
            head, rest = row[:5], row[5:]
            yield _Line._make((*head, tuple(rest[:width]), tuple(rest[width:])))


class _Merge:
    """Places the rows of one key after another and gathers what is to be written."""

    def __init__(self, taking: Taking, table: RangeTable, cursor: Any) -> None:
        self._taking = taking
        self._table = table
        self._cursor = cursor
        self._inserts: list[tuple[Any, ...]] = []
        self._closings: list[tuple[int, date]] = []
        self._superseded: list[tuple[int]] = []

    def take_key(self, key: tuple[Any, ...], lines: list[_Line]) -> None:
        rows = [StandingRow(line.id, _span(line), line.content) for line in lines if line.id is not None]
        before = {row.id: row for row in rows}
        new: dict[str, _New] = {}
        started: dict[date, _Line] = {}
        gaps: list[tuple[int, date]] = []
        staged = sorted((line for line in lines if line.id is None), key=lambda line: (line.lower, line.line))
        for line in staged:
            first = started.setdefault(line.lower, line)
            if (first.content, first.upper) != (line.content, line.upper):
                self._refuse_second(line, first)
                continue
            placement = place_new_span(rows, _span(line), line.content)
            if placement.outcome is Outcome.DUPLICATE:
                self._taking.duplicates += 1
            elif placement.outcome is Outcome.REFUSED:
                self._refuse_overlap(line, placement)
            else:
                rows = self._put(key, rows, before, new, line, placement)
                if placement.gap_from is not None:
                    gaps.append((line.line or 0, placement.gap_from))
        self._inserts.extend((*key, *row.content, row.span.lower, row.span.upper, row.line) for row in new.values())
        for line_no, day in gaps:
            if not any(row.span.contains(day) for row in rows):
                message = _("from %(day)s on nothing is in force, since the range given here ends there")
                self._taking.remark("nothing_in_force", message, line=line_no, column=self._table.end_column, day=day)
        if len(self._inserts) + len(self._closings) + len(self._superseded) >= _WRITTEN_AT_ONCE:
            self._stage()

    def _put(
        self,
        key: tuple[Any, ...],
        rows: list[StandingRow[Any]],
        before: Mapping[Any, StandingRow[Any]],
        new: dict[str, _New],
        line: _Line,
        placement: Placement[Any],
    ) -> list[StandingRow[Any]]:
        """Carry out a placement on the rows of the key; returns them as they stand then."""
        replaced = placement.close if placement.close is not None else placement.supersede
        if replaced in before:
            self._taking.revised += 1
        else:
            self._taking.accepted += 1
        kept = []
        for row in rows:
            if row.id == placement.supersede:
                self._supersede(row, line)
            elif row.id == placement.close and placement.close_on is not None:
                kept.append(self._close(row, placement.close_on, new, line))
            else:
                kept.append(row)
        name = f"new {line.line}"
        new[name] = _New(line.line or 0, placement.span, line.content)
        self._taking.touched.products.add(key[0])
        self._taking.touched.from_day(placement.span.lower)
        return [*kept, StandingRow(name, placement.span, line.content)]

    def _close(self, row: StandingRow[Any], close_on: date, new: dict[str, _New], line: _Line) -> StandingRow[Any]:
        closed = StandingRow(row.id, DateSpan(row.span.lower, close_on), row.content)
        if row.id in new:
            new[row.id].span = closed.span
        else:
            self._closings.append((row.id, close_on))
            self._audit("close", row, {"valid": str(closed.span), "line": line.line})
        return closed

    def _supersede(self, row: StandingRow[Any], line: _Line) -> None:
        # A row of this very file never gets here: two of them from the same day are refused before.
        self._superseded.append((row.id,))
        self._audit("supersede", row, {**self._said(line.content), "line": line.line})

    def _audit(self, what: str, row: StandingRow[Any], after: dict[str, Any]) -> None:
        before = {**self._said(row.content), "valid": str(row.span)}  # type: ignore[arg-type]
        subject = (self._table.model._meta.label_lower, str(row.id))
        self._taking.audit(f"{self._table.action}.{what}", subject, before=before, after=after)

    def _said(self, content: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(self._table.content, content, strict=True))

    def _refuse_second(self, line: _Line, first: _Line) -> None:
        column = self._table.start_column
        finding = problem(column, line.lower.isoformat(), "twice_in_file", line=first.line)
        self._taking.refuse_line(line.line or 0, finding, content=json.loads(line.raw or "{}"))

    def _refuse_overlap(self, line: _Line, placement: Placement[Any]) -> None:
        if placement.refusal is not None:
            finding = placement.refusal.at(field=self._table.end_column)
            self._taking.refuse_line(line.line or 0, finding, content=json.loads(line.raw or "{}"))

    def _stage(self) -> None:
        columns = (*self._table.columns, "lower", "upper", "line")
        self._copy("range_inserts", columns, self._inserts)
        self._copy("range_closings", ("id", "close_on"), self._closings)
        self._copy("range_superseded", ("id",), self._superseded)

    def _copy(self, name: str, columns: tuple[str, ...], rows: list[Any]) -> None:
        copy_rows(self._cursor, name, columns, _taken_out(rows))

    def finish(self) -> None:
        """Write everything: first what makes room, then the new rows."""
        self._stage()
        name, names, at = self._table.name, ", ".join(self._table.columns), self._taking.at
        self._cursor.execute(
            f"UPDATE {name} AS t SET superseded_at = %s FROM range_superseded s WHERE t.id = s.id", [at]
        )
        if self._table.keeps_closed:
            self._cursor.execute(
                f"WITH closed AS (UPDATE {name} AS t SET superseded_at = %s FROM range_closings s WHERE t.id = s.id"
                f" RETURNING {_of_t(self._table.columns)}, lower(t.valid) AS lower, s.close_on AS upper)"
                f" INSERT INTO range_inserts ({names}, lower, upper, line) SELECT {names}, lower, upper, 0 FROM closed",
                [at],
            )
        else:
            self._cursor.execute(
                f"UPDATE {name} AS t SET valid = daterange(lower(t.valid), s.close_on) "
                "FROM range_closings s WHERE t.id = s.id"
            )
        self._cursor.execute(
            f"INSERT INTO {name} ({names}, valid, recorded_at) "
            f"SELECT {names}, daterange(lower, upper), %s FROM range_inserts ORDER BY line",
            [at],
        )


def _of_t(columns: Iterable[str]) -> str:
    return ", ".join(f"t.{column}" for column in columns)


def _span(line: _Line) -> DateSpan:
    return DateSpan(line.lower, line.upper)


def _taken_out(rows: list[Any]) -> Iterable[Any]:
    taken, rows[:] = list(rows), []
    return taken
