"""How PostgreSQL is told that a transaction reads whole tables, and rows it has just written.

Such rows have no statistics yet: the planner takes thousands for one and joins them one by one, which at ten thousand
dealers turns a tenth of a second into minutes.
"""

from __future__ import annotations

from dealers.foundation.barrier import Cursor


def plan_for_bulk(cursor: Cursor) -> None:
    """Join by hashing and sorting, and in memory, until the transaction ends."""
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'")


def plan_as_usual(cursor: Cursor) -> None:
    """Take :func:`plan_for_bulk` back before the transaction ends."""
    cursor.execute("SET LOCAL enable_nestloop = DEFAULT; SET LOCAL work_mem = DEFAULT")
