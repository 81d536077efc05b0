"""A file of facts too long for one transaction, taken part by part; one receipt for all of it.

Only facts are taken so. Master data decides about what else is in the file and stays one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice

from django.db import transaction

from dealers.choices import Door
from dealers.foundation import clock
from dealers.foundation.tabular import Row, UnusableFile
from dealers.models import Dealer, FeedDelivery, FileIntake
from dealers.services.audit import name_of
from dealers.services.deliveries import close_delivery, open_delivery
from dealers.services.file_intakes import (
    PART_LINES,
    alone_with_file,
    begin_parts,
    broken_off,
    finish_parts,
    note_part,
    unfinished_intake,
)
from dealers.services.imports.importing import Importer, in_turn, record_import, remark_unknown_columns
from dealers.services.imports.sources import TableSource
from dealers.services.imports.taking import MOST_REMARKS, Actor, Taking


def import_in_parts(
    importer: Importer,
    source: TableSource,
    *,
    digest: str,
    actor: Actor,
    door: Door,
    delivered_by: str = "",
    dealer: Dealer | None = None,
    handed_over_at: datetime | None = None,
    part_lines: int = PART_LINES,
    on_part: Callable[[float], None] | None = None,
) -> FeedDelivery:
    """Take the rows as `import_rows` does, in as many transactions as it needs.

    A file of one part is there whole or not at all. The same file given again before it is through, known by its
    ``digest``, goes on behind the last part taken. Raises ``UnusableFile`` with nothing stored while it is at the first
    part, :class:`~dealers.services.file_intakes.BrokenOff` later.
    """
    with alone_with_file(digest):
        intake = unfinished_intake(dealer=dealer, feed=importer.feed, digest=digest)
        delivery = intake.delivery if intake else None
        rows = _Window(source, after_line=intake.last_line if intake else 0, most=part_lines)
        while True:
            try:
                with transaction.atomic():
                    in_turn(importer, dealer)
                    at = clock.now()
                    receipt = delivery or open_delivery(
                        dealer=dealer,
                        feed=importer.feed,
                        door=door,
                        delivered_by=delivered_by or name_of(actor),
                        received_at=handed_over_at or at,
                        filename=source.filename,
                        body_digest=digest,
                    )
                    part = _take(importer, rows, receipt, intake, actor=actor, dealer=dealer, digest=digest, at=at)
            except (UnusableFile, OSError, EOFError, UnicodeError) as error:
                if intake is None or delivery is None:
                    raise
                raise broken_off(intake, error) from error
            delivery, intake = receipt, part
            if on_part is not None:
                on_part(1.0 if rows.is_over else source.share_read)
            if rows.is_over:
                return delivery


def _take(
    importer: Importer,
    rows: _Window,
    delivery: FeedDelivery,
    intake: FileIntake | None,
    *,
    actor: Actor,
    dealer: Dealer | None,
    digest: str,
    at: datetime,
) -> FileIntake | None:
    """Take one part in the caller's transaction; the account of the parts, None when the file has but one."""
    taking = Taking(delivery, actor=actor, dealer=dealer, at=at)
    if intake is None:
        remark_unknown_columns(taking, rows.source)
    importer.take(taking, rows)
    counts = taking.end()
    noted = [finding.as_record() for finding in rows.source.notes.remarks()] if rows.is_over else []
    delivery.remarks = [*delivery.remarks, *taking.remarks()][: MOST_REMARKS + 1] + noted
    if intake is None and not rows.is_over:
        intake = begin_parts(delivery, digest=digest, at=at)
    if intake is None:
        close_delivery(delivery, counts, delivery.remarks)
    else:
        intake.delivery = delivery
        percent = round(rows.source.share_read * 100)
        note_part(intake, counts=counts, last_line=rows.last_line, percent=percent, covered=set(), at=at)
        if rows.is_over:
            finish_parts(intake, at=at)
    if rows.is_over:
        record_import(importer, delivery, actor=actor, at=at)
    return intake


class _Window:
    """The next rows of a source, as a source of their own."""

    unknown_columns: tuple[str, ...] = ()

    def __init__(self, source: TableSource, *, after_line: int, most: int) -> None:
        self.source = source
        self.filename = source.filename
        self.last_line = after_line
        self.is_over = False
        self._most = most
        self._rows = (row for row in source if row.line_no > after_line)
        self._next: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        ahead = [] if self._next is None else [self._next]
        for row in islice(chain(ahead, self._rows), self._most):
            self.last_line = row.line_no
            yield row
        self._next = next(self._rows, None)
        self.is_over = self._next is None
