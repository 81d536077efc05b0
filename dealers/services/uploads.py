"""Keeping uploaded files until they are taken in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, cast

from django.db import transaction

from dealers.models import Dealer, Upload, UploadPiece, User
from dealers.services.refused_content import clean_text

#: How long a file that was only tried waits to be handed in.
KEPT_FOR = timedelta(days=1)
_PIECE_BYTES = 1 << 20
_KEPT_IN_MEMORY_BYTES = 4 << 20


def keep_upload(
    *, dealer: Dealer, feed: str, filename: str, content: IO[bytes], rehearsal: bool, actor: User, at: datetime
) -> Upload:
    """Keep a file piece by piece; memory holds one piece at a time."""
    with transaction.atomic():
        upload = Upload.objects.create(
            dealer=dealer,
            feed=feed,
            filename=clean_text(filename, 255),
            size=0,
            uploaded_by=actor,
            uploaded_at=at,
            rehearsal=rehearsal,
        )
        content.seek(0)
        number = 0
        while piece := content.read(_PIECE_BYTES):
            UploadPiece.objects.create(upload=upload, dealer=dealer, number=number, content=piece)
            upload.size += len(piece)
            number += 1
        upload.save(update_fields=["size"])
    return upload


@contextmanager
def opened(upload: Upload) -> Iterator[IO[bytes]]:
    """The kept file as a stream that can be read at random, on this machine's disk when it is large."""
    with tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY_BYTES) as file:
        pieces = upload.pieces.order_by("number")
        for number in pieces.values_list("number", flat=True):
            file.write(bytes(upload.pieces.values_list("content", flat=True).get(number=number)))
        file.seek(0)
        yield cast("IO[bytes]", file)


def is_kept(upload: Upload) -> bool:
    """Whether the file is still there."""
    return upload.pieces.exists()


def let_go(upload: Upload) -> None:
    """Remove the file; what became of it stays on record."""
    upload.pieces.all().delete()


def forget_uploads(*, at: datetime) -> int:
    """Remove files that were tried and never handed in, and those of jobs given up; how many."""
    old = UploadPiece.objects.filter(upload__uploaded_at__lt=at - KEPT_FOR, upload__finished_at__isnull=False)
    uploads = old.values("upload").distinct().count()
    old.delete()
    return uploads
