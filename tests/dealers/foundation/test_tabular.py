"""Tables are read as people save them; bad rows are named and never stop the good ones."""

import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from dealers.foundation.tabular import Table, UnusableFile, open_csv_rows, open_table, sheets


def table_of(text: str, encoding: str = "utf-8") -> Table:
    return open_table(io.BytesIO(text.encode(encoding)), "table.csv")


def values_of(table: Table) -> list[list[str]]:
    return [list(row.values.values()) for row in table if row.problem is None]


CHINESE = "sku,name\nA1,运动头盔\nA2,山地自行车\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_reads_in_every_encoding_people_save(encoding: str) -> None:
    table = table_of(CHINESE, encoding)
    assert table.columns == ("sku", "name")
    assert values_of(table) == [["A1", "运动头盔"], ["A2", "山地自行车"]]


def test_gbk_is_noticed_however_late_it_begins() -> None:
    plain = "".join(f"A{number},helmet\n" for number in range(100_000))
    table = table_of(f"sku,name\n{plain}B1,头盔\n", "gbk")
    assert table.encoding == "gb18030"
    assert values_of(table)[-1] == ["B1", "头盔"]


def test_damaged_utf8_is_refused_and_not_turned_into_nonsense() -> None:
    damaged = CHINESE.encode() + b"A3,\xe8\xbd\n"
    with pytest.raises(UnusableFile, match="UTF-8 text with damaged bytes in line 4"):
        open_table(io.BytesIO(damaged))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnusableFile) as refusal:
        open_table(io.BytesIO(b"sku,name\nA1,\xff\xff\xff\n"))
    assert refusal.value.code == "text_unknown_encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    table = table_of(f'sku{delimiter}"na,me;"{delimiter}price\nA1{delimiter}x{delimiter}2\n')
    assert table.delimiter == delimiter
    assert values_of(table) == [["A1", "x", "2"]]


def test_the_delimiter_line_of_excel_is_heeded() -> None:
    assert values_of(table_of("sep=;\r\nsku;name\r\nA1;a,b\r\n")) == [["A1", "a,b"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(line_end: str) -> None:
    rows = list(table_of(line_end.join(["sku,name", "A1,x", "A2,y", ""])))
    assert [(row.line_no, row.values["sku"]) for row in rows] == [(2, "A1"), (3, "A2")]


def test_header_names_are_read_as_they_are_meant() -> None:
    table = table_of("\ufeff SKU ,Unit Price,\u3000ＮＡＭＥ\u3000,,\nA1,2,x,,\n")
    assert table.columns == ("sku", "unit_price", "name")
    assert values_of(table) == [["A1", "2", "x"]]


def test_a_template_may_call_its_columns_otherwise() -> None:
    table = open_table(io.BytesIO("货号,单价\nA1,2\n".encode()), aliases={"货号": "sku", "单价": "unit_price"})
    assert table.columns == ("sku", "unit_price")


def test_values_are_stripped_and_empty_rows_skipped() -> None:
    rows = list(table_of("sku,name\n\n A1 ,\u3000x\n,\n  ,  \nA2,y\n\x1a"))
    assert [(row.line_no, row.values) for row in rows] == [
        (3, {"sku": "A1", "name": "x"}),
        (6, {"sku": "A2", "name": "y"}),
    ]
    assert all(row.problem is None for row in rows)


def test_a_row_with_other_cells_than_the_header_is_named_and_the_rest_read() -> None:
    rows = list(table_of("sku,name\nA1\nA2,y\nA3,z,extra\nA4,w,,\n"))
    broken = [row for row in rows if row.problem]
    assert [(row.line_no, row.problem.code) for row in broken if row.problem] == [
        (2, "wrong_cell_count"),
        (4, "wrong_cell_count"),
    ]
    assert broken[0].values == {"sku": "A1"}
    assert "has 1 cells where the header has 2" in str(broken[0].problem)
    assert {row.values["sku"] for row in rows if not row.problem} == {"A2", "A4"}


def test_a_cell_may_span_lines_and_rows_keep_their_first_line_number() -> None:
    rows = list(table_of('sku,name\nA1,"two\nlines"\nA2,y\n'))
    assert [(row.line_no, row.values["name"]) for row in rows] == [(2, "two\nlines"), (4, "y")]


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    many = "".join(f"A{number},y\n" for number in range(3, 500))
    rows = list(table_of(f'sku,name\nA1,x\nA2,"y\n{many}'))
    assert [(row.line_no, str(row.problem)) for row in rows if row.problem] == [
        (3, "opens a quoted cell that is never closed")
    ]
    assert sum(row.problem is None for row in rows) == 498
    assert rows[-1].line_no == 500


def test_a_quote_left_open_near_the_end_costs_one_row() -> None:
    rows = list(table_of('sku,name\nA1,"x\nA2,y\n'))
    assert [(row.line_no, bool(row.problem)) for row in rows] == [(2, True), (3, False)]


def test_quotes_that_do_not_fit_cost_one_row() -> None:
    rows = list(table_of('sku,name\nA1,"x"y\nA2,6" pipe\n'))
    assert [(row.line_no, bool(row.problem)) for row in rows] == [(2, True), (3, False)]
    assert rows[1].values["name"] == '6" pipe'


def test_a_nul_character_costs_one_row() -> None:
    rows = list(table_of("sku,name\nA1,x\0y\nA2,y\n"))
    assert rows[0].problem is not None
    assert rows[0].problem.code == "nul_character"
    assert rows[1].problem is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_empty"),
        (b"\n\n  \n", "table_empty"),
        (b"sku,name,SKU\nA1,x,y\n", "columns_twice"),
        (b"sku,,name\nA1,x,y\n", "column_unnamed"),
        (b",,\n1,2,3\n", "header_unreadable"),
        (b'"sku,name\nA1,x\n', "header_unreadable"),
        (b"sku,name\n" + b"x" * 1_100_000, "line_too_long"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"PK\x03\x04 not really a zip", "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not really", "sheet_damaged"),
        (gzip.compress(b"sku,name\n" + b"A1,x\n" * 5000, mtime=0)[:-20], "file_damaged"),
        (b"\x1f\x8b\x08 not really gzip", "file_damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(UnusableFile) as refusal:
        open_table(io.BytesIO(content))
    assert refusal.value.code == code


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be opened"):
        open_table(tmp_path / "absent.csv")


def test_all_missing_columns_are_named_at_once() -> None:
    table = table_of("sku,colour\nA1,red\n")
    with pytest.raises(UnusableFile, match="lacks the columns floor, ceiling; the header has sku, colour"):
        table.require(["sku", "floor", "ceiling"])
    assert table.unknown(["sku", "floor"]) == ("colour",)


def test_compressed_tables_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress(CHINESE.encode("gb18030")))
    with open_table(path) as table:
        assert len(values_of(table)) == 2
        assert table.share_read == 1.0


def test_a_stream_that_cannot_be_rewound_reads_alike() -> None:
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert len(values_of(open_table(OneWay(CHINESE.encode("gbk")), "upload.csv"))) == 2


def test_a_file_handed_over_open_stays_open() -> None:
    given = io.BytesIO(CHINESE.encode())
    with open_table(given) as table:
        values_of(table)
    assert not given.closed


def test_reading_needs_no_more_memory_for_a_longer_file(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("sku,name\n")
        file.writelines(f"A{number},{'x' * 100}\n" for number in range(100_000))
    header, rows = open_csv_rows(path)
    assert header == ["sku", "name"]
    tracemalloc.start()
    count = sum(1 for _cells in rows)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 4 << 20  # the file has ten


def test_the_quick_way_keeps_broken_rows_aside() -> None:
    _header, rows = open_csv_rows(io.BytesIO(b"sku,name\nA1,x\nA2\nA3,z\n"))
    good = [(rows.line_no, cells) for cells in rows]
    assert good == [(2, ["A1", "x"]), (4, ["A3", "z"])]
    assert [(broken.line_no, broken.cells) for broken in rows.take_broken()] == [(3, ("A2",))]
    assert rows.take_broken() == []


def workbook(rows: list[list[object]], *, sheets_before: int = 0) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        day, instant = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        for _number in range(sheets_before):
            book.add_worksheet()
        sheet = book.add_worksheet("Data")
        for row_number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(row_number, column, value, instant)
                elif isinstance(value, date):
                    sheet.write_datetime(row_number, column, value, day)
                else:
                    sheet.write(row_number, column, value)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("A1", "A1"),
        (2, "2"),
        (-12.5, "-12.5"),
        (0.1 + 0.2, "0.3"),
        (218.45, "218.45"),
        (0.000001, "0.000001"),
        (123456789012345, "123456789012345"),
        (True, "1"),
        (date(2026, 11, 5), "2026-11-05"),
        (datetime(2026, 11, 5, 9, 30), "2026-11-05T09:30:00+08:00"),
    ],
)
def test_spreadsheet_cells_read_like_the_text_of_a_csv(cell: object, text: str) -> None:
    table = open_table(workbook([["SKU", "Value"], ["A1", cell]]), "table.xlsx")
    assert table.kind == "sheet"
    assert values_of(table) == [["A1", text]]


def test_a_number_too_long_for_a_spreadsheet_costs_one_row() -> None:
    rows = list(open_table(workbook([["uscc", "name"], [912345678901234567, "x"], ["9123", "y"]])))
    assert [(row.line_no, bool(row.problem)) for row in rows] == [(2, True), (3, False)]
    assert "15 digits" in str(rows[0].problem)


def test_spreadsheet_rows_have_the_numbers_the_spreadsheet_shows() -> None:
    table = open_table(workbook([[], [], ["sku", "name"], ["A1", "x"], [], ["A2", "y"]], sheets_before=1))
    assert [(row.line_no, row.values["sku"]) for row in table] == [(4, "A1"), (6, "A2")]


def test_an_empty_spreadsheet_is_refused() -> None:
    with pytest.raises(UnusableFile, match="is empty"):
        open_table(workbook([]))


def test_a_spreadsheet_that_would_unpack_beyond_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED_BYTES", 10 << 20)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as member:
        for _number in range(11):
            member.write(bytes(1 << 20))
    file.seek(0)
    with pytest.raises(UnusableFile, match="save it as CSV"):
        open_table(file)


def test_a_small_spreadsheet_with_a_cell_in_the_far_corner_is_refused_and_harms_nobody() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "sku")
        sheet.write(1_048_575, 16_383, "x")
    assert len(file.getvalue()) < 10_000
    with pytest.raises(UnusableFile) as refusal:
        open_table(file, "table.xlsx")
    assert refusal.value.code == "sheet_spread_out"


def test_open_document_sheets_read_alike() -> None:
    cells = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in (
            '<table:table-cell office:value-type="string"><text:p>sku</text:p></table:table-cell>'
            '<table:table-cell office:value-type="string"><text:p>price</text:p></table:table-cell>',
            '<table:table-cell office:value-type="string"><text:p>头盔</text:p></table:table-cell>'
            '<table:table-cell office:value-type="float" office:value="12.5"><text:p>12.5</text:p></table:table-cell>',
        )
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    file.seek(0)
    assert values_of(open_table(file, "table.ods")) == [["头盔", "12.5"]]


def test_a_compressed_spreadsheet_reads_alike() -> None:
    packed = io.BytesIO(gzip.compress(workbook([["sku", "name"], ["A1", "x"]]).getvalue()))
    assert values_of(open_table(packed)) == [["A1", "x"]]


def test_a_time_of_day_reads_as_it_is_shown() -> None:
    assert sheets.cell_text(time(9, 30)) == "09:30:00"


@pytest.fixture(autouse=True)
def _nothing_left_open(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    yield
    assert not [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)]
