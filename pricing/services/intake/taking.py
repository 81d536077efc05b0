"""Taking in a sales report: one pass, one transaction, one receipt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg2 import Error as DriverError
from psycopg2.errors import DeadlockDetected

from dealers.choices import Door, Feed
from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake
from dealers.models import Dealer, FeedDelivery
from dealers.services.deliveries import close_delivery, open_delivery
from pricing.services.intake.checking import days_by_dealer
from pricing.services.intake.merging import LinesChangedMeanwhile
from pricing.services.intake.part import take_part
from pricing.services.intake.portions import Portions
from pricing.services.intake.sources import Source

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
    reports of any length; files too long for one transaction are taken by
    :func:`~pricing.services.intake.parts.take_in_parts`. Raises
    :class:`~pricing.services.intake.sources.UnusableDelivery` (or its parent ``UnusableFile``) when the report makes
    no sense as a whole; nothing is stored then.

    ``received_at`` is for tests and takeovers; otherwise it is the present instant, read inside the barrier.
    """
    attempts = _MOST_ATTEMPTS if source.can_repeat and not connection.in_atomic_block else 1
    try:
        for attempt in range(1, attempts + 1):
            try:
                return _in_one_transaction(source, dealer, door, actor_label, received_at)
            except (LinesChangedMeanwhile, DatabaseError, DriverError) as error:
                if attempt == attempts or not was_a_collision(error):
                    raise
        raise AssertionError("unreachable")
    finally:
        source.close()


def _in_one_transaction(
    source: Source, dealer: Dealer | None, door: Door, actor_label: str, received_at: datetime | None
) -> FeedDelivery:
    with in_turn(dealer) as cursor:
        delivery = open_sales(source, dealer, door, actor_label, received_at or clock.now())
        portions = Portions(source.portions(names_dealers=dealer is None))
        taken = take_part(portions, None, delivery=delivery, dealer=dealer, cursor=cursor, at=delivery.received_at)
        remarks = [finding.as_record() for finding in source.remarks()]
        close_delivery(delivery, taken.counts, remarks, delivered=dict(days_by_dealer(taken.covered)))
        return delivery


@contextmanager
def in_turn(dealer: Dealer | None) -> Iterator[Any]:
    """A transaction that has entered the intake and in which no other of the same dealer is taken in; its cursor."""
    with transaction.atomic(), connection.cursor() as cursor:
        enter_intake(cursor, turn=(_SALES_LOCK, dealer.pk & 0x7FFFFFFF if dealer else 0))
        yield cursor


def open_sales(
    source: Source, dealer: Dealer | None, door: Door, actor_label: str, received_at: datetime
) -> FeedDelivery:
    """The receipt of a sales report, still without counts."""
    return open_delivery(
        dealer=dealer,
        feed=Feed.SALES,
        door=door,
        delivered_by=actor_label,
        received_at=received_at,
        filename=source.filename,
        body_digest=source.body_digest,
    )


def was_a_collision(error: BaseException) -> bool:
    """Whether two deliveries got in each other's way, which passes when one of them tries again."""
    cause = error.__cause__ or error
    return isinstance(cause, (LinesChangedMeanwhile, DeadlockDetected))
