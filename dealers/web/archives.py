"""Many files in one ZIP, streamed as they are made: memory holds one of them at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dealers.foundation.clock import BUSINESS_ZONE


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive; without an instant it carries the earliest a ZIP knows, the same every time."""

    name: str
    content: bytes
    at: datetime | None = None


def streamed_zip(entries: Iterable[Entry], *, compressed: bool = False) -> Iterator[bytes]:
    """The archive piece by piece. The same entries give the same bytes."""
    pipe = _Pipe()
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name)
            if entry.at is not None:
                info = zipfile.ZipInfo(entry.name, entry.at.astimezone(BUSINESS_ZONE).timetuple()[:6])
            archive.writestr(info, entry.content, compress_type=method)
            yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """What an archive writes, taken away piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload]
        self.pieces.append(data)
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self.pieces)
        self.pieces.clear()
        return data
