"""Taking in a sales report: one pass, one transaction, one receipt."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg2 import Error as DriverError
from psycopg2.errors import DeadlockDetected

from dealers.choices import Coverage, Door, Feed
from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake
from dealers.models import Dealer, FeedDelivery
from dealers.services.deliveries import DeliveryCounts, close_delivery, cover_days, open_delivery
from pricing.selectors.standing_facts import standing_facts
from pricing.services.intake.checking import LinePass
from pricing.services.intake.merging import Batch, LinesChangedMeanwhile, Merged, Merger
from pricing.services.intake.sources import LINES_PER_PORTION, Source

#: Two-part advisory locks: deliveries of one dealer wait for one another, and so do deliveries for many.
_SALES_LOCK = 0x53414C45
_MOST_ATTEMPTS = 3


def take_in_sales(
    *,
    source: Source,
    dealer: Dealer | None,
    door: Door,
    actor_label: str,
    received_at: datetime | None = None,
) -> FeedDelivery:
    """Take in the sale lines of a delivery and return its closed receipt.

    ``dealer`` delivers its own lines; None is HQ delivering for many, each line then names its dealer. Good lines
    are judged and kept, refused ones go to the quarantine, known ones are duplicates or revisions. Everything is in
    one transaction: sent again after any failure, the same report has the same effect once. Memory is bounded for
    reports of any length. Raises :class:`~pricing.services.intake.sources.UnusableDelivery` (or its parent
    ``UnusableFile``) when the report makes no sense as a whole; nothing is stored then.

    ``received_at`` is for tests and takeovers; otherwise it is the present instant, read inside the barrier.
    """
    attempts = _MOST_ATTEMPTS if source.can_repeat and not connection.in_atomic_block else 1
    try:
        for attempt in range(1, attempts + 1):
            try:
                return _in_one_transaction(source, dealer, door, actor_label, received_at)
            except (LinesChangedMeanwhile, DatabaseError, DriverError) as error:
                if attempt == attempts or not _was_a_collision(error):
                    raise
        raise AssertionError("unreachable")
    finally:
        source.close()


def _in_one_transaction(
    source: Source, dealer: Dealer | None, door: Door, actor_label: str, received_at: datetime | None
) -> FeedDelivery:
    with transaction.atomic(), connection.cursor() as cursor:
        enter_intake(cursor)
        in_turn = dealer.pk & 0x7FFFFFFF if dealer else 0
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SALES_LOCK, in_turn])
        delivery = open_delivery(
            dealer=dealer,
            feed=Feed.SALES,
            door=door,
            delivered_by=actor_label,
            received_at=received_at or clock.now(),
            filename=source.filename,
            body_digest=source.body_digest,
        )
        _take(source, delivery, dealer)
        return delivery


def _was_a_collision(error: BaseException) -> bool:
    """Whether two deliveries got in each other's way, which passes when one of them tries again."""
    cause = error.__cause__ or error
    return isinstance(cause, (LinesChangedMeanwhile, DeadlockDetected))


def _take(source: Source, delivery: FeedDelivery, dealer: Dealer | None) -> None:
    facts = standing_facts()
    lines = LinePass(
        dealer=dealer, facts=facts, received_at=delivery.received_at, customer_key=settings.CUSTOMER_HASH_KEY
    )
    with connection.cursor() as cursor:
        merged = _merged(source, delivery, lines, cursor.cursor, names_dealers=dealer is None)
        lines.tally.add(merged.taken_back, facts.categories, -1)
        lines.tally.write(cursor, known_at=delivery.received_at, delivery_id=delivery.pk)
    cover_days(delivery, dict(lines.covered_days()), Coverage.DELIVERED)
    total = merged.accepted + merged.duplicates + merged.revised + merged.quarantined
    counts = DeliveryCounts(total, merged.accepted, merged.duplicates, merged.revised, merged.quarantined)
    close_delivery(delivery, counts, [finding.as_record() for finding in source.remarks()])


def _merged(source: Source, delivery: FeedDelivery, lines: LinePass, cursor: Any, *, names_dealers: bool) -> Merged:
    merger: Merger | None = None
    paused = ExitStack()
    try:
        for portion in source.portions(names_dealers=names_dealers):
            rows = lines.check(portion)
            if merger is None:
                is_large = len(portion.cells) >= LINES_PER_PORTION
                if is_large:
                    cursor.execute("SET LOCAL work_mem = '64MB'")  # a portion is sorted in memory
                    paused.enter_context(without_cycle_search())
                merger = Merger(cursor, delivery=delivery, judge_again=lines.flags_of_revision, in_background=is_large)
            merger.give(Batch(rows, portion.content_of_line, lines.take_refused()))
        return merger.finish() if merger else Merged()
    except BaseException:
        if merger:
            merger.abandon()
        raise
    finally:
        paused.close()


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Spare the interpreter looking for reference cycles among millions of cells; the intake makes none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
