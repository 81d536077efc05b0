"""Loading many rows at the speed of ``COPY``, and few without its cost.

PostgreSQL refuses ``COPY … FROM`` into a table with row-level security, so rows go into a temporary table first
and from there by one ``INSERT … SELECT``, which obeys the policies. A handful of rows travels inside that statement
instead, as ``VALUES``: filling and emptying a temporary table costs more than they do (see :func:`given_rows`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

NULL = "\\N"
#: Up to so many rows travel inside their statement: there both ways cost the same processor time (`bench/staging.py`).
FEW_ROWS = 40
_ROWS_AT_ONCE = 50_000
#: One read per ``COPY``: every read takes the interpreter lock away from a thread that is parsing.
_READ_BYTES = 1 << 26
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPED = re.compile(r"\\([\\tnr])")
_MEANT = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def copy_cell(value: object) -> str:
    """One value in the text format of ``COPY``."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)


def copy_line(values: Sequence[object]) -> str:
    """One row in the text format of ``COPY``, with its line end."""
    return "\t".join([copy_cell(value) for value in values]) + "\n"


def cells_of(line: str) -> list[str | None]:
    """The cells of a row that was written for ``COPY``, as text: the inverse of :func:`copy_line`."""
    return [
        None if cell == NULL else _ESCAPED.sub(lambda found: _MEANT[found[1]], cell) if "\\" in cell else cell
        for cell in line.removesuffix("\n").split("\t")
    ]


def copy_text(cursor: Any, table: str, columns: Sequence[str], text: str | bytes) -> None:
    """``COPY`` rows already in its text format into ``table``."""
    data = text.encode() if isinstance(text, str) else text
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.BytesIO(data), _READ_BYTES)


def copy_lines(cursor: Any, table: str, columns: Sequence[str], lines: Iterable[str]) -> int:
    """``COPY`` rows that are text of its format already, bounded in memory; how many there were."""
    count = 0
    for portion in in_portions(lines, _ROWS_AT_ONCE):
        copy_text(cursor, table, columns, "".join(portion))
        count += len(portion)
    return count


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """``COPY`` rows of values into ``table``, bounded in memory; how many there were."""
    return copy_lines(cursor, table, columns, map(copy_line, rows))


def temporary_table(cursor: Any, name: str, columns: str) -> None:
    """An empty temporary table, emptied again at the end of the transaction; a name always has the same columns.

    It stays with the connection: making and dropping tables for every small delivery would cost more than the delivery
    and bloat the catalogue.
    """
    cursor.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS; DELETE FROM pg_temp.{name}"
    )


@dataclass(frozen=True, slots=True)
class GivenRows:
    """Rows a statement can select from: ``sql`` stands where a table would, with an alias after it.

    ``sql`` is meant for statements that are executed with parameters.
    """

    sql: str
    count: int


def are_few(count: int) -> bool:
    """Whether so many rows travel inside their statement."""
    return count <= FEW_ROWS


def given_rows(cursor: Any, name: str, columns: Mapping[str, str], lines: Iterable[str]) -> GivenRows:
    """Rows in the text format of ``COPY``, brought before PostgreSQL in the cheapest way for their number.

    Few of them become ``VALUES``, more are copied into the temporary table ``name``. ``columns`` are the types of the
    columns by their names. Whatever is selected from the rows is the same either way.
    """
    source = iter(lines)
    few = list(islice(source, FEW_ROWS + 1))
    if are_few(len(few)):
        return few_rows(cursor, columns, few)
    temporary_table(cursor, name, ", ".join(f"{column} {kind}" for column, kind in columns.items()))
    return GivenRows(name, copy_lines(cursor, name, tuple(columns), chain(few, source)))


def few_rows(cursor: Any, columns: Mapping[str, str], lines: Sequence[str]) -> GivenRows:
    """Rows in the text format of ``COPY`` as ``VALUES``, at most ``FEW_ROWS``."""
    return GivenRows(_values(cursor, columns, lines), len(lines))


def _values(cursor: Any, columns: Mapping[str, str], lines: Sequence[str]) -> str:
    if not lines:
        nothing = ", ".join(f"NULL::{kind} AS {column}" for column, kind in columns.items())
        return f"(SELECT {nothing} WHERE false)"
    typed = "(" + ", ".join(f"%s::{kind}" for kind in columns.values()) + ")"
    plain = "(" + ", ".join(["%s"] * len(columns)) + ")"  # takes its types from the first row
    form = ", ".join([typed, *[plain] * (len(lines) - 1)])
    written: bytes = cursor.mogrify(form, [cell for line in lines for cell in cells_of(line)])
    values = written.decode().replace("%", "%%")
    return f"(SELECT * FROM (VALUES {values}) AS given ({', '.join(columns)}))"


def in_portions(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most ``size``."""
    source = iter(items)
    while portion := list(islice(source, size)):
        yield portion
