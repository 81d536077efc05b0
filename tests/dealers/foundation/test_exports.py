"""Exports open in a spreadsheet as they were meant, run nothing, and read back the same."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.tabular import csv_writer, open_table, stream_csv, xlsx_writer


def written(*rows: object, columns: tuple[str, ...] = ("value",)) -> bytes:
    file = io.BytesIO()
    with csv_writer(file, columns) as writer:
        for row in rows:
            writer.write(row)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+86 138", "'+86 138"),
        ("-cmd|calc", "'-cmd|calc"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-12.50", "-12.50"),
        ("-12.50+1", "'-12.50+1"),
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (None, ""),
        (True, "1"),
        (date(2026, 11, 5), "2026-11-05"),
        (datetime(2026, 11, 5, 1, 30, tzinfo=UTC), "2026-11-05T09:30:00+08:00"),
        ("a,b", '"a,b"'),
    ],
)
def test_csv_cells_say_what_was_meant_and_run_nothing(value: object, text: str) -> None:
    assert written(["x", value], columns=("x", "y")).decode("utf-8-sig") == f"x,y\r\nx,{text}\r\n"


@pytest.mark.parametrize("start", ["\t", "\r"])
def test_a_leading_tab_or_return_is_defused_too(start: str) -> None:
    assert written([f"{start}=1"]).decode("utf-8-sig").removeprefix("value\r\n").lstrip('"').startswith("'")


def test_csv_begins_with_the_mark_excel_looks_for() -> None:
    assert written().startswith(b"\xef\xbb\xbfvalue")


def test_a_float_is_not_exported() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        written([1.5])


def test_rows_may_be_given_by_name_and_must_fit_otherwise() -> None:
    assert written({"b": 2}, columns=("a", "b")).endswith(b",2\r\n")
    with pytest.raises(ValueError, match="does not fit"):
        written([1, 2, 3], columns=("a", "b"))


def test_a_streamed_csv_is_the_same_as_a_written_one() -> None:
    rows = [[number, "头盔" * 50] for number in range(5000)]
    pieces = list(stream_csv(("a", "b"), rows))
    assert len(pieces) > 10
    assert b"".join(pieces) == written(*rows, columns=("a", "b"))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1), max_size=5))
def test_harmless_text_reads_back_from_csv(texts: list[str]) -> None:
    harmless = [f"x{text}" for text in texts]
    table = open_table(io.BytesIO(written(*([text] for text in harmless))))
    assert [row.values["value"] for row in table] == harmless


def test_a_workbook_reads_back_with_its_types() -> None:
    file = io.BytesIO()
    with xlsx_writer(file, ["text", "amount", "code", "day", "at", "none"], sheet="对账单") as writer:
        writer.write(
            {
                "text": "=1+1",
                "amount": Decimal("-12.50"),
                "code": Decimal("1234567890123456.78"),
                "day": date(2026, 11, 5),
                "at": datetime(2026, 11, 5, 1, 30, tzinfo=UTC),
            }
        )
    table = open_table(file)
    assert [row.values for row in table] == [
        {
            "text": "=1+1",
            "amount": "-12.5",
            "code": "1234567890123456.78",
            "day": "2026-11-05",
            "at": "2026-11-05T09:30:00+08:00",
            "none": "",
        }
    ]
