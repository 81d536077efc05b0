"""A dealer's archive: asked for, written in the background, kept for some days, fetched."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.choices import JobState
from dealers.errors import NotFound
from dealers.foundation.clock import business_day
from dealers.models import Dealer, JobRun, User
from dealers.principals import DealerReader
from dealers.scope import row_scope
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.jobs import request_job
from settlement.documents.archive_file import write_archive_file
from settlement.models import ArchivePiece, DealerArchive
from settlement.permissions import require
from settlement.services.exports import KEPT

#: The background job that writes an archive.
WRITE_ARCHIVE = "settlement.write_archive"
PIECE = 1 << 20

Progress = Callable[[int], None]


@transaction.atomic
def request_archive(*, dealer: Dealer, actor: User, at: datetime) -> DealerArchive:
    """Have the archive of a dealer written in the background; one that is being written is not begun again."""
    require(actor, "archives.ask")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    for waiting in DealerArchive.objects.filter(dealer=dealer, finished_at=None):
        busy = JobRun.objects.filter(task=WRITE_ARCHIVE, key=str(waiting.pk))
        if busy.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
            return waiting
    asked = DealerArchive.objects.create(dealer=dealer, requested_by=actor, requested_at=at)
    request_job(task=WRITE_ARCHIVE, key=str(asked.pk), params={"archive": asked.pk}, actor=actor, at=at)
    record_audit(actor=actor, action="archive.request", subject=asked, at=at, dealer_id=dealer.pk)
    return asked


def write_archive(asked: DealerArchive, *, at: datetime, on_progress: Progress = lambda _: None) -> DealerArchive:
    """Write an archive and keep it in pieces; the dealer's earlier ones are taken away. Written once.

    Everything is read within the dealer's own row scope: should a query forget whose rows it wants, the database
    does not.
    """
    if asked.finished_at is not None:
        return asked
    dealer = asked.dealer
    with tempfile.TemporaryFile() as file, row_scope(str(dealer.pk)):
        members = write_archive_file(DealerReader(dealer), file, at=at, on_progress=on_progress)
        asked.size = file.tell()
        with transaction.atomic():
            _take_away(DealerArchive.objects.filter(dealer=dealer, finished_at__isnull=False, forgotten_at=None), at)
            ArchivePiece.objects.filter(archive=asked).delete()
            asked.sha256 = _keep(asked, file)
            asked.name = f"halfmoon-{dealer.code}-{business_day(at).isoformat()}.zip"
            asked.members = len(members) + 1
            asked.rows = sum(member.rows or 0 for member in members if member.path.endswith(".csv"))
            asked.finished_at = at
            asked.save(update_fields=["size", "sha256", "name", "members", "rows", "finished_at"])
    return asked


def _keep(asked: DealerArchive, file: IO[bytes]) -> str:
    """Store the file piece by piece; its digest."""
    digest = hashlib.sha256()
    file.seek(0)
    number = 0
    while piece := file.read(PIECE):
        digest.update(piece)
        ArchivePiece.objects.create(archive=asked, dealer_id=asked.dealer_id, number=number, content=piece)
        number += 1
    return digest.hexdigest()


@transaction.atomic
def fetch_archive(*, archive: DealerArchive, actor: User, at: datetime) -> Iterator[bytes]:
    """The bytes, piece by piece; that they were fetched is on record."""
    require(actor, "archives.view")
    record_audit(
        actor=actor,
        action="archive.fetch",
        subject=archive,
        at=at,
        after={"sha256": archive.sha256, "bytes": archive.size},
        dealer_id=archive.dealer_id,
    )
    return _pieces(archive)


def _pieces(archive: DealerArchive) -> Iterator[bytes]:
    for number in range(-(-archive.size // PIECE)):
        yield bytes(ArchivePiece.objects.values_list("content", flat=True).get(archive=archive, number=number))


@transaction.atomic
def forget_archives(*, at: datetime) -> int:
    """Take away the archives that have been there long enough; how many. Safe to run twice."""
    return _take_away(DealerArchive.objects.filter(finished_at__lt=at - KEPT, forgotten_at=None), at)


def _take_away(found: QuerySet[DealerArchive], at: datetime) -> int:
    keys = list(found.values_list("pk", flat=True))
    ArchivePiece.objects.filter(archive__in=keys).delete()
    return DealerArchive.objects.filter(pk__in=keys).update(forgotten_at=at)
