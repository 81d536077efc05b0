"""The lines that one transaction takes in: all of a report, or a part of a large file."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from dealers.models import Dealer, FeedDelivery
from dealers.services.deliveries import DeliveryCounts
from pricing.selectors.standing_facts import standing_facts
from pricing.services.intake.checking import LinePass
from pricing.services.intake.merging import Batch, Merged, Merger
from pricing.services.intake.portions import Portions
from pricing.services.intake.sources import LINES_PER_PORTION


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the lines, and the days they cover as numbers (see ``checking.days_by_dealer``)."""

    counts: DeliveryCounts
    covered: set[int]


def take_part(
    portions: Portions, lines: int | None, *, delivery: FeedDelivery, dealer: Dealer | None, cursor: Any, at: datetime
) -> Taken:
    """Check, judge, merge and add up the next ``lines`` lines (None: all) in the caller's transaction.

    They are known from ``at``, which was read inside the barrier; late is judged by when the delivery was received.
    The standing facts are those of now: what changes them between two parts has every line judged again that was in
    the table by then.
    """
    facts = standing_facts()
    checked = LinePass(
        dealer=dealer, facts=facts, received_at=delivery.received_at, customer_key=settings.CUSTOMER_HASH_KEY
    )
    merged = _merged(portions, lines, checked, delivery=delivery, cursor=cursor, at=at)
    checked.tally.add(merged.taken_back, facts.categories, -1)
    checked.tally.write(cursor, known_at=at, delivery_id=delivery.pk)
    total = merged.accepted + merged.duplicates + merged.revised + merged.quarantined
    counts = DeliveryCounts(total, merged.accepted, merged.duplicates, merged.revised, merged.quarantined)
    return Taken(counts, checked.covered)


def _merged(
    portions: Portions, lines: int | None, checked: LinePass, *, delivery: FeedDelivery, cursor: Any, at: datetime
) -> Merged:
    merger: Merger | None = None
    paused = ExitStack()
    try:
        for portion in portions.part(lines):
            rows = checked.check(portion)
            if merger is None:
                is_large = len(portion.cells) >= LINES_PER_PORTION
                if is_large:
                    cursor.execute("SET LOCAL work_mem = '64MB'")  # a portion is sorted in memory
                    paused.enter_context(without_cycle_search())
                merger = Merger(
                    cursor.cursor if is_large else cursor,  # Django's own watches over one thread only
                    delivery=delivery,
                    known_at=at,
                    judge_again=checked.flags_of_revision,
                    in_background=is_large,
                )
            merger.give(Batch(rows, portion.content_of_line, checked.take_refused()))
        if merger is None:
            return Merged()
        if lines is not None:
            portions.read_ahead()  # while the last portions are merged
        return merger.finish()
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
