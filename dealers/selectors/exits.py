"""The dealers that have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dealers.foundation.half_months import HalfMonth
from dealers.selectors.purchases import ALL_DEALERS, Shard


@dataclass(frozen=True, slots=True)
class Left:
    """A dealer's exit: the half-month of its last day, and since when that is on record."""

    dealer_id: int
    period: HalfMonth
    known_from: datetime


def exits(shard: Shard = ALL_DEALERS) -> list[Left]:
    """Everyone of the shard that has left; one query."""
    sql = f"SELECT dealer_id, last_day, known_from FROM dealers_dealerexit WHERE true {shard.condition('dealer_id')}"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Left(dealer_id, HalfMonth.containing(day), known) for dealer_id, day, known in cursor.fetchall()]
