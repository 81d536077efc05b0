"""Which table is taken in by whom, and what has to be judged again after it.

The one place that knows the importers of every app. Doors (command, pages, jobs) call `import_file`; the lines of a
call and corrected lines from the quarantine go through `import_records`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from config.judging_again import JudgingAgain
from dealers.choices import OWN_FEEDS, Door
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile, digest_of_file, unpacked_bytes
from dealers.foundation.trade_messages import MOST_BYTES, recognise
from dealers.models import Dealer, FeedDelivery, QuarantinedLine, TradeFileReceived
from dealers.services.audit import name_of
from dealers.services.file_intakes import PART_LINES
from dealers.services.imports.adjustments import OWN_STOCK_ADJUSTMENTS, STOCK_ADJUSTMENTS
from dealers.services.imports.alliances import ALLIANCES
from dealers.services.imports.dealers import DEALERS
from dealers.services.imports.importing import Importer, import_rows
from dealers.services.imports.inventory import INVENTORY, OWN_INVENTORY
from dealers.services.imports.list_prices import LIST_PRICES
from dealers.services.imports.notes import SheetNotes
from dealers.services.imports.parts import import_in_parts
from dealers.services.imports.products import product_importer
from dealers.services.imports.regions import REGIONS
from dealers.services.imports.shipments import SHIPMENTS
from dealers.services.imports.sources import Progress, RecordSource, TableSource
from dealers.services.imports.taking import Actor
from dealers.services.quarantine import Resubmitted, close_corrected, resubmit_line, resubmit_lines
from pricing.selectors.moved_products import sold
from pricing.services.imports.bands import BANDS
from pricing.services.imports.observations import OBSERVATIONS
from pricing.services.imports.promos import PROMOS
from pricing.services.intake import LineReport, TableReport, take_in_parts, take_in_sales, was_a_collision
from pricing.services.trade import take_trade_messages
from rebates.services.scorecards.importing import SALES_TARGETS

#: Kind to importer, in the order in which a company is taken over.
IMPORTERS: Mapping[str, Importer] = {
    "regions": REGIONS,
    "alliances": ALLIANCES,
    "dealers": DEALERS,
    "products": product_importer(sold),
    "list_prices": LIST_PRICES,
    "bands": BANDS,
    "promos": PROMOS,
    "shipments": SHIPMENTS,
    "inventory": INVENTORY,
    "stock_adjustments": STOCK_ADJUSTMENTS,
    "market_observations": OBSERVATIONS,
    "sales_targets": SALES_TARGETS,
}
SALES = "sales"
KINDS = (*IMPORTERS, SALES)
#: How often a file is begun anew, or gone on with, after it collided with another delivery.
_MOST_ATTEMPTS = 3
_HEAD_BYTES = 4_096


def import_file(
    *,
    kind: str,
    given: str | os.PathLike[str] | IO[bytes],
    actor: Actor,
    door: Door,
    dealer: Dealer | None = None,
    filename: str | None = None,
    delivered_by: str = "",
    handed_over_at: datetime | None = None,
    part_lines: int = PART_LINES,
    on_progress: Progress | None = None,
    on_part: Progress | None = None,
) -> FeedDelivery:
    """Take a whole file; the delivery is the receipt.

    ``dealer`` is the dealer that delivers its own file, None when HQ delivers. Master data, and facts of up to
    ``part_lines`` lines, are one transaction. A longer file is taken in parts; given again after it was interrupted, it
    goes on behind the last part. ``on_progress`` hears while lines are read, ``on_part`` only between transactions.

    Raises ``UnusableFile`` when the file cannot be read as a table of this kind, with nothing stored, and
    :class:`~dealers.services.file_intakes.BrokenOff` when that shows after its first part.
    """
    file = _File(
        kind,
        given,
        actor,
        door,
        dealer,
        filename,
        delivered_by or name_of(actor),
        handed_over_at,
        part_lines,
        on_progress,
        on_part,
    )
    take = _import_sales if kind == SALES else _import_rows
    for attempt in range(1, _MOST_ATTEMPTS + 1):
        try:
            return take(file)
        except Exception as error:
            if attempt == _MOST_ATTEMPTS or not was_a_collision(error) or connection.in_atomic_block:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class _File:
    """A file as `import_file` was given it."""

    kind: str
    given: str | os.PathLike[str] | IO[bytes]
    actor: Actor
    door: Door
    dealer: Dealer | None
    filename: str | None
    delivered_by: str
    handed_over_at: datetime | None
    part_lines: int
    on_progress: Progress | None
    on_part: Progress | None


def _import_sales(file: _File) -> FeedDelivery:
    report = TableReport(file.given, file.filename, progress=file.on_progress, lines_per_portion=file.part_lines)
    if not report.body_digest:
        return take_in_sales(source=report, dealer=file.dealer, door=file.door, actor_label=file.delivered_by)
    with _with_corrections(report.notes, file.actor) as corrected:
        delivery = take_in_parts(
            source=report,
            dealer=file.dealer,
            door=file.door,
            actor_label=file.delivered_by,
            handed_over_at=file.handed_over_at,
            part_lines=file.part_lines,
            on_part=file.on_part,
        )
        corrected(delivery)
    return delivery


def _import_rows(file: _File) -> FeedDelivery:
    importer = _importer(file.kind, file.dealer)
    digest = digest_of_file(file.given)
    source = TableSource(file.given, importer.layout, filename=file.filename, on_progress=file.on_progress)
    common: dict[str, Any] = {
        "actor": file.actor,
        "door": file.door,
        "dealer": file.dealer,
        "delivered_by": file.delivered_by,
    }
    if importer.takes_facts and digest:
        with _with_corrections(source.notes, file.actor) as corrected:
            delivery = import_in_parts(
                importer,
                source,
                digest=digest,
                handed_over_at=file.handed_over_at,
                part_lines=file.part_lines,
                on_part=file.on_part,
                **common,
            )
            corrected(delivery)
        return delivery
    again = JudgingAgain()
    delivery = import_rows(importer, source, then=again, **common)
    if file.door == Door.COMMAND:
        again.now()
    return delivery


@contextmanager
def _with_corrections(notes: SheetNotes, actor: Actor) -> Iterator[Callable[[FeedDelivery], int]]:
    """Let a file that names refused lines put them right, in one transaction with taking it."""
    with transaction.atomic() if notes.names_refused_lines else nullcontext():
        yield lambda delivery: close_corrected(delivery, notes.corrects, actor=actor, at=clock.now())


def import_records(
    *,
    kind: str,
    records: Sequence[Mapping[str, Any]],
    actor: Actor,
    door: Door,
    dealer: Dealer | None = None,
    delivered_by: str = "",
    body_digest: str = "",
) -> FeedDelivery:
    """Take the lines of a call, or of a correction, as `import_file` takes the rows of a file."""
    if kind == SALES:
        lines = LineReport(enumerate(records, 1))
        return take_in_sales(source=lines, dealer=dealer, door=door, actor_label=delivered_by or name_of(actor))
    importer = _importer(kind, dealer)
    source = RecordSource(records, importer.layout)
    return import_rows(
        importer,
        source,
        actor=actor,
        door=door,
        dealer=dealer,
        delivered_by=delivered_by,
        body_digest=body_digest,
        then=JudgingAgain(),
    )


def resubmit(
    *, line_id: int, content: Mapping[str, Any], dealer: Dealer | None, actor: Actor, at: datetime
) -> FeedDelivery:
    """Take a corrected line in, whatever it is a line of; the delivery is the receipt.

    ``dealer`` corrects its own lines, None is HQ correcting what HQ delivered. Raises
    :class:`~dealers.errors.NotFound` or :class:`~dealers.services.quarantine.LineNotOpen`.
    """

    def take_in(line: QuarantinedLine, corrected: Mapping[str, Any]) -> FeedDelivery:
        # Shipments and master data are HQ's, whosever lines they are about.
        if dealer is not None and line.feed not in OWN_FEEDS:
            raise NotFound(what=gettext_lazy("refused line"), key=line_id)
        return import_records(kind=line.feed, records=[corrected], actor=actor, door=Door.RESUBMISSION, dealer=dealer)

    return resubmit_line(line_id=line_id, content=content, dealer=dealer, actor=actor, at=at, take_in=take_in)


def resubmit_many(
    *, contents: Mapping[int, Mapping[str, Any] | None], dealer: Dealer, actor: Actor, at: datetime
) -> Resubmitted:
    """Take many corrected lines of a dealer in, one delivery for each kind; None sends a line again as it came.

    Raises :class:`~dealers.errors.NotFound` when one of the lines is not the dealer's to correct.
    """

    def take_in(feed: str, corrected: Sequence[Mapping[str, Any]]) -> FeedDelivery:
        if feed not in OWN_FEEDS:
            raise NotFound(what=gettext_lazy("refused line"), key=feed)
        return import_records(kind=feed, records=corrected, actor=actor, door=Door.RESUBMISSION, dealer=dealer)

    return resubmit_lines(contents=contents, dealer=dealer, actor=actor, at=at, take_in=take_in)


def _importer(kind: str, dealer: Dealer | None) -> Importer:
    if dealer is None:
        return IMPORTERS[kind]
    return {"inventory": OWN_INVENTORY, "stock_adjustments": OWN_STOCK_ADJUSTMENTS}[kind]


def import_trade_messages(
    *,
    given: IO[bytes],
    dealer: Dealer,
    actor: Actor,
    door: Door,
    filename: str = "",
    delivered_by: str = "",
    begun_since: datetime | None = None,
    on_message: Callable[[float], None] | None = None,
) -> TradeFileReceived:
    """Take a file of trade messages that ``dealer`` delivers, gzipped or not; its messages name the receipts.

    ``begun_since`` and ``on_message`` as in :func:`dealers.services.trade.taking.take_messages`.
    Raises ``UnusableFile`` with nothing stored when it is none or larger than the 64 MiB that one file may have.
    """
    body = unpacked_bytes(given, MOST_BYTES)
    return take_trade_messages(
        body=body,
        dealer=dealer,
        actor=actor,
        door=door,
        filename=filename,
        delivered_by=delivered_by,
        begun_since=begun_since,
        on_message=on_message,
    )


def is_trade_messages(given: IO[bytes]) -> bool:
    """Whether a file is one of trade messages by its content; its position is left at the beginning."""
    try:
        return recognise(unpacked_bytes(given, _HEAD_BYTES, cut=True)) is not None
    except UnusableFile:
        return False
