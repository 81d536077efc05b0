"""Loading many rows at the speed of ``COPY``.

PostgreSQL refuses ``COPY … FROM`` into a table with row-level security, so rows go into a temporary table first
and from there by one ``INSERT … SELECT``, which obeys the policies.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

NULL = "\\N"
_ROWS_AT_ONCE = 50_000
#: One read per ``COPY``: every read takes the interpreter lock away from a thread that is parsing.
_READ_BYTES = 1 << 26
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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


def in_portions(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most ``size``."""
    source = iter(items)
    while portion := list(islice(source, size)):
        yield portion
