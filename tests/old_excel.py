"""Workbooks as Excel wrote them until 2003 (XLS): a BIFF8 stream in a compound file, as small as both may be."""

from __future__ import annotations

import struct

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
#: Streams from this size on lie in ordinary sectors.
_SHORTEST_STREAM = 4096


def old_workbook(rows: list[list[str]]) -> bytes:
    """One sheet of texts."""
    return _compound_file(_stream(rows))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _stream(rows: list[list[str]]) -> bytes:
    def begin(kind: int) -> bytes:
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    end = _record(0x000A, b"")
    name = "Sheet1".encode("utf-16-le")

    def sheets(at: int) -> bytes:
        return _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len("Sheet1"), 1) + name)

    place = len(begin(5)) + len(sheets(0)) + len(end)
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    return begin(5) + sheets(place) + end + begin(0x10) + size + cells + end


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", _FREE, _FREE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IIi", start, size, 0)
    )


def _compound_file(stream: bytes) -> bytes:
    """Sector 0 is the allocation table, sector 1 the directory, the stream follows."""
    stream = stream.ljust(_SHORTEST_STREAM, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream)) + bytes(256)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, _SHORTEST_STREAM, _END, 0, _END, 0)
    return header + struct.pack("<109I", 0, *([_FREE] * 108)) + table + directory + stream
