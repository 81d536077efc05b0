"""The frame of every import: one transaction per file, and one import of a kind at a time.

Two imports of the same file at once therefore give one set of rows: the second waits and finds duplicates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import connection, transaction

from dealers.choices import Door, Feed
from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake
from dealers.foundation.findings import Finding
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import Row
from dealers.models import Dealer, FeedDelivery
from dealers.services.audit import name_of, record_audit
from dealers.services.deliveries import open_delivery
from dealers.services.imports.cells import RowRefused
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Actor, Taking

_IMPORT_LOCK = 0x494D504F  # the first half of a two-part advisory lock; the second is the kind
Then = Callable[[Taking], None]


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of table: what it is recorded as, its columns, and how its rows are taken."""

    feed: Feed
    layout: Layout
    take: Callable[[Taking, RowSource], None]
    #: Settlements reckon with what had been received at their cutoff; master data is not received but in force.
    takes_facts: bool = False
    #: Deliveries of different dealers touch different rows and need not wait for each other.
    per_dealer: bool = False


def import_rows(
    importer: Importer,
    source: RowSource,
    *,
    actor: Actor,
    door: Door,
    delivered_by: str = "",
    dealer: Dealer | None = None,
    body_digest: str = "",
    then: Then | None = None,
) -> FeedDelivery:
    """Take all rows of ``source`` in one transaction and return the delivery, which is the receipt.

    Rows that cannot be taken are in the quarantine. ``then`` runs at the end of the same transaction with what the
    import touched. Raises ``UnusableFile`` with nothing stored when the file breaks off.
    """
    with transaction.atomic():
        in_turn(importer, dealer)
        delivery = open_delivery(
            dealer=dealer,
            feed=importer.feed,
            door=door,
            delivered_by=delivered_by or name_of(actor),
            received_at=clock.now(),
            filename=source.filename,
            body_digest=body_digest,
        )
        taking = Taking(delivery, actor=actor, dealer=dealer)
        remark_unknown_columns(taking, source)
        importer.take(taking, source)
        taking.close()
        record_import(importer, delivery, actor=actor, at=taking.at)
        if then is not None:
            then(taking)
    return delivery


def in_turn(importer: Importer, dealer: Dealer | None) -> None:
    """Wait until this transaction may take rows of the kind, and announce it to settlements."""
    with connection.cursor() as cursor:
        # Turns before the barrier: a waiting import must not keep a settlement waiting.
        wait_for_turn(cursor, importer, dealer)
        if importer.takes_facts:
            enter_intake(cursor)


def remark_unknown_columns(taking: Taking, source: RowSource) -> None:
    """Say which columns of a file were not read."""
    if source.unknown_columns:
        taking.remark(
            "columns_ignored",
            _("the columns %(columns)s are not known and were ignored"),
            columns=", ".join(source.unknown_columns),
        )


def record_import(importer: Importer, delivery: FeedDelivery, *, actor: Actor, at: datetime) -> None:
    """Put a delivery that is through on the audit trail."""
    record_audit(
        actor=actor,
        action=f"{importer.feed}.import",
        subject=delivery,
        at=at,
        dealer_id=delivery.dealer_id,
        after={
            "file": delivery.filename,
            "door": delivery.door,
            "lines": delivery.lines,
            "accepted": delivery.accepted,
            "duplicates": delivery.duplicates,
            "revised": delivery.revised,
            "quarantined": delivery.quarantined,
        },
    )


def broken(taking: Taking, row: Row, *, dealer_id: int | None = None) -> bool:
    """Whether the row could not be read; it is in the quarantine then."""
    if row.problem is None:
        return False
    taking.refuse(row, row.problem, dealer_id=dealer_id)
    return True


def refused(taking: Taking, row: Row, refusal: RowRefused | Finding, *, dealer_id: int | None = None) -> None:
    """Put the row into the quarantine for what its reader found."""
    taking.refuse(row, refusal.finding if isinstance(refusal, RowRefused) else refusal, dealer_id=dealer_id)


def wait_for_turn(cursor: Any, importer: Importer, dealer: Dealer | None = None) -> None:
    """One import of a kind at a time; of a kind whose dealers deliver themselves, one of each dealer.

    The turn lasts until the caller's transaction ends; who has it may import within it.
    """
    kind = importer.feed.value
    if importer.per_dealer and dealer is not None:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_IMPORT_LOCK, _number(kind)])
        kind = f"{kind}:{dealer.pk}"
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_IMPORT_LOCK, _number(kind)])


def _number(name: str) -> int:
    """A name as PostgreSQL's integer."""
    number = crc32(name.encode())
    return number - (1 << 32) if number >= 1 << 31 else number
