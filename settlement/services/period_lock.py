"""One calculation of a half-month at a time, and one approval of any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from dealers.foundation.half_months import HalfMonth
from settlement.errors import CalculationRunning

#: First halves of PostgreSQL's two-part advisory locks; the second half is the half-month's number.
_CALCULATION = 0x48414C01
_APPROVAL = 0x48414C02


@contextmanager
def calculating(period: HalfMonth) -> Iterator[None]:
    """Hold the half-month for this session. Raises :class:`CalculationRunning` when another session calculates it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_CALCULATION, period.ordinal])
        if not cursor.fetchone()[0]:
            raise CalculationRunning(period=str(period))
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_CALCULATION, period.ordinal])


def share_calculation(period: HalfMonth) -> None:
    """Take part in a calculation for the rest of this transaction; none other begins meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_CALCULATION, period.ordinal])


def claim_shard(calculation_id: int, number: int) -> None:
    """Wait for whoever does this shard now; the claim ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [calculation_id % _CALCULATION, number])


def queue_for_approval() -> None:
    """Approvals of different half-months follow one another; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_APPROVAL])


def share_books() -> None:
    """Post beside the runs: no approval runs until this transaction ends. Payments do not wait for one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [_APPROVAL])
