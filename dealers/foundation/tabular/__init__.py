"""Tables as people really have them, read row by row, and tables written so that they open well.

Reading: `open_table` takes CSV (comma, semicolon or tab; UTF-8, UTF-16 or GB18030; plain or gzip) and
spreadsheets (XLSX, XLS, ODS), finds out which it is from the content, and yields rows with their line numbers.
A row that cannot be read becomes a problem with a reason; only a file that is no table at all is refused whole,
before its first row. Memory stays bounded for text of any length; spreadsheets are bounded in size instead.

Writing: `CsvWriter`, `stream_csv` and `XlsxWriter`, with text that a spreadsheet would run as a formula made
harmless.
"""

from dealers.foundation.tabular.exports import CsvWriter, XlsxWriter, csv_writer, stream_csv, xlsx_writer
from dealers.foundation.tabular.sources import UnusableFile, digest_of_file, unpacked_bytes
from dealers.foundation.tabular.streams import BrokenRow, RowStream
from dealers.foundation.tabular.table import Row, Table, open_csv_rows, open_table

__all__ = [
    "BrokenRow",
    "CsvWriter",
    "Row",
    "RowStream",
    "Table",
    "UnusableFile",
    "XlsxWriter",
    "csv_writer",
    "digest_of_file",
    "open_csv_rows",
    "open_table",
    "stream_csv",
    "unpacked_bytes",
    "xlsx_writer",
]
