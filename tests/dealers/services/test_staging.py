"""Rows on their way into the database: few inside their statement, many by COPY, the same either way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dealers.services.staging import FEW_ROWS, cells_of, copy_line, given_rows

#: What means something to COPY, and what does not.
TEXT = st.text("\\\t\n\rtnrN%'é多 a", max_size=12)
COLUMNS = {"number": "bigint", "said": "text", "kept": "jsonb"}


@given(st.lists(st.none() | TEXT, min_size=1, max_size=5))
def test_cells_are_read_back_as_they_were_written(cells: list[str | None]) -> None:
    # A cell that reads \\N is a text of two characters, and NULL only without the backslash doubled.
    assert cells_of(copy_line(cells)) == cells


def selected(lines: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        rows = given_rows(cursor, "given_in_a_test", COLUMNS, iter(lines))
        assert rows.count == len(lines)
        cursor.execute(f"SELECT number, said, kept::text, %s FROM {rows.sql} given ORDER BY number", ["%"])
        return list(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, FEW_ROWS, FEW_ROWS + 1])
def test_rows_are_the_same_whichever_way_they_went(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = ["100 % sure %s %(x)s", "a\tb\nc\\N\r", "'; DROP TABLE x; --", "", "\\N", "多"]
    lines = [copy_line((number, hostile[number % 6], None if number % 2 else '{"a": "%"}')) for number in range(count)]
    ways = []
    for few in (-1, 1000):
        monkeypatch.setattr("dealers.services.staging.FEW_ROWS", few)
        ways.append(selected(lines))
    assert ways[0] == ways[1]
    assert [row[1] for row in ways[0]] == [hostile[number % 6] for number in range(count)]
