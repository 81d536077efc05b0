"""Portions of judged lines on their way into the table, on a thread of their own.

While the main thread reads and judges, this one keeps PostgreSQL busy: ``COPY`` into the staging table, one
``INSERT … ON CONFLICT DO NOTHING``, done. Only when fewer rows arrived than were sent is the portion taken back
and its conflicts are sorted out set by set. All of it is one transaction on one connection, which the main thread
leaves alone until :meth:`Merger.finish`.

A few lines travel inside the ``INSERT`` itself; they are staged only when some of them are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Queue
from threading import Thread
from typing import Any

from dealers.models import FeedDelivery
from dealers.services.deliveries import Refusal, refuse_lines
from dealers.services.staging import GivenRows, are_few, copy_text, few_rows
from pricing.services.intake import staged
from pricing.services.tally_book import Sums

_PORTIONS_WAITING = 2
_MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Batch:
    """Judged lines as text for ``COPY``, how to show line ``number`` as it came, and the lines refused already."""

    text: list[str]
    content: Callable[[int], Any]
    refused: list[Refusal]


@dataclass(slots=True)
class Merged:
    """What became of the batches. ``taken_back`` are sums that do not count after all."""

    accepted: int = 0
    duplicates: int = 0
    revised: int = 0
    quarantined: int = 0
    taken_back: list[Sums] = field(default_factory=list)


class LinesChangedMeanwhile(Exception):
    """Other deliveries of the same lines kept coming in between; the delivery should be tried again."""


class Merger:
    """Merges batches in the order they are given. ``judge_again`` finds the flags of a revision by its first report."""

    def __init__(
        self,
        cursor: Any,
        *,
        delivery: FeedDelivery,
        known_at: datetime,
        judge_again: Callable[[Sequence[Any]], int],
        in_background: bool,
    ) -> None:
        self._cursor = cursor
        self._delivery = delivery
        self._facts = {"delivery": delivery.pk, "reported": delivery.received_at, "at": known_at}
        self._judge_again = judge_again
        self._expects_conflicts = False
        self._error: BaseException | None = None
        self.merged = Merged()
        self._has_table = False
        self._queue: Queue[Batch | None] = Queue(_PORTIONS_WAITING)
        self._thread = Thread(target=self._work, name="merge-sales", daemon=True) if in_background else None
        if self._thread:
            self._thread.start()

    def give(self, batch: Batch) -> None:
        """Merge a batch, or hand it over; waits when too many are on the way."""
        if self._thread is None:
            self._merge(batch)
            return
        self._queue.put(batch)
        if self._error is not None:
            raise self._error

    def finish(self) -> Merged:
        """Wait for the last batch."""
        self._stop()
        if self._error is not None:
            raise self._error
        return self.merged

    def abandon(self) -> None:
        """End the thread and merge nothing more, so that the connection is free again."""
        if self._error is None:
            self._error = RuntimeError("the delivery was abandoned")
        self._stop()

    def _stop(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._merge(batch)
                except BaseException as error:
                    self._error = error

    def _merge(self, batch: Batch) -> None:
        if batch.text:
            self._merge_lines(batch)
        if batch.refused:
            self.merged.quarantined += refuse_lines(self._delivery, batch.refused, self._cursor)

    def _merge_lines(self, batch: Batch) -> None:
        count = len(batch.text)
        if are_few(count) and not self._has_table:
            if self._insert_all(few_rows(self._cursor, staged.COPIED, batch.text)):
                self.merged.accepted += count
                return
            self._expects_conflicts = True
        self._stage(batch)
        if self._expects_conflicts or not self._insert_all(GivenRows(staged.STAGED, count)):
            self._expects_conflicts = self._settle_conflicts(batch) * 10 > count
        else:
            self.merged.accepted += count
        self._cursor.execute(staged.EMPTY)

    def _stage(self, batch: Batch) -> None:
        if not self._has_table:
            self._cursor.execute(staged.CREATE)
            self._has_table = True
        copy_text(self._cursor, staged.STAGED, tuple(staged.COPIED), "".join(batch.text))

    def _insert_all(self, rows: GivenRows) -> bool:
        self._cursor.execute("SAVEPOINT portion;" + staged.insert_all(rows), self._facts)
        if self._cursor.rowcount != rows.count:
            self._cursor.execute("ROLLBACK TO SAVEPOINT portion")
            return False
        if self._has_table:  # after a few lines the transaction is as good as over, which releases it, too
            self._cursor.execute("RELEASE SAVEPOINT portion")
        return True

    def _settle_conflicts(self, batch: Batch) -> int:
        """Sort out a batch some of whose lines are known; how many those were."""
        cursor = self._cursor
        for _attempt in range(_MOST_ATTEMPTS):
            cursor.execute("SAVEPOINT conflicts")
            cursor.execute(staged.CLASSIFY)
            cursor.execute(staged.CLASSIFY_REPEATED)
            cursor.execute(staged.COUNT)
            counts: dict[str, int] = dict(cursor.fetchall())
            taken_back = self._apply(counts)
            if taken_back is not None:
                cursor.execute("RELEASE SAVEPOINT conflicts")
                break
            cursor.execute("ROLLBACK TO SAVEPOINT conflicts")
        else:
            raise LinesChangedMeanwhile
        self.merged.taken_back += taken_back
        self.merged.accepted += counts.get("n", 0)
        self.merged.revised += counts.get("r", 0)
        self.merged.duplicates += counts.get("d", 0)
        if counts.keys() & {"o", "c"}:
            cursor.execute(staged.REFUSED)
            batch.refused.extend(_refusal(row, batch) for row in cursor.fetchall())
        return sum(counts.values()) - counts.get("n", 0)

    def _apply(self, counts: dict[str, int]) -> list[Sums] | None:
        """Write new lines and revisions; None when another delivery was quicker and sorting has to start anew."""
        cursor = self._cursor
        if counts.get("n"):
            cursor.execute(staged.INSERT_NEW, self._facts)
            if cursor.rowcount != counts["n"]:
                return None
        cursor.execute(staged.NOT_TAKEN)
        taken_back: list[Sums] = cursor.fetchall()
        if counts.get("r"):
            cursor.execute(staged.LOCK_REVISED)
            keys = cursor.rowcount
            self._judge_revisions()
            cursor.execute(staged.REPLACED)
            taken_back += cursor.fetchall()
            cursor.execute(staged.KEEP_STORED, self._facts)
            cursor.execute(staged.KEEP_PASSED, self._facts)
            cursor.execute(staged.REVISE, self._facts)
            if cursor.rowcount != keys:
                return None
        return taken_back

    def _judge_revisions(self) -> None:
        self._cursor.execute(staged.REVISED)
        lines, flags = [], []
        for row in self._cursor.fetchall():
            found = self._judge_again(row)
            if found != row[10]:
                lines.append(row[0])
                flags.append(found)
        if lines:
            self._cursor.execute(staged.REJUDGED, [lines, flags])


def _refusal(row: Sequence[Any], batch: Batch) -> Refusal:
    line, fate, revision, known, dealer_id = row
    code = "stale_revision" if fate == "o" else "revision_required"
    params = {"revision": revision, "known": known, "next": known + 1}
    return Refusal(line, "revision", str(revision), code, params, batch.content(line), dealer_id)
