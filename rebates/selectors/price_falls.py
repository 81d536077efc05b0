"""Falls of list prices: those in force, and those that were known to be in force at an earlier instant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from dealers.foundation.clock import start_of_day


@dataclass(frozen=True, slots=True)
class PriceFall:
    """A list price that falls on a day, as it stands or as it is proposed."""

    product_id: int
    day: date
    old: Decimal
    new: Decimal

    @property
    def at(self) -> datetime:
        return start_of_day(self.day)


def falls_in_force(
    *, after: date, until: date, products: Collection[int] | None = None, known_at: datetime | None = None
) -> list[PriceFall]:
    """The falls of standing list prices after a day and not after another, by day and product. One query.

    With ``known_at`` they are told as they stood at that instant, whatever was recorded since.
    """
    params: dict[str, Any] = {"after": after, "until": until, "known_at": known_at}
    known = "{0}.superseded_at IS NULL"
    if known_at is not None:
        known = "{0}.recorded_at <= %(known_at)s AND ({0}.superseded_at IS NULL OR {0}.superseded_at > %(known_at)s)"
    narrowed = ""
    if products is not None:
        params["products"] = list(products)
        narrowed = "AND b.product_id = ANY(%(products)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT b.product_id, lower(b.valid), a.price, b.price
            FROM dealers_listprice b JOIN dealers_listprice a
                ON a.product_id = b.product_id AND upper(a.valid) = lower(b.valid) AND b.price < a.price
            WHERE {known.format("a")} AND {known.format("b")} {narrowed}
                AND lower(b.valid) > %(after)s AND lower(b.valid) <= %(until)s
            ORDER BY 2, 1
            """,
            params,
        )
        return [PriceFall(*row) for row in cursor.fetchall()]
