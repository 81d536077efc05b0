"""Keeping a file somebody attaches: bounded, recognised by its content, stored with its digest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

import pgtrigger
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.foundation.digest import sha256_hex
from dealers.foundation.file_kinds import EVIDENCE, FileKind, kind_of
from dealers.models import ApiKey, StoredFile, User
from dealers.services.audit import Actor, name_of

LARGEST_FILE = 10 << 20
_LONGEST_NAME = 200
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')


class FileTooLarge(Refused):
    code = "file_too_large"
    sentence = _("%(name)s is larger than %(most)s MB; make it smaller or split it.")
    status = 413


class FileEmpty(Refused):
    code = "file_empty"
    sentence = _("%(name)s is empty.")
    status = 422


class FileKindRefused(Refused):
    code = "file_kind_refused"
    sentence = _("%(name)s is not a file of a kind that can be attached, or not what its name says; take %(kinds)s.")
    status = 415


def keep_file(
    *,
    actor: Actor,
    name: str,
    content: bytes | UploadedFile,
    dealer_id: int | None,
    at: datetime,
    accepts: Sequence[FileKind] = EVIDENCE,
) -> StoredFile:
    """Store one file in the caller's transaction; ``dealer_id`` is whose facts it belongs to, None for HQ's own.

    Raises :class:`FileTooLarge`, :class:`FileEmpty` or :class:`FileKindRefused`; nothing is stored then. The caller
    attaches the file to its thing and writes the audit record of that.
    """
    shown = clean_name(name)
    data = _bytes_of(content, shown)
    if not data:
        raise FileEmpty(name=shown)
    kind = kind_of(shown, data)
    if kind is None or kind not in accepts:
        raise FileKindRefused(name=shown, kinds=endings_of(accepts))
    return StoredFile.objects.create(
        dealer_id=dealer_id,
        name=shown,
        media_type=kind.media_type,
        size=len(data),
        sha256=sha256_hex(data),
        content=data,
        kept_at=at,
        kept_by=name_of(actor),
    )


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file the product made itself, which is known for what it is and need not be recognised."""

    dealer_id: int | None
    name: str
    media_type: str
    content: bytes


def keep_made_files(files: Iterable[MadeFile], *, actor: User | ApiKey | None, at: datetime) -> list[StoredFile]:
    """Store files the product made, in the caller's transaction and in their order."""
    rows = [
        StoredFile(
            dealer_id=file.dealer_id,
            name=clean_name(file.name),
            media_type=file.media_type,
            size=len(file.content),
            sha256=sha256_hex(file.content),
            content=file.content,
            kept_at=at,
            kept_by=name_of(actor),
        )
        for file in files
    ]
    return StoredFile.objects.bulk_create(rows, batch_size=100)


def copy_file(file: StoredFile, *, dealer_id: int, at: datetime) -> StoredFile:
    """The same file among a dealer's own, for what headquarters held before there was a dealer."""
    return StoredFile.objects.create(
        dealer_id=dealer_id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        content=bytes(file.content),
        kept_at=at,
        kept_by=file.kept_by,
    )


def erase_files(ids: Iterable[UUID], *, of_dealers: bool = False) -> int:
    """Erase files for good, in the caller's transaction, which holds them unattached by now; how many.

    Only for what strangers left with us: what nothing came of, and, with ``of_dealers``, what the law lets us keep for
    a time only although a dealer worked with it. What a decision stands on stays.
    """
    files = StoredFile.objects.filter(pk__in=list(ids))
    with pgtrigger.ignore("dealers.StoredFile:a_kept_file_is_never_changed"):
        erased, _by_model = (files if of_dealers else files.filter(dealer=None)).delete()
    return erased


def clean_name(name: str) -> str:
    """The last part of a file name without control characters, direction marks or what a file system refuses."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    last = _NOT_IN_A_NAME.sub("", PurePosixPath(plain).name).strip(" .") or "file"
    stem, dot, ending = last.rpartition(".")
    return (
        last
        if len(last) <= _LONGEST_NAME
        else f"{stem[: _LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[-_LONGEST_NAME:]
    )


def endings_of(kinds: Iterable[FileKind]) -> str:
    """The endings of some kinds for a sentence or a file chooser's hint: ``PDF, PNG, JPG``."""
    return ", ".join(kind.endings[0].upper() for kind in kinds)


def _bytes_of(content: bytes | UploadedFile, name: str) -> bytes:
    size = len(content) if isinstance(content, bytes) else content.size or 0
    if size > LARGEST_FILE:
        raise FileTooLarge(name=name, most=LARGEST_FILE >> 20)
    return content if isinstance(content, bytes) else bytes(content.read())
