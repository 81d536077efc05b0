"""Taking in a sales file of any length, part by part.

A part is a transaction: a settlement, and whoever else waits for the barrier, waits for one part at most, and a killed
process loses no more than the part it was at. A file of one part is taken whole or not at all, like any report.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dealers.choices import Coverage, Door, Feed
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import Dealer, FeedDelivery, FileIntake
from dealers.services.deliveries import close_delivery, cover_days
from dealers.services.file_intakes import (
    PART_LINES,
    alone_with_file,
    begin_parts,
    broken_off,
    covered_so_far,
    finish_parts,
    note_part,
    unfinished_intake,
)
from pricing.services.intake.checking import days_by_dealer
from pricing.services.intake.part import take_part
from pricing.services.intake.portions import Portions
from pricing.services.intake.sources import TableReport
from pricing.services.intake.taking import in_turn, open_sales


def take_in_parts(
    *,
    source: TableReport,
    dealer: Dealer | None,
    door: Door,
    actor_label: str,
    handed_over_at: datetime | None = None,
    part_lines: int = PART_LINES,
    on_part: Callable[[float], None] | None = None,
) -> FeedDelivery:
    """Take in a file as `take_in_sales` does, in as many transactions as it needs; the receipt is one.

    When the same file was begun before and did not come to its end, this goes on behind the last part that was taken
    and adds to the same receipt. ``handed_over_at`` is when the file reached us, if it waited: it stands on the receipt
    and decides what is late, while each part is known from the instant it was taken. ``on_part`` hears after each part
    how much of the file is read.

    Raises ``UnusableFile`` with nothing stored when the file makes no sense from the start, and
    :class:`~dealers.services.file_intakes.BrokenOff` when it cannot be read any further in the middle.
    """
    try:
        with alone_with_file(source.body_digest):
            intake = unfinished_intake(dealer=dealer, feed=Feed.SALES, digest=source.body_digest)
            source.after_line = intake.last_line if intake else 0
            course = _Course(source, dealer, intake, part_lines)
            while not course.is_over:
                course.take_next(door=door, actor_label=actor_label, handed_over_at=handed_over_at)
                if on_part is not None:
                    on_part(source.share_read)
            assert course.delivery is not None
            return course.delivery
    finally:
        source.close()


class _Course:
    """One run through a file, from its beginning or from where a former run ended."""

    def __init__(self, source: TableReport, dealer: Dealer | None, intake: FileIntake | None, lines: int) -> None:
        self._source = source
        self._dealer = dealer
        self._intake = intake
        self._lines = lines
        self._portions = Portions(source.portions(names_dealers=dealer is None))
        self._covered = covered_so_far(intake) if intake else set[int]()
        self.delivery = intake.delivery if intake else None
        self.is_over = False

    def take_next(self, *, door: Door, actor_label: str, handed_over_at: datetime | None) -> None:
        """Take one part in a transaction of its own. Raises BrokenOff, or UnusableFile when it is the first."""
        try:
            with in_turn(self._dealer) as cursor:
                at = clock.now()
                delivery = self.delivery or open_sales(
                    self._source, self._dealer, door, actor_label, handed_over_at or at
                )
                taken = take_part(
                    self._portions, self._lines, delivery=delivery, dealer=self._dealer, cursor=cursor, at=at
                )
                is_last = self._portions.is_over
                new_days = taken.covered - self._covered
                intake = self._intake
                if intake is None and not is_last:
                    intake = begin_parts(delivery, digest=self._source.body_digest, at=at)
                if is_last:
                    cover_days(delivery, dict(days_by_dealer(self._covered | new_days)), Coverage.DELIVERED)
                    remarks = [finding.as_record() for finding in self._source.remarks()]
                    delivery.remarks = remarks
                if intake is None:
                    close_delivery(delivery, taken.counts, delivery.remarks)
                else:
                    intake.delivery = delivery
                    note_part(
                        intake,
                        counts=taken.counts,
                        last_line=max(self._portions.last_line, intake.last_line),
                        percent=round(self._source.share_read * 100),
                        covered=new_days,
                        at=at,
                    )
                    if is_last:
                        finish_parts(intake, at=at)
        except (UnusableFile, OSError, EOFError, UnicodeError) as error:
            if self._intake is None or self.delivery is None:
                raise
            raise broken_off(self._intake, error) from error
        self._covered |= new_days
        self._intake, self.delivery, self.is_over = intake, delivery, is_last
