"""Keeping account of a large file that is taken in parts.

Each part is one transaction: its lines, their counts on the receipt and the line up to which the file is taken are
there together or not at all. Whoever takes the same file (by its digest) again while it is unfinished goes on behind
that line and adds to the same receipt, so a killed process loses no line and doubles none.

The days that lines cover are noted with the parts and count only when the whole file is through: half a day delivered
must not stop a clock.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from dealers.choices import Feed
from dealers.errors import Refused
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import Refused as Unreadable
from dealers.foundation.refusals import msgid
from dealers.models import Dealer, FeedDelivery, FileIntake, FilePart
from dealers.services.deliveries import DeliveryCounts, close_delivery

#: A part is one transaction, and a settlement waits for one at most.
PART_LINES = 200_000
_FILE_LOCK = 0x46494C45_00000000


@contextmanager
def alone_with_file(digest: str) -> Iterator[None]:
    """Take a file by one process at a time; another one waits. The lock ends with the session, so also by a kill."""
    number = _FILE_LOCK | int(digest[:8] or "0", 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def unfinished_intake(*, dealer: Dealer | None, feed: Feed, digest: str) -> FileIntake | None:
    """The same file's intake that did not come to its end, or None."""
    intakes = FileIntake.objects.select_related("delivery", "delivery__dealer")
    return intakes.filter(dealer=dealer, feed=feed, digest=digest, finished_at__isnull=True).first()


def begin_parts(delivery: FeedDelivery, *, digest: str, at: datetime) -> FileIntake:
    """Note, with the first part, that a file has more than one."""
    return FileIntake.objects.create(
        delivery=delivery, dealer=delivery.dealer, feed=delivery.feed, digest=digest, seen_at=at
    )


def note_part(
    intake: FileIntake, *, counts: DeliveryCounts, last_line: int, percent: int, covered: set[int], at: datetime
) -> None:
    """Add a part to the account and to the receipt, in the transaction that took its lines."""
    FilePart.objects.create(
        intake=intake,
        dealer_id=intake.dealer_id,
        number=intake.parts.count() + 1,
        last_line=last_line,
        lines=counts.lines,
        known_from=at,
        covered=packed(covered),
    )
    intake.last_line, intake.percent, intake.seen_at, intake.stopped = last_line, percent, at, {}
    intake.save(update_fields=["last_line", "percent", "seen_at", "stopped"])
    delivery = intake.delivery
    before = DeliveryCounts(
        delivery.lines, delivery.accepted, delivery.duplicates, delivery.revised, delivery.quarantined
    )
    close_delivery(delivery, before + counts, delivery.remarks)


def finish_parts(intake: FileIntake, *, at: datetime) -> None:
    """Note, with the last part, that the file is through."""
    intake.finished_at, intake.percent = at, 100
    intake.save(update_fields=["finished_at", "percent"])
    intake.parts.update(covered=b"")


class BrokenOff(Refused):
    """A large file could not be read any further. What stands on the receipt so far is kept."""

    code = "file_broken_off"
    sentence = _(
        "%(file)s broke off behind line %(line)s: it %(reason)s. What stands before is stored; give the same file "
        "again to go on there."
    )
    status = 422

    def __init__(self, delivery: FeedDelivery, **params: Any) -> None:
        super().__init__(**params)
        self.delivery = delivery


def broken_off(intake: FileIntake, error: Exception) -> BrokenOff:
    """Note why the file could not be read any further, and say so to whoever gave it."""
    # The row as it was before the part that failed.
    intake = FileIntake.objects.select_related("delivery").get(pk=intake.pk)
    unreadable = Finding("file_unreadable", Severity.ERROR, msgid("cannot be read: %(reason)s"), {"reason": str(error)})
    finding = Finding.from_refusal(error) if isinstance(error, Unreadable) else unreadable
    intake.stopped = finding.as_record()
    intake.save(update_fields=["stopped"])
    delivery = intake.delivery
    return BrokenOff(delivery, file=delivery.filename, line=intake.last_line, reason=finding.render())


def covered_so_far(intake: FileIntake) -> set[int]:
    """The days, as numbers, that the parts taken so far cover."""
    days: set[int] = set()
    for covered in intake.parts.values_list("covered", flat=True):
        days.update(unpacked(bytes(covered)))
    return days


def packed(numbers: set[int]) -> bytes:
    """Numbers as few bytes: sorted, each as its distance from the one before."""
    steps = array("q")
    last = 0
    for number in sorted(numbers):
        steps.append(number - last)
        last = number
    return zlib.compress(steps.tobytes(), 1) if steps else b""


def unpacked(content: bytes) -> Iterator[int]:
    """What `packed` packed."""
    steps = array("q")
    steps.frombytes(zlib.decompress(content) if content else b"")
    number = 0
    for step in steps:
        number += step
        yield number
