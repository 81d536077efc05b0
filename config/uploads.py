"""What becomes of an uploaded file: tried, so that nothing of it is stored, or taken; small ones in the request.

A trial goes the same way in as the real thing, in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils import translation

from config.imports import import_file
from config.trade_uploads import TRADE, take_trade_file, try_trade_file
from dealers.choices import Door
from dealers.foundation import clock
from dealers.foundation.findings import Finding
from dealers.foundation.tabular import UnusableFile
from dealers.models import FeedDelivery, JobRun, QuarantinedLine, Upload, User
from dealers.services.file_intakes import PART_LINES, BrokenOff
from dealers.services.jobs import request_job
from dealers.services.uploads import is_kept, let_go, opened

TAKE_UPLOAD = "config.take_upload"
#: Files up to this size are taken while the person waits; what is compressed grows when it is opened.
SMALL_BYTES, SMALL_PACKED_BYTES = 1 << 20, 1 << 18
#: How often the bar of a background upload moves.
LINES_PER_STEP = 50_000
MOST_PROBLEMS_KEPT = 1_000
_PACKED = (b"PK\x03\x04", b"\x1f\x8b")


class _Undone(Exception):
    """Takes everything back that the trial did; carries what it found."""

    def __init__(self, outcome: dict[str, Any]) -> None:
        super().__init__()
        self.outcome = outcome


class _Enough(Exception):
    """The trial has seen its first part."""


def is_small(content: IO[bytes], size: int) -> bool:
    """Whether a file can be taken while the person waits."""
    content.seek(0)
    packed = content.read(4).startswith(_PACKED)
    content.seek(0)
    return size <= (SMALL_PACKED_BYTES if packed else SMALL_BYTES)


def try_file(*, feed: str, content: IO[bytes], filename: str, upload_of: User) -> dict[str, Any]:
    """What would become of a file; nothing is stored. Looks at its first 200,000 lines (``PART_LINES``).

    Raises ``UnusableFile``.
    """

    def enough(share: float) -> None:
        if share < 1.0:
            raise _Enough

    try:
        with transaction.atomic():
            before = FeedDelivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            whole = True
            try:
                _take(feed, content, filename, upload_of, None, enough, PART_LINES)
            except _Enough:
                whole = False
            delivery = FeedDelivery.objects.filter(pk__gt=before, dealer=upload_of.dealer).latest("pk")
            raise _Undone(_outcome(delivery, whole))
    except _Undone as undone:
        return undone.outcome


def take_file(*, feed: str, content: IO[bytes], filename: str, upload_of: User) -> FeedDelivery:
    """Take a small file while the person waits. Raises ``UnusableFile`` with nothing stored."""
    return _take(feed, content, filename, upload_of, None, None, PART_LINES)


def request_upload(upload: Upload, *, actor: User, at: datetime) -> JobRun:
    """Have a kept file tried or taken in the background, as it says."""
    upload.job = request_job(task=TAKE_UPLOAD, key=str(upload.number), params={"upload": upload.pk}, actor=actor, at=at)
    upload.finished_at = None
    upload.save(update_fields=["job", "rehearsal", "finished_at"])
    return upload.job


def run_upload(upload: Upload, *, on_progress: Callable[[int], None]) -> None:
    """Try or take a kept file. May be run again after a kill: it goes on, and a file taken already is not taken twice.

    A file that cannot be used ends the upload with its reason; it is not an error of the job's.
    """
    if upload.finished_at is not None:
        return
    try:
        if upload.feed == TRADE:
            upload.outcome = _messages_told(upload, on_progress)
        elif upload.rehearsal:
            with opened(upload) as content:
                upload.outcome = try_file(
                    feed=upload.feed, content=content, filename=upload.filename, upload_of=upload.uploaded_by
                )
        else:
            upload.delivery = _taken_already(upload) or _taken_now(upload, on_progress)
    except UnusableFile as error:
        upload.outcome = {"unusable": Finding.from_refusal(error).as_record()}
    except BrokenOff as error:
        upload.delivery = error.delivery
    finish_upload(upload, at=clock.now())


def finish_upload(upload: Upload, *, at: datetime) -> None:
    """Write what became of the file; one that was tried successfully waits to be handed in, others are let go."""
    with transaction.atomic():
        upload.finished_at = at
        upload.save(update_fields=["outcome", "delivery", "finished_at"])
        if not upload.rehearsal or "unusable" in upload.outcome:
            let_go(upload)


def _messages_told(upload: Upload, on_progress: Callable[[int], None]) -> dict[str, Any]:
    """Try or take a file of trade messages; what is kept of it: where the file is, or what a trial found."""
    dealer, actor = upload.dealer, upload.uploaded_by
    with opened(upload) as content, translation.override(upload.uploaded_by.language):
        if upload.rehearsal:
            tried = try_trade_file(content=content, filename=upload.filename, dealer=dealer, actor=actor)
            return {"messages": tried.counts, "reasons": list(tried.reasons)}
        file = take_trade_file(
            content=content,
            filename=upload.filename,
            begun_since=upload.uploaded_at,
            on_message=lambda share: on_progress(round(share * 100)),
            dealer=dealer,
            actor=actor,
        )
        return {"file": str(file.number)}


def _taken_now(upload: Upload, on_progress: Callable[[int], None]) -> FeedDelivery:
    def on_part(share: float) -> None:
        on_progress(round(share * 100))

    with opened(upload) as content:
        return _take(
            upload.feed, content, upload.filename, upload.uploaded_by, upload.uploaded_at, on_part, LINES_PER_STEP
        )


def _taken_already(upload: Upload) -> FeedDelivery | None:
    """The delivery of a run that was killed after its last part: the instant it was handed over names it."""
    if not is_kept(upload):
        return upload.delivery
    found = FeedDelivery.objects.filter(
        dealer=upload.dealer, feed=upload.feed, door=Door.PORTAL, received_at=upload.uploaded_at
    )
    return found.filter(intake__isnull=True).first() or found.filter(intake__finished_at__isnull=False).first()


def _take(
    feed: str,
    content: IO[bytes],
    filename: str,
    person: User,
    handed_over_at: datetime | None,
    on_part: Callable[[float], None] | None,
    part_lines: int,
) -> FeedDelivery:
    return import_file(
        kind=feed,
        given=content,
        actor=person,
        door=Door.PORTAL,
        dealer=person.dealer,
        filename=filename,
        delivered_by=person.get_username(),
        handed_over_at=handed_over_at,
        part_lines=part_lines,
        on_part=on_part,
    )


def _outcome(delivery: FeedDelivery, whole: bool) -> dict[str, Any]:
    refused = QuarantinedLine.objects.filter(delivery=delivery).order_by("line", "id")[:MOST_PROBLEMS_KEPT]
    return {
        "lines": delivery.lines,
        "accepted": delivery.accepted,
        "duplicates": delivery.duplicates,
        "revised": delivery.revised,
        "quarantined": delivery.quarantined,
        "whole": whole,
        "remarks": delivery.remarks[:100],
        "problems": [
            {
                "line": line.line,
                "field": line.field,
                "value": line.value,
                "code": line.code,
                "params": line.params,
                "content": line.content,
            }
            for line in refused
        ],
    }
