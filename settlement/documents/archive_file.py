"""A dealer's archive as one ZIP in open formats: CSV and JSON of every table, documents, files, and what they mean.

Rows and files pass through one at a time; memory does not grow with the dealer.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any
from uuid import UUID

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.tabular.exports import CsvWriter
from dealers.models import StoredFile
from dealers.principals import DealerReader
from dealers.resources.archive_tables import FILES, ArchiveTable
from settlement.documents.archive_contents import TABLES, documents, dossiers
from settlement.documents.archive_words import column_table, readme

Progress = Callable[[int], None]
_COPY = 1 << 16
#: How much of the work the tables are; the rest are documents and files.
_OF_TABLES, _OF_DOCUMENTS = 70, 80


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive as its manifest names it."""

    path: str
    size: int
    sha256: str
    rows: int | None = None

    def as_object(self) -> dict[str, Any]:
        found = {"path": self.path, "bytes": self.size, "sha256": self.sha256}
        return found if self.rows is None else {**found, "rows": self.rows}


def write_archive_file(
    reader: DealerReader, file: IO[bytes], *, at: datetime, on_progress: Progress = lambda _: None
) -> list[Member]:
    """Write the archive of a dealer to ``file``; returns its members, the manifest left out."""
    writer = _Writer(file, at)
    empty = [
        table.name for table in _progressing(TABLES, 0, _OF_TABLES, on_progress) if not writer.table(table, reader)
    ]
    for path, content, stamp in documents(reader):
        writer.document(path, content, stamp)
    on_progress(_OF_DOCUMENTS)
    keys = _files_of(reader)
    for key in _progressing(keys, _OF_DOCUMENTS, 99, on_progress):
        writer.kept(key)
    writer.document("columns.csv", column_table(TABLES, reader), None)
    writer.document("README.txt", readme(TABLES, reader, empty=empty, at=at), None)
    return writer.close(reader, empty)


def _files_of(reader: DealerReader) -> list[UUID]:
    """The ids of every kept file that a table or a case names, in a stable order and each once."""
    found: set[UUID] = set()
    for table in TABLES:
        if table.file:
            found.update(key for (key,) in table.files(reader).iterator(chunk_size=2000))
    for dossier in dossiers(reader):
        found.update(each.file.pk for each in dossier.files)
    return sorted(found)


class _Writer:
    """Puts members into the ZIP and remembers their digests."""

    def __init__(self, file: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._at = at
        self.members: list[Member] = []
        self._names: set[str] = set()

    def table(self, table: ArchiveTable, reader: DealerReader) -> bool:
        """The table as CSV and as JSON from one reading of its rows; False, and no file, when it has none."""
        lines = table.lines(reader)
        first = next(lines, None)
        if first is None:
            return False
        names = [column.name for column in table.columns]
        count = 0
        with tempfile.TemporaryFile() as spooled:
            with self._member(f"{table.name}.csv", lambda: count) as out, CsvWriter(out, names) as written:
                for row in chain((first,), lines):
                    written.write([_cell(value) for value in row])
                    plain = dict(zip(names, map(_plain, row), strict=True))
                    spooled.write(b"[\n" if count == 0 else b",\n")
                    spooled.write(json.dumps(plain, ensure_ascii=False).encode())
                    count += 1
            spooled.write(b"\n]\n")
            spooled.seek(0)
            with self._member(f"{table.name}.json", lambda: count) as out:
                while piece := spooled.read(_COPY):
                    out.write(piece)
        return True

    def document(self, path: str, content: bytes, stamp: datetime | None) -> None:
        with self._member(path, None, stamp) as out:
            out.write(content)

    def kept(self, key: UUID) -> None:
        """A file people attached, under the path by which tables and cases name it."""
        found = StoredFile.objects.defer(None).filter(pk=key).first()
        if found is None:
            return
        path = f"{FILES}{found.sha256[:12]}-{found.name}"
        if path not in self._names:
            self.document(path, bytes(found.content), found.kept_at)

    def close(self, reader: DealerReader, empty: list[str]) -> list[Member]:
        """Write the manifest, which names every other member, and finish."""
        dealer = reader.dealer
        manifest = {
            "archive_of": {"code": dealer.code, "name": dealer.name, "uscc": dealer.uscc},
            "made_at": _plain(self._at),
            "tables_without_rows": empty,
            "files": [member.as_object() for member in self.members],
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
        self._zip.writestr(self._info("manifest.json", None), content)
        self._zip.close()
        return self.members

    @contextmanager
    def _member(self, path: str, rows: Callable[[], int] | None, stamp: datetime | None = None) -> Iterator[IO[bytes]]:
        with self._zip.open(self._info(path, stamp), "w", force_zip64=True) as entry:
            counted = _Counted(entry)
            yield counted  # type: ignore[misc]
        self._names.add(path)
        member = Member(path, counted.size, counted.digest.hexdigest(), rows() if rows else None)
        self.members.append(member)

    def _info(self, path: str, stamp: datetime | None) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, (stamp or self._at).astimezone(BUSINESS_ZONE).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        return info


class _Counted:
    """Passes bytes on, counting and digesting them; shaped so that text can be wrapped around it."""

    closed = False

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self._out.write(piece)
        self.digest.update(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        return None

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _progressing(items: Iterable[Any], start: int, end: int, on_progress: Progress) -> Iterator[Any]:
    """The items, telling after each how far the work has come between two percentages."""
    every = list(items)
    for place, item in enumerate(every, 1):
        yield item
        on_progress(start + (end - start) * place // len(every))


def _cell(value: Any) -> Any:
    """A value for a cell: what a spreadsheet has no cell for is JSON."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def _plain(value: Any) -> Any:
    """A value for JSON: decimals as text, days and instants in ISO 8601, instants of Beijing."""
    match value:
        case None | bool() | int() | str() | dict() | list():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(BUSINESS_ZONE).isoformat()
        case date():
            return value.isoformat()
    return str(value)
