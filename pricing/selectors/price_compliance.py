"""How many of a dealer's judged sale lines keep to their price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from pricing.choices import Flag
from pricing.selectors.sale_lines import BREACHES, JUDGED


@dataclass(frozen=True, slots=True)
class PriceCompliance:
    """Lines judged on price, and those in violation; a breach that is not enforced is none."""

    judged: int
    breaches: int


def price_compliance(
    *, first: date, end: date, dealer_ids: Collection[int] | None = None
) -> dict[int, PriceCompliance]:
    """By dealer, for sales from ``first`` up to, not including, ``end``, as judged now; one query.

    Returns and lines without a band are not judged.
    """
    only = "" if dealer_ids is None else "AND dealer_id = ANY(%(dealers)s)"
    sql = f"""
        SELECT dealer_id, count(*), count(*) FILTER (WHERE verdict = ANY(%(breaches)s) AND flags & %(excused)s = 0)
        FROM pricing_saleline
        WHERE sold_on >= %(first)s AND sold_on < %(end)s AND verdict = ANY(%(judged)s) {only}
        GROUP BY dealer_id
    """
    params: dict[str, Any] = {
        "first": first,
        "end": end,
        "judged": [int(verdict) for verdict in JUDGED],
        "breaches": [int(verdict) for verdict in BREACHES],
        "excused": int(Flag.NOT_ENFORCED),
        "dealers": None if dealer_ids is None else list(dealer_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {dealer_id: PriceCompliance(judged, breaches) for dealer_id, judged, breaches in cursor.fetchall()}
