"""The lock that makes "every fact received so far" a definite set.

A fact carries the instant it was received, chosen before its transaction commits. Without care a settlement with
that cutoff could read while such a transaction is still open, and would miss a fact that by its own words was
there. Therefore:

- whoever takes facts in calls `enter_intake` first in the transaction and only then looks at the clock; it
  holds a shared lock until commit, so intakes never wait for one another;
- whoever settles chooses the cutoff, calls `settle_barrier`, then reads. The exclusive lock is granted once
  every intake that entered before has ended, and is given back at once: later intakes wait only that long, and
  what they receive is later than the cutoff.

Call the barrier before a transaction that reads from one snapshot (repeatable read), since the snapshot is taken
by its first statement. A cutoff that still lies in the future promises nothing. Intakes keep their transactions
short, by batches: while a settlement waits for one, the others queue behind it.
"""

from __future__ import annotations

from typing import Any, Protocol

#: PostgreSQL's advisory locks are numbers; the first half spells HALF.
INTAKE_LOCK = 0x48414C46_0001


class Cursor(Protocol):
    def execute(self, sql: str, params: Any = None, /) -> Any: ...


def enter_intake(cursor: Cursor, *, turn: tuple[int, int] | None = None) -> None:
    """Announce that this transaction takes facts in; until it ends no settlement passes the barrier.

    Those who give the same ``turn`` are then let in one after the other.
    """
    if turn is None:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [INTAKE_LOCK])
    else:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s, %s)", [INTAKE_LOCK, *turn])


def settle_barrier(cursor: Cursor) -> None:
    """Wait until every intake that has entered is committed or rolled back.

    The lock belongs to the session and not to the transaction, so that it can be given back before commit.
    """
    cursor.execute("SELECT pg_advisory_lock(%s)", [INTAKE_LOCK])
    cursor.execute("SELECT pg_advisory_unlock(%s)", [INTAKE_LOCK])
