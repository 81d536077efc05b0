"""Which files people may attach as evidence, recognised by their content and not by what they are called.

Only kinds that a reader can open and that run nothing: pages (PDF), pictures, office documents without macros, plain
text. HTML and SVG are absent on purpose: a browser would run what is in them.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import filetype

#: How many first bytes tell the kind of a picture or page.
_HEAD = 8192
#: A member list longer than this belongs to no document a person wrote.
_MOST_MEMBERS = 20_000


@dataclass(frozen=True, slots=True)
class FileKind:
    """One accepted kind: its media type, the endings its files may have, whether a page may show it as a picture."""

    media_type: str
    endings: tuple[str, ...]
    is_picture: bool = False


PDF = FileKind("application/pdf", ("pdf",))
PNG = FileKind("image/png", ("png",), is_picture=True)
JPEG = FileKind("image/jpeg", ("jpg", "jpeg"), is_picture=True)
WEBP = FileKind("image/webp", ("webp",), is_picture=True)
HEIC = FileKind("image/heic", ("heic", "heif"))
XLSX = FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
DOCX = FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
CSV = FileKind("text/csv", ("csv",))
TEXT = FileKind("text/plain", ("txt",))

PICTURES = (PNG, JPEG, WEBP, HEIC)
EVIDENCE = (PDF, *PICTURES, XLSX, DOCX, CSV, TEXT)

_BY_MEDIA_TYPE = {kind.media_type: kind for kind in (PDF, *PICTURES)}
_OFFICE = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}


def kind_of(name: str, content: bytes) -> FileKind | None:
    """The kind of a file whose content and ending agree; None for every other, among them macros and archives."""
    ending = name.rpartition(".")[2].lower()
    found = _by_content(content, ending)
    return found if found is not None and ending in found.endings else None


def _by_content(content: bytes, ending: str) -> FileKind | None:
    guessed = filetype.guess(content[:_HEAD])
    if guessed is not None and guessed.mime in _BY_MEDIA_TYPE:
        return _BY_MEDIA_TYPE[guessed.mime]
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content)
    if guessed is None:
        return next((kind for kind in (CSV, TEXT) if ending in kind.endings and _is_text(content)), None)
    return None


def _office_document(content: bytes) -> FileKind | None:
    """An office document by its main part. The archive is listed and never unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if len(names) > _MOST_MEMBERS or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
