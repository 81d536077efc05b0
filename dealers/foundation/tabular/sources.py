"""From whatever was handed over to a seekable stream of bytes, unpacked if it was compressed."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

CHUNK_BYTES = 1 << 20
LARGEST_TABLE_BYTES = 8 << 30
_KEPT_IN_MEMORY_BYTES = 4 << 20
_GZIP = b"\x1f\x8b"


class UnusableFile(Refused):
    """The file as a whole cannot be read as a table; nothing of it was used."""


class Source:
    """A file opened for reading twice: once to learn what it is, once for its rows.

    `content` gives the unpacked bytes and can be rewound. What was handed over open stays open.
    """

    def __init__(self, given: str | os.PathLike[str] | IO[bytes], filename: str | None = None) -> None:
        self._own: list[IO[bytes]] = []
        if isinstance(given, (str, os.PathLike)):
            path = Path(given)
            self.filename = filename or path.name
            try:
                self._raw: IO[bytes] = path.open("rb")
            except OSError as error:
                raise UnusableFile(
                    "file_not_readable", _("cannot be opened; there must be a file of this name that may be read")
                ) from error
            self._own.append(self._raw)
        else:
            self.filename = filename or os.path.basename(str(getattr(given, "name", "") or ""))
            self._raw = given if _is_seekable(given) else self._spooled(given)
        self._raw.seek(0, io.SEEK_END)
        self.size = self._raw.tell()
        self._raw.seek(0)
        self.content: IO[bytes] = self._raw
        if self.peek(2) == _GZIP:
            self.content = cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw, mode="rb"))
            self._own.append(self.content)

    @property
    def share_read(self) -> float:
        """How much of the file as it was handed over has been read, from 0 to 1."""
        if self._raw.closed or not self.size:
            return 1.0
        return min(self._raw.tell() / self.size, 1.0)

    def peek(self, length: int) -> bytes:
        """The first bytes of the content, which is rewound."""
        with unpacking():
            self.content.seek(0)
            head = self.content.read(length)
            self.content.seek(0)
        return head

    def chunks(self) -> Iterator[bytes]:
        """The whole content from the start, a MiB at a time. Raises `UnusableFile` past the size limit."""
        total = 0
        with unpacking():
            self.content.seek(0)
            while chunk := self.content.read(CHUNK_BYTES):
                total += len(chunk)
                if total > LARGEST_TABLE_BYTES:
                    raise UnusableFile(
                        "file_too_large",
                        _("is larger than %(limit)s MiB; split it"),
                        limit=LARGEST_TABLE_BYTES >> 20,
                    )
                yield chunk

    def seekable_copy(self, limit: int) -> IO[bytes]:
        """The content as a file that can be read at random, for formats that need it."""
        if self.content is self._raw:
            return self._raw
        copy = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY_BYTES))  # noqa: SIM115 - closed with the source
        self._own.append(copy)
        written = 0
        for chunk in self.chunks():
            written += len(chunk)
            if written > limit:
                break
            copy.write(chunk)
        copy.seek(0)
        return copy

    def close(self) -> None:
        for opened in reversed(self._own):
            opened.close()

    def _spooled(self, stream: IO[bytes]) -> IO[bytes]:
        copy = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY_BYTES))  # noqa: SIM115 - closed with the source
        self._own.append(copy)
        shutil.copyfileobj(stream, copy, CHUNK_BYTES)
        return copy


def unpacked_bytes(given: str | os.PathLike[str] | IO[bytes], limit: int, *, cut: bool = False) -> bytes:
    """The bytes of a file, unpacked if it was compressed, for formats that are read as one.

    Raises `UnusableFile` when it is damaged or has more than ``limit``; with ``cut`` the first ones are enough.
    """
    source = Source(given)
    try:
        content = source.peek(limit + 1)
    finally:
        source.close()
    if len(content) > limit and not cut:
        raise UnusableFile("file_too_large", _("is larger than %(limit)s MiB; split it"), limit=limit >> 20)
    return content[:limit]


def digest_of_file(given: str | os.PathLike[str] | IO[bytes]) -> str:
    """The SHA-256 of a file as it was handed over, by which it is known again; empty when it cannot be read twice."""
    if isinstance(given, (str, os.PathLike)):
        try:
            with Path(given).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""
    if not _is_seekable(given):
        return ""
    given.seek(0)
    digest = hashlib.sha256()
    while chunk := given.read(CHUNK_BYTES):
        digest.update(chunk)
    given.seek(0)
    return digest.hexdigest()


@contextmanager
def unpacking() -> Iterator[None]:
    """Turn a damaged archive or a failing disk into a refusal."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnusableFile("file_damaged", _("is damaged: it cannot be unpacked to its end")) from error


def _is_seekable(stream: IO[bytes]) -> bool:
    seekable = getattr(stream, "seekable", None)
    return bool(seekable and seekable())
